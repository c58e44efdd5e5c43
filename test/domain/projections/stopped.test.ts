// Tests that a fold that fails at an event returns its position and the reason, and keeps the versions of earlier events.
import { describe, expect, test } from 'vitest';
import {
  foldBatch,
  MAX_ROW_BYTES,
  type FoldResult,
  type LogEvent,
} from '../../../domain/projections/fold.ts';
import type { ReadModel } from '../../../domain/projections/views/read-model.ts';
import type { Row } from '../../../domain/projections/rows/row.ts';
import { UnreadableEvent, type RecordedEvent } from '../../../events/envelope.ts';
import { event } from '../../support/archives/written-history.ts';
import { meetingData, statementData } from '../../support/archives/kinds.ts';
import { logOf } from '../../support/logs/log-of.ts';

const MADE = { type: 'StatementMade', data: statementData } as const;
const retracted = event('StatementRetracted', { reason: 'a hoax' });
const held = event('MeetingHeld', meetingData);

/** Writes a row for each event, whose body is this, unless it throws. */
const model = (name: string, body: (id: string) => object): ReadModel => ({
  name,
  version: 1,
  rowsOf: (state) => [{ partition: name, sort: state.id, body: body(state.id), writtenAtEachEvent: true }],
});
const sound = model('sound', () => ({}));

const logged = (events: readonly (RecordedEvent | Error)[]): LogEvent[] =>
  events.map((each, index) => ({ position: 100 + index, event: each }));

/** Folds a batch, and returns for each read model the positions of its versions, and where and why it stopped. */
async function foldedOf(
  models: readonly ReadModel[],
  batch: readonly LogEvent[],
  readEarlier = async (): Promise<RecordedEvent[]> => [],
): Promise<Record<string, object>> {
  const folded = await foldBatch(models, batch, readEarlier);
  const positions = ({ versions, stopped }: FoldResult) => ({
    positions: versions.map(({ position }) => position),
    ...(stopped ? { stopped } : {}),
  });
  return Object.fromEntries([...folded].map(([{ name }, each]) => [name, positions(each)]));
}

describe('a read model that fails at an event stops there, and the others continue', () => {
  const batch = logged(
    logOf([
      ['statement-a', MADE],
      ['statement-b', MADE],
      ['statement-c', MADE],
    ]),
  );
  const whole = { positions: [100, 101, 102] };

  test('a read model that throws at an event keeps the versions of earlier events, and no version of that event', async () => {
    const failing = model('failing', (id) => {
      if (id === 'statement-b') throw new TypeError('no rows of b');
      return {};
    });
    expect(await foldedOf([failing, sound], batch)).toEqual({
      failing: { positions: [100], stopped: { position: 101, reason: 'no rows of b' } },
      sound: whole,
    });
  });

  test.each([
    ['ASCII', 'x'],
    ['characters of three bytes', '会'],
    ['characters that JSON escapes', '\u0001'],
  ])('a read model stops if a body takes more than 32,768 bytes of JSON: %s', async (_what, character) => {
    const bytes = Buffer.byteLength(JSON.stringify(character)) - 2;
    const fitting = Math.floor((MAX_ROW_BYTES - '{"text":""}'.length) / bytes);
    const sized = (name: string, characters: number) =>
      model(name, (id) => (id === 'statement-b' ? { text: character.repeat(characters) } : {}));
    const over = '{"text":""}'.length + (fitting + 1) * bytes;
    expect(await foldedOf([sized('fitting', fitting), sized('large', fitting + 1)], batch)).toEqual({
      fitting: whole,
      large: {
        positions: [100],
        stopped: {
          position: 101,
          reason: `row large statement-b takes ${over} bytes; the limit is 32768: make its read model shorten it`,
        },
      },
    });
  });

  test('a read model writes no row of an event if one of the rows is too large', async () => {
    const rowsOf = (): Row[] => [
      { partition: 'two', sort: 'a', body: {} },
      { partition: 'two', sort: 'b', body: { text: 'x'.repeat(MAX_ROW_BYTES) } },
    ];
    expect(await foldedOf([{ name: 'two', version: 1, rowsOf }], batch)).toMatchObject({
      two: { positions: [], stopped: { position: 100 } },
    });
  });

  test('a read model that stopped is not called again within the batch', async () => {
    const asked: string[] = [];
    const failing = model('failing', (id) => {
      asked.push(id);
      throw new Error('x');
    });
    await foldBatch([failing], batch, async () => []);
    expect(asked).toEqual(['statement-a']);
  });
});

describe('an event at which no read model can continue stops all of them there', () => {
  const stopsAll = (reason: unknown, position: number, positions: number[]) => {
    const stopped = { positions, stopped: { position, reason } };
    return { first: stopped, second: stopped };
  };
  const both = [model('first', () => ({})), model('second', () => ({}))];

  test.each([
    ['StatementRetracted of a statement that was not recorded', 'statement-s', retracted],
    ['StatementRetracted of another aggregate', 'meeting-m', retracted],
    ['MeetingHeld among merges', 'actor-merges', held],
  ])('all read models stop at an event that cannot follow its stream: %s', async (_what, stream, each) => {
    const events = logOf([
      ['statement-a', MADE],
      [stream, each],
      ['statement-b', MADE],
    ]);
    const reason = expect.stringContaining(`${events[1]?.id}`);
    expect(await foldedOf(both, logged(events))).toEqual(stopsAll(reason, 101, [100]));
  });

  test('all read models stop at an event that cannot be read, and the earlier events of later ones are not read', async () => {
    const [a, b, c] = logOf([
      ['statement-a', MADE],
      ['statement-b', MADE],
      ['statement-b', retracted],
    ]) as [RecordedEvent, RecordedEvent, RecordedEvent];
    const unreadable = new UnreadableEvent(`${b.id} cannot be read`);
    const readEarlier = async () => {
      throw unreadable;
    };
    expect(await foldedOf(both, logged([a, unreadable, c]), readEarlier)).toEqual(
      stopsAll(unreadable.message, 101, [100]),
    );
  });

  test.each<[string, () => Promise<RecordedEvent[]>, unknown]>([
    [
      'cannot be read',
      async () => {
        throw new UnreadableEvent('the first one cannot be read');
      },
      'the first one cannot be read',
    ],
    [
      'cannot follow each other',
      async () => logOf([['statement-b', retracted]]),
      expect.stringContaining('StatementRetracted precedes StatementMade'),
    ],
  ])(
    'all read models stop at an event if the earlier events of its stream %s',
    async (_what, readEarlier, reason) => {
      const events = logOf([
        ['statement-a', MADE],
        ['statement-b', MADE],
        ['statement-b', retracted],
      ]).filter((_, index) => index !== 1);
      expect(await foldedOf(both, logged(events), readEarlier)).toEqual(stopsAll(reason, 101, [100]));
    },
  );

  test('a read model that stopped before the others keeps its own reason', async () => {
    const failing = model('failing', () => {
      throw new Error('mine');
    });
    const batch = logged([...logOf([['statement-a', MADE]]), new UnreadableEvent('of all')]);
    expect(await foldedOf([failing, sound], batch)).toEqual({
      failing: { positions: [], stopped: { position: 100, reason: 'mine' } },
      sound: { positions: [100], stopped: { position: 101, reason: 'of all' } },
    });
  });
});

test('a fold rejects if the store of events cannot be read, because a retry may succeed', async () => {
  const batch = logged(
    logOf([
      ['statement-a', MADE],
      ['statement-a', retracted],
    ]).slice(1),
  );
  const throttled = foldBatch([sound], batch, async () => {
    throw new Error('throttled');
  });
  await expect(throttled).rejects.toThrow('throttled');
});
