// Tests the timeline: each record stands once, by its date, in every list that it belongs to. A correction moves it. A
// retraction leaves it visible. Each change shows in all its rows.
import { describe, expect, test } from 'vitest';
import { span } from '../../../../events/date.ts';
import type { Summary } from '../../../../domain/projections/state/summary.ts';
import { ALL_RECORDS, bucketPartition } from '../../../../domain/projections/rows/row-keys.ts';
import { type SummaryRow, timeline } from '../../../../domain/projections/views/timeline-view.ts';
import { rowsAfter, type CurrentRows } from '../../../support/stores/current-rows.ts';
import * as entries from '../../../support/entries.ts';
import {
  merged,
  person,
  reinstated,
  retracted,
  said,
  thought,
  type Entry,
} from '../../../support/entries.ts';
import { ARTICLE, OTHER_ARTICLE } from '../../../support/archives/examples.ts';
import { AT, BY, event } from '../../../support/archives/written-history.ts';
import { first, meetingData, piece, second, WORDS } from '../../../support/archives/kinds.ts';

const M = 'meeting-geneva';
const elsewhere = { ...second, start: 900, end: 930 };
const held = entries.held(M);
const correct = (changes: object, more: object = {}): Entry => entries.corrected(M, changes, more);
const supported = (...evidence: (typeof first)[]): Entry => entries.supported(M, ...evidence);
const withdrawn = (passage: typeof first): Entry => entries.withdrawn(M, passage);
const retract = retracted(M);
const after = (...entries: Entry[]): CurrentRows => rowsAfter(timeline, entries);
const [DAYS, WIDE] = [bucketPartition(ALL_RECORDS, 'days'), bucketPartition(ALL_RECORDS, 'wide')];
/** Returns the summary of the only record, with the position of its row. */
function only(...entries: Entry[]): Summary & { position: number } {
  const [row] = [ALL_RECORDS, DAYS, WIDE].flatMap(after(...entries).of);
  if (!row) throw new Error('there is no row');
  return { ...(row.body as SummaryRow).summary, position: row.position };
}

const on = (heldOn: string, id = M): Entry => entries.held(id, { heldOn });

describe('a record in lists', () => {
  test('a record stands in the list of all, and in that of each actor and topic that it names', () => {
    const participants = [
      { actor: 'actor-a', for: 'actor-b' },
      { description: 'a minister', for: 'actor-c' },
    ];
    const rows = after(entries.held(M, { participants, attributedBy: [{ actor: 'actor-d' }] }));
    const actors = ['a', 'b', 'c', 'd'].map((id) => `actor/actor-${id}`);
    expect(rows.partitions()).toEqual([...actors, 'all', 'topic/g20']);
  });

  test('a record stands in the lists of its speakers, addressees and subjects, with their roles', () => {
    const rows = after(
      said('statement-s', { addressees: [{ actor: 'actor-x' }], about: ['actor-y', 'actor-a'] }),
    );
    for (const id of ['a', 'b', 'x', 'y']) expect(rows.ids(`actor/actor-${id}`)).toEqual(['statement-s']);
    expect(rows.of('actor/actor-a')).toMatchObject([{ body: { as: ['speakers', 'about'] } }]);
  });

  test('a record stands in lists with all its fields', () => {
    const { evidence: _, ...fields } = meetingData;
    expect(only(held)).toEqual({
      id: M,
      kind: 'meeting',
      status: 'held',
      fields,
      corrections: 0,
      supportedBy: [ARTICLE],
      disputedBy: [],
      recordedBy: BY,
      recordedAt: AT,
      revision: 1,
      latest: { type: 'MeetingHeld', time: AT },
      position: 0,
    });
  });

  test('records stand by day, then time, then log order, and in lists of their own if their dates take several days or are wide', () => {
    const dates = [
      '2023-03-04',
      '2023-03-03T15:00Z',
      '2023-03',
      '[..2023-03-03]',
      '2023-03-03',
      '2023-03-03',
      '2023',
      '2023-03-03T15:00:30Z',
      '2023-24',
      '2023-03-03T14:00Z/2023-03-03T16:00Z',
    ];
    const rows = after(...dates.map((date, n) => on(date, `meeting-${n}`)));
    const numbers = [ALL_RECORDS, DAYS, WIDE].map((list) =>
      rows.ids(list).map((id) => Number(id.split('-')[1])),
    );
    expect(numbers).toEqual([[4, 5, 9, 1, 7, 0], [2], [6, 8, 3]]);
    const untils = [...rows.of(DAYS), ...rows.of(WIDE)].map(({ body }) => (body as SummaryRow).until);
    expect(untils).toEqual(['12023-03-31', '12023-12-31', '12023-12-31', undefined]);
    const sorts = rows.of(ALL_RECORDS).map(({ sort }) => sort);
    expect(rows.of('topic/g20').map(({ sort }) => sort)).toEqual(sorts);
    expect(sorts[0]?.startsWith(`${span('2023-03-03').sort}.`)).toBe(true);
  });

  test('records of each kind stand beside each other in a list, between any other events of the log', () => {
    const others = [said('statement-s'), thought('opinion-o'), merged('actor-a', 'actor-b')];
    const rows = after(person('actor-a'), held, ...others);
    expect(rows.ids(ALL_RECORDS)).toEqual([M, 'opinion-o', 'statement-s']);
    expect(rows.ids('actor/actor-a')).toEqual([M, 'statement-s']);
  });
});

describe('a correction', () => {
  test('a correction of the date moves all rows of a record', () => {
    const told = [held, correct({ heldOn: '2023-03-05' })];
    for (const partition of [ALL_RECORDS, 'actor/actor-a', 'topic/g20'])
      expect(after(...told).of(partition)).toMatchObject([{ sort: `12023-03-05T.${AT}~${M}` }]);
    expect(only(...told)).toMatchObject({ corrections: 1, revision: 2, position: 1 });
  });

  test.each([
    [['2023'], WIDE],
    [['2023', '2023-03'], DAYS],
    [['2023', '2023-03-04'], ALL_RECORDS],
  ])('a correction of the date to %j moves the rows to the part %s', (dates, part) => {
    const rows = after(held, ...dates.map((heldOn) => correct({ heldOn })));
    for (const each of [ALL_RECORDS, DAYS, WIDE]) expect(rows.ids(each)).toEqual(each === part ? [M] : []);
  });

  test('a correction of the parties and topics moves a record from old lists into new ones', () => {
    const participants = [{ actor: 'actor-x' }, { actor: 'actor-y', for: 'actor-z' }];
    const actors = ['x', 'y', 'z'].map((id) => `actor/actor-${id}`);
    const rows = after(held, correct({ participants, topics: ['nato'] }));
    expect(rows.partitions()).toEqual([...actors, 'all', 'topic/nato']);
  });

  test('a correction of another field leaves the rows at their keys', () => {
    const told = [held, correct({ title: 'Ministers', datePrinted: null })];
    expect(only(...told).fields).toMatchObject({ title: 'Ministers' });
    expect(only(...told).fields).not.toHaveProperty('datePrinted');
    expect(after(...told).of('topic/g20')).toEqual(after(held).of('topic/g20'));
  });

  test('a correction adds the articles of its evidence, each once', () => {
    const { supportedBy } = only(held, correct({}, { evidence: [second, elsewhere] }));
    expect(supportedBy).toEqual([ARTICLE, OTHER_ARTICLE]);
  });
});

describe('a retraction', () => {
  test('a retraction leaves a record visible in each list, as retracted', () => {
    for (const partition of ['actor/actor-a', 'topic/g20', ALL_RECORDS])
      expect(after(held, retract).of(partition)).toMatchObject([{ body: { retracted: true } }]);
    expect(only(held, retract).retracted).toEqual({ reason: 'a hoax' });
  });

  test('a retraction stands until a correction reinstates the record', () => {
    expect(only(held, retract, correct({ topics: [] })).retracted).toEqual({ reason: 'a hoax' });
    expect(only(held, retract, reinstated(M))).not.toHaveProperty('retracted');
  });
});

describe('evidence of many articles', () => {
  const others = Array.from({ length: 11 }, (_, n) =>
    piece(WORDS, 7, { articleId: `article-${String(n).padStart(64, '0')}` }),
  );
  const ids = others.map(({ articleId }) => articleId);
  const many = supported(...others);
  const without = (...indexes: number[]) => others.filter((_, n) => indexes.includes(n)).map(withdrawn);

  test.each<[string, Entry[], { supportedBy: string[]; disputedBy: string[]; more?: object }]>([
    [
      'by the first ten and a count of the rest',
      [many, correct({ topics: [] })],
      { supportedBy: [ARTICLE, ...ids.slice(0, 9)], disputedBy: [], more: { supportedBy: 2 } },
    ],
    [
      'by the first ten and a count of the rest, also if they dispute it',
      [supported(...others.map((each) => ({ ...each, stance: 'disputes' as const })))],
      { supportedBy: [ARTICLE], disputedBy: ids.slice(0, 10), more: { disputedBy: 1 } },
    ],
    [
      'by a new count when evidence is withdrawn',
      [many, ...without(1)],
      {
        supportedBy: [ARTICLE, ...ids.filter((_, n) => n !== 1).slice(0, 9)],
        disputedBy: [],
        more: { supportedBy: 1 },
      },
    ],
    [
      'without a count once ten articles are left',
      [many, ...without(0, 1)],
      { supportedBy: [ARTICLE, ...ids.slice(2)], disputedBy: [] },
    ],
  ])('a record names the articles of its evidence %s', (_what, more, expected) => {
    const { supportedBy, disputedBy, more: rest } = only(held, ...more);
    expect({ supportedBy, disputedBy, ...(rest ? { more: rest } : {}) }).toEqual(expected);
  });
});

describe('an announced meeting', () => {
  const announced: Entry = [M, event('MeetingAnnounced', { ...meetingData, heldOn: '2023-03' })];
  const calledOff: Entry = [M, event('MeetingCalledOff', { postponedTo: '2023-04', evidence: [second] })];

  test('an announced meeting moves to the day on which it was held, and keeps its place among those of that day', () => {
    const told = [announced, entries.held(M, { evidence: [second] })];
    expect(after(...told).of(ALL_RECORDS)).toMatchObject([{ sort: `12023-03-03T.${AT}~${M}` }]);
    expect(only(...told)).toMatchObject({ status: 'held', supportedBy: [ARTICLE, OTHER_ARTICLE] });
  });

  test('an announced meeting shows that it was cancelled, and to which date it was postponed, unless it is held after all', () => {
    expect(only(announced, calledOff)).toMatchObject({ status: 'called-off', postponedTo: '2023-04' });
    expect(only(announced, calledOff, held).status).toBe('held');
    expect(only(announced, calledOff, held)).not.toHaveProperty('postponedTo');
  });
});

test.each([{ lone: retract }, { lone: correct({ topics: [] }) }, { lone: supported(first) }])(
  'a record that was never made cannot be folded: $lone.1.type',
  ({ lone }) => expect(() => after(lone)).toThrow('precedes MeetingAnnounced'),
);
