// Tests the command handler: a command is written once, however often it is sent and whether or not its answer arrives.
import { beforeEach, expect, test } from 'vitest';
import { historyOf, handleCommand, type CommandResult } from '../../../domain/recording/handle-command.ts';
import { streamOfEvent } from '../../../events/envelope.ts';
import {
  changeOf,
  correction,
  furnished,
  give,
  KEY,
  MEETING,
  meetingBody,
  requestOf,
  retraction,
  rival,
  type Given,
} from '../../support/archives/desk-commands.ts';
import { Outage, type Desk } from '../../support/archives/desk.ts';
import { refusalWithoutTrace } from '../../support/refusals.ts';

let at: Desk;
let meeting: Given;

beforeEach(async () => {
  const furniture = await furnished();
  at = furniture.at;
  meeting = ['meeting', undefined, MEETING, meetingBody(furniture.articleId)];
});

test('a command returns its stream, its revision and the ids of its events, and hints the sequencer', async () => {
  const answer = await give(at, meeting);
  expect(answer).toEqual({
    stream: MEETING,
    revision: 1,
    events: [expect.stringMatching(`^${MEETING}_[0-9a-f-]{36}$`)],
  });
  expect(answer.events.map(streamOfEvent)).toEqual([MEETING]);
  expect(at.hints.at(-1)).toBe(MEETING);
  expect(await historyOf(at.store)(MEETING)).toMatchObject([
    { id: answer.events[0], recordedby: 'editor:priya', revision: 1, n: 1, of: 1, type: 'MeetingHeld' },
  ]);
});

test('the passages of a command are located in the archived text', async () => {
  await give(at, meeting);
  expect(await historyOf(at.store)(MEETING)).toMatchObject([{ data: { evidence: [{ start: 0, end: 28 }] } }]);
});

test('a command that changes nothing writes nothing and returns the current revision', async () => {
  await give(at, meeting);
  const [writes, hints] = [at.writes.length, at.hints.length];
  expect(await give(at, meeting)).toEqual({ stream: MEETING, revision: 1, events: [] });
  expect(at.writes).toHaveLength(writes);
  // The write that is acknowledged here may have crashed before its hint.
  expect(at.hints.slice(hints)).toEqual([MEETING]);
});

test('a command returns near-duplicates, and returns the same ones when it is repeated', async () => {
  const change = { ...changeOf(...meeting), similar: async () => ['meeting-other'] };
  const first = await handleCommand(at, change, requestOf(meeting[3], KEY));
  expect(first.similar).toEqual(['meeting-other']);
  const again = await handleCommand(
    at,
    { ...change, similar: async () => ['meeting-third'] },
    requestOf(meeting[3], KEY),
  );
  expect(again).toEqual({ ...first, replayed: true });
});

test('revisions have no gaps, even if writes fail', async () => {
  at.befall('not persisted', 'answer lost', 'not persisted', rival, 'answer lost');
  const given: Given[] = [
    meeting,
    meeting,
    correction('One'),
    correction('Two'),
    correction('Three'),
    retraction,
  ];
  const failures: string[] = [];
  for (const each of given) await give(at, each).catch(({ name }: Error) => failures.push(name));
  expect(failures).toEqual(['Outage', 'Outage']);
  expect(at.commits(MEETING).map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5]);
});

const keyed = (given: Given, more: object = KEY) => give(at, given, more);
const replayed = (answer: CommandResult) => ({ ...answer, replayed: true });

test.each<[string, () => Promise<unknown>]>([
  ['at once', async () => {}],
  [
    'after others wrote',
    async () => void [await give(at, correction('One')), await give(at, correction('Two'))],
  ],
  ['after a retraction', () => give(at, retraction)],
  [
    'after an actor in it was merged',
    () => give(at, ['actor', 'merges', 'actor-b', { into: 'actor-a', reason: 'x' }]),
  ],
  [
    'after its article was withdrawn',
    async () =>
      give(at, [
        'article',
        'withdrawals',
        (await historyOf(at.store)(MEETING)).flatMap((each) =>
          each.type === 'MeetingHeld' ? each.data.evidence : [],
        )[0]?.articleId ?? '',
        { reason: 'x' },
      ]),
  ],
])(
  'a repeated command with a key (%s) returns the first result and writes nothing',
  async (_when, meanwhile) => {
    const first = await keyed(meeting);
    await meanwhile();
    const [writes, commits] = [at.writes.length, at.commits(MEETING).length];
    expect(await keyed(meeting)).toEqual(replayed(first));
    expect([at.writes.length, at.commits(MEETING).length]).toEqual([writes, commits]);
    expect(at.hints.at(-1)).toBe(MEETING);
  },
);

test('a repeated command with a key is recognized before its precondition is checked', async () => {
  const first = await keyed(meeting, { ...KEY, expected: 0 });
  await give(at, correction('One'));
  expect(await keyed(meeting, { ...KEY, expected: 0 })).toEqual(replayed(first));
  expect(await keyed(meeting, { ...KEY, expected: 99 })).toEqual(replayed(first));
});

test.each(['answer lost', 'not persisted'] as const)(
  'a repeated command with a key is written once if the first attempt ended as: %s',
  async (trouble) => {
    at.befall(trouble);
    const answers: CommandResult[] = [];
    for (let tries = 0; tries < 3; tries++) {
      const answer = await keyed(meeting).catch((error: unknown) => {
        if (!(error instanceof Outage)) throw error;
      });
      if (answer) answers.push(answer);
    }
    expect(at.commits(MEETING)).toHaveLength(1);
    expect(new Set(answers.map(({ revision, events }) => `${revision} ${events.join()}`)).size).toBe(1);
    expect(answers).toHaveLength(trouble === 'answer lost' ? 3 : 2);
  },
);

test('a repeated command with a key is recognized in the middle of a stream', async () => {
  await give(at, meeting);
  const first = await keyed(correction('One'));
  await give(at, correction('Two'));
  expect(await keyed(correction('One'))).toEqual(replayed(first));
  expect(first.revision).toBe(2);
});

test('a known key with another body is refused, even if the new body would be refused or change nothing', async () => {
  await keyed(meeting);
  const others: Given[] = [
    [...meeting.slice(0, 3), { ...(meeting[3] as object), title: 'Other' }] as never,
    retraction,
  ];
  for (const other of others) {
    expect(await refusalWithoutTrace(at, () => keyed(other))).toMatchObject({
      code: 'idempotency-key-reused',
    });
  }
});

test('the same key of another method or path identifies another command', async () => {
  await keyed(meeting);
  await give(at, correction('One'), { key: 'another' });
  await give(at, correction('Two'), { key: 'a third' });
  expect((await give(at, correction('One'), { key: 'a fourth' })).revision).toBe(4);
});

test('a command with a key that was refused is decided again when it is repeated', async () => {
  const [, , , body] = meeting;
  const without: Given = [
    'meeting',
    undefined,
    MEETING,
    { ...(body as object), participants: [{ actor: 'actor-a' }, { actor: 'actor-c' }] },
  ];
  expect(await refusalWithoutTrace(at, () => keyed(without))).toMatchObject({ code: 'unknown-reference' });
  await give(at, ['actor', undefined, 'actor-c', { kind: 'person', name: 'C' }]);
  expect(await keyed(without)).toMatchObject({ revision: 1 });
  expect(await keyed(without)).toMatchObject({ revision: 1, replayed: true });
});

test('a command without a key whose answer was lost is found by reading the stored commit', async () => {
  at.befall('answer lost');
  expect(await give(at, meeting)).toMatchObject({ stream: MEETING, revision: 1 });
  expect(at.commits(MEETING)).toHaveLength(1);
});

test('a command without a key whose write failed rejects if another commit has its revision', async () => {
  await give(at, meeting);
  at.befall({ lostTo: rival });
  await expect(give(at, correction('One'))).rejects.toThrow(Outage);
  expect(at.commits(MEETING)).toHaveLength(2);
  expect(await give(at, correction('One'))).toMatchObject({ revision: 3 });
});

test('a command without a key whose write failed rejects if its revision is free', async () => {
  at.befall('not persisted');
  await expect(give(at, meeting)).rejects.toThrow(Outage);
  expect(at.commits(MEETING)).toEqual([]);
});
