// The timeline: each meeting, statement and opinion stands once in every list that it belongs to, by its date; a
// correction moves it, a retraction leaves it visible, and what becomes of it shows in all its rows.
import { describe, expect, test } from 'vitest';
import { span } from '../../../../events/date.ts';
import type { NewEvent } from '../../../../events/vocabulary.ts';
import type { Summary } from '../../../../domain/projections/state/summary.ts';
import { partOf } from '../../../../domain/projections/state/thing-state.ts';
import { ALL, timeline, type SummaryRow } from '../../../../domain/projections/views/timeline-view.ts';
import { rowsAfter, type CurrentRows } from '../../../support/stores/current-rows.ts';
import { ARTICLE, examples, OTHER_ARTICLE } from '../../../support/archives/examples.ts';
import { AT, BY, event } from '../../../support/archives/written-history.ts';
import {
  first,
  meetingData,
  opinionData,
  piece,
  second,
  statementData,
  WORDS,
} from '../../../support/archives/kinds.ts';

const M = 'meeting-geneva';
const elsewhere = { ...second, start: 900, end: 930 };
const held: NewEvent = { type: 'MeetingHeld', data: meetingData };
const made: NewEvent = { type: 'StatementMade', data: statementData };
const published: NewEvent = { type: 'ExpertOpinionPublished', data: opinionData };
const correct = (changes: object, more: object = {}): NewEvent =>
  event('MeetingCorrected', { cause: 'coding-error', reason: 'misread', changes, ...more });
const retract = event('MeetingRetracted', { reason: 'a hoax' });
const after = (...events: NewEvent[]): CurrentRows =>
  rowsAfter(
    timeline,
    events.map((each) => [M, each] as const),
  );
const idsIn = (rows: CurrentRows, partition: string) =>
  rows.of(partition).map(({ sort }) => sort.slice(sort.lastIndexOf('~') + 1));
const [DAYS, WIDE] = [partOf(ALL, 'days'), partOf(ALL, 'wide')];
/** With the position of its row. */
function only(rows: CurrentRows): Summary & { position: number } {
  const [row] = [ALL, DAYS, WIDE].flatMap(rows.of);
  if (!row) throw new Error('there is no row');
  return { ...(row.body as SummaryRow).summary, position: row.position };
}

const on = (heldOn: string): NewEvent => ({ type: 'MeetingHeld', data: { ...meetingData, heldOn } });

describe('a thing stands', () => {
  test('in the list of all, and in that of each actor and topic that it names', () => {
    const participants = [
      { actor: 'actor-a', for: 'actor-b' },
      { description: 'a minister', for: 'actor-c' },
    ];
    const attributedBy = [{ actor: 'actor-d' }];
    const rows = after({ type: 'MeetingHeld', data: { ...meetingData, participants, attributedBy } });
    expect(rows.partitions()).toEqual([
      'actor/actor-a',
      'actor/actor-b',
      'actor/actor-c',
      'actor/actor-d',
      'all',
      'topic/g20',
    ]);
  });

  test('under speakers, addressees and whom it is about, and says as what', () => {
    const data = { ...statementData, addressees: [{ actor: 'actor-x' }], about: ['actor-y', 'actor-a'] };
    const rows = rowsAfter(timeline, [['statement-s', { type: 'StatementMade', data }]]);
    for (const id of ['a', 'b', 'x', 'y']) expect(idsIn(rows, `actor/actor-${id}`)).toEqual(['statement-s']);
    expect(rows.of('actor/actor-a')).toMatchObject([{ body: { as: ['speakers', 'about'] } }]);
  });

  test('with what the archive knows of it', () => {
    const { evidence: _, ...fields } = meetingData;
    expect(only(after(held))).toEqual({
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

  test('by its day, then its time, then in the order of the log; in lists of their own where it is on several days, or wide', () => {
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
    const rows = rowsAfter(
      timeline,
      dates.map((date, n) => [`meeting-${n}`, on(date)] as const),
    );
    const numbers = (partition: string) =>
      idsIn(rows, partition).map((id) => Number(id.slice('meeting-'.length)));
    expect(numbers(ALL)).toEqual([4, 5, 9, 1, 7, 0]);
    expect(numbers(DAYS)).toEqual([2]);
    expect(numbers(WIDE)).toEqual([6, 8, 3]);
    const sorts = rows.of(ALL).map(({ sort }) => sort);
    expect(rows.of('topic/g20').map(({ sort }) => sort)).toEqual(sorts);
    expect(sorts[0]?.startsWith(`${span('2023-03-03').sort}.`)).toBe(true);
  });

  test('beside others, whatever else is in the log', () => {
    const rows = rowsAfter(timeline, [
      ['actor-a', event('ActorIntroduced', examples.ActorIntroduced.minimal)],
      [M, held],
      ['statement-s', made],
      ['opinion-o', published],
      ['actor-merges', event('ActorsMerged', examples.ActorsMerged.minimal)],
    ]);
    expect(idsIn(rows, ALL)).toEqual([M, 'opinion-o', 'statement-s']);
    expect(idsIn(rows, 'actor/actor-a')).toEqual([M, 'statement-s']);
  });
});

describe('a correction', () => {
  test('of the date moves all its rows', () => {
    const rows = after(held, correct({ heldOn: '2023-03-05' }));
    for (const partition of [ALL, 'actor/actor-a', 'topic/g20'])
      expect(rows.of(partition).map(({ sort }) => sort)).toEqual([`12023-03-05T.${AT}~${M}`]);
    expect(only(rows)).toMatchObject({ corrections: 1, revision: 2, position: 1 });
  });

  test('to a wide date moves them beside, and back', () => {
    const wide = after(held, correct({ heldOn: '2023' }));
    expect([idsIn(wide, ALL), idsIn(wide, WIDE)]).toEqual([[], [M]]);
    const month = after(held, correct({ heldOn: '2023' }), correct({ heldOn: '2023-03' }));
    expect([idsIn(month, DAYS), idsIn(month, WIDE)]).toEqual([[M], []]);
    const back = after(held, correct({ heldOn: '2023' }), correct({ heldOn: '2023-03-04' }));
    expect([idsIn(back, ALL), idsIn(back, WIDE)]).toEqual([[M], []]);
  });

  test('of the parties and the topics takes it out of old lists into new ones', () => {
    const participants = [{ actor: 'actor-x' }, { actor: 'actor-y', for: 'actor-z' }];
    const rows = after(held, correct({ participants, topics: ['nato'] }));
    expect(rows.partitions()).toEqual([
      'actor/actor-x',
      'actor/actor-y',
      'actor/actor-z',
      'all',
      'topic/nato',
    ]);
  });

  test('of something else leaves the rows where they are', () => {
    const rows = after(held, correct({ title: 'Ministers', datePrinted: null }));
    expect(only(rows).fields).toMatchObject({ title: 'Ministers' });
    expect(only(rows).fields).not.toHaveProperty('datePrinted');
    expect(rows.of('topic/g20')).toEqual(after(held).of('topic/g20'));
  });

  test('names the articles that it brings, each once', () => {
    expect(only(after(held, correct({}, { evidence: [second, elsewhere] }))).supportedBy).toEqual([
      ARTICLE,
      OTHER_ARTICLE,
    ]);
  });
});

describe('a retraction', () => {
  test('leaves it visible everywhere, as retracted', () => {
    const rows = after(held, retract);
    for (const partition of ['actor/actor-a', 'topic/g20', ALL])
      expect(rows.of(partition)).toMatchObject([{ body: { retracted: true } }]);
    expect(only(rows).retracted).toEqual({ reason: 'a hoax' });
  });

  test('stands until a correction reinstates it', () => {
    expect(only(after(held, retract, correct({ topics: [] }))).retracted).toEqual({ reason: 'a hoax' });
    expect(only(after(held, retract, correct({}, { reinstates: true })))).not.toHaveProperty('retracted');
  });
});

const withdrawn = (passage: typeof second, stance?: 'disputes') => {
  const { articleId, exact, start } = passage;
  return event('MeetingEvidenceWithdrawn', {
    articleId,
    exact,
    start,
    reason: 'x',
    ...(stance ? { stance } : {}),
  });
};

const sides = ({ supportedBy, disputedBy }: Summary) => [supportedBy, disputedBy];

describe('evidence', () => {
  const added = event('MeetingEvidenceAdded', {
    evidence: [second, { ...elsewhere, stance: 'disputes' }],
  });
  test('is named by article, for and against', () => {
    expect(sides(only(after(held, added)))).toEqual([[ARTICLE, OTHER_ARTICLE], [OTHER_ARTICLE]]);
  });

  test('that is withdrawn is no longer, on its own side only', () => {
    expect(sides(only(after(held, added, withdrawn(second))))).toEqual([[ARTICLE], [OTHER_ARTICLE]]);
    expect(sides(only(after(held, added, withdrawn(elsewhere, 'disputes'))))).toEqual([
      [ARTICLE, OTHER_ARTICLE],
      [],
    ]);
  });

  test('of an article is named until its last passage is withdrawn', () => {
    const both = event('MeetingEvidenceAdded', { evidence: [second, elsewhere] });
    expect(only(after(held, both, withdrawn(second))).supportedBy).toEqual([ARTICLE, OTHER_ARTICLE]);
    expect(only(after(held, both, withdrawn(second), withdrawn(elsewhere))).supportedBy).toEqual([ARTICLE]);
  });

  const others = Array.from({ length: 11 }, (_, n) =>
    piece(WORDS, 7, { articleId: `article-${String(n).padStart(64, '0')}` }),
  );
  const ids = others.map(({ articleId }) => articleId);

  test('of many articles is named by the first ten, and the rest are counted', () => {
    const many = event('MeetingEvidenceAdded', { evidence: others });
    const { supportedBy, more } = only(after(held, many));
    expect([supportedBy, more]).toEqual([[ARTICLE, ...ids.slice(0, 9)], { supportedBy: 2 }]);
    expect(only(after(held, many, correct({ topics: [] }))).more).toEqual({ supportedBy: 2 });
    const evidence = others.map((each) => ({ ...each, stance: 'disputes' as const }));
    const disputed = only(after(held, event('MeetingEvidenceAdded', { evidence })));
    expect([disputed.supportedBy, disputed.disputedBy, disputed.more]).toEqual([
      [ARTICLE],
      ids.slice(0, 10),
      { disputedBy: 1 },
    ]);
  });

  test('of many articles is counted anew when some is withdrawn, and no more once ten are left', () => {
    const many = event('MeetingEvidenceAdded', { evidence: others });
    const gone = others.slice(0, 2).map((each) => withdrawn(each));
    const [fewer, few] = [only(after(held, many, ...gone.slice(1))), only(after(held, many, ...gone))];
    expect([fewer.supportedBy, fewer.more]).toEqual([
      [ARTICLE, ...ids.filter((_, n) => n !== 1).slice(0, 9)],
      { supportedBy: 1 },
    ]);
    expect(few.supportedBy).toEqual([ARTICLE, ...ids.slice(2)]);
    expect(few).not.toHaveProperty('more');
  });
});

describe('an announced meeting', () => {
  const announced: NewEvent = { type: 'MeetingAnnounced', data: { ...meetingData, heldOn: '2023-03' } };
  const calledOff = event('MeetingCalledOff', { postponedTo: '2023-04', evidence: [second] });

  test('moves to the day on which it was held, and keeps its place among those of that day', () => {
    const rows = after(announced, { type: 'MeetingHeld', data: { ...meetingData, evidence: [second] } });
    expect(rows.of(ALL).map(({ sort }) => sort)).toEqual([`12023-03-03T.${AT}~${M}`]);
    expect(only(rows)).toMatchObject({ status: 'held', supportedBy: [ARTICLE, OTHER_ARTICLE] });
  });

  test('says that it was called off, and till when', () => {
    expect(only(after(announced, calledOff))).toMatchObject({ status: 'called-off', postponedTo: '2023-04' });
  });

  test('was not postponed once it is held after all', () => {
    const rows = after(announced, calledOff, {
      type: 'MeetingHeld',
      data: { ...meetingData, evidence: [first] },
    });
    expect(only(rows).status).toBe('held');
    expect(only(rows)).not.toHaveProperty('postponedTo');
  });
});

test.each([retract, correct({ topics: [] }), event('MeetingEvidenceAdded', { evidence: [first] })])(
  'what was never recorded cannot be folded: $type',
  (lone) => expect(() => after(lone)).toThrow('precedes MeetingAnnounced'),
);
