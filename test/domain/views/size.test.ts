// The largest things that can be recorded make no row over 32 KB, in no view: a row that is over would stop its view
// for everybody. And they are still found by every actor that they name.
import { describe, expect, test } from 'vitest';
import { liveKey } from '../../../domain/generation.ts';
import type { Reading } from '../../../domain/queries/reading.ts';
import type { TimelineFilter } from '../../../domain/queries/filter.ts';
import { listTimeline } from '../../../domain/queries/timeline.ts';
import { actors } from '../../../domain/views/actors.ts';
import { article } from '../../../domain/views/article.ts';
import { meeting } from '../../../domain/views/meeting.ts';
import { dateOf, type Summary } from '../../../domain/views/summary.ts';
import { timeline } from '../../../domain/views/timeline.ts';
import { topics } from '../../../domain/views/topics.ts';
import type { Party } from '../../../events/pieces.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { event } from '../../support/history.ts';
import { meetingData } from '../../support/kinds.ts';
import {
  maximalActor,
  maximalMeeting,
  maximalOpinion,
  maximalPassage,
  maximalStatement,
  type Maximal,
} from '../../support/maximal.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { foldedInto, logOf, type ViewRows } from '../../support/view-rows.ts';

const MOST_BYTES = 32_768;
const VIEWS = [timeline, meeting, article, topics];
const fold = (view: (typeof VIEWS)[number], { stream, events }: Maximal): ViewRows =>
  foldedInto(view, logOf(events.map((each) => [stream, each] as const)));
const largest = (thing: Maximal): number => Math.max(...VIEWS.map((view) => fold(view, thing).largestBytes));

/** Every actor that a list can be filtered by, as the row names them. */
function actorsIn({ fields }: Summary): string[] {
  const { participants = [], speakers = [], addressees = [], attributedBy, by, about = [] } = fields;
  const parties: Party[] = [
    ...participants,
    ...speakers,
    ...addressees,
    ...attributedBy,
    ...(by ? [by] : []),
  ];
  const ids = [...parties.flatMap((party) => [party.actor, party.for]), ...about];
  return [...new Set(ids.filter((id) => id !== undefined))];
}

const cases = (['actors', 'described'] as const).flatMap((parties) =>
  [1, 200].flatMap((passages): [string, Maximal][] => [
    [`a statement whose parties are all ${parties}, on ${passages}`, maximalStatement(parties, passages)],
    [`an opinion whose parties are all ${parties}, on ${passages}`, maximalOpinion(parties, passages)],
    [`a meeting whose parties are all ${parties}, on ${passages}`, maximalMeeting(parties, passages)],
  ]),
);

describe.each(cases)('%s', (_what, thing) => {
  const rows = fold(timeline, thing);
  const summary = rows.body(`thing/${thing.stream}`, 'summary') as Summary;
  const views = readingOf(rows);

  test('makes no row over 32 KB', () => {
    expect(largest(thing)).toBeLessThanOrEqual(MOST_BYTES);
    expect(largest(thing)).toBeGreaterThan(MOST_BYTES / 2);
  });

  test('stands under every actor that it names, and its row names them all', () => {
    const under = rows.partitions().filter((partition) => partition.startsWith('actor/'));
    expect(under).toEqual(thing.actors.map((id) => `actor/${id}`).sort());
    expect(actorsIn(summary).sort()).toEqual([...thing.actors].sort());
  });

  test('is found by each of them, in whatever part', async () => {
    const missed: TimelineFilter[] = [];
    for (const filter of filtersOf(thing)) if ((await found(views, filter)) !== 1) missed.push(filter);
    expect(missed).toEqual([]);
    expect(await found(views, { actor: ['actor-who-was-not-there'] })).toBe(0);
  });

  test('describes everybody whom it names otherwise, and says when it was and why it was retracted', () => {
    const { fields, retracted } = summary;
    const { participants = [], speakers = [], addressees = [], attributedBy } = fields;
    for (const { actor, description = '' } of [...participants, ...speakers, ...addressees, ...attributedBy])
      expect(actor ?? description).toMatch(/^actor-|^𠮷{19}/u);
    expect(dateOf(fields)).toBe('2023-03-03');
    expect(retracted?.reason.startsWith('\u0001'.repeat(99))).toBe(true);
  });
});

const found = async (views: Reading, filter: TimelineFilter): Promise<number> =>
  (await listTimeline(views, { certainty: 'speculated', ...filter }, { limit: 2 })).items.length;

/** Each actor by itself, in each part that it has. */
function filtersOf({ actors: named, roles }: Maximal): TimelineFilter[] {
  const inRoles = Object.entries(roles ?? {}).flatMap(([role, ids]) => ids.map((id) => ({ [role]: id })));
  return [...named.map((id) => ({ actor: [id] })), ...inRoles];
}

/** The rows of the timeline as a table has them, read after the last event. */
function readingOf(rows: ViewRows): Reading {
  const generation = { view: timeline.name, number: 1 };
  const items = new Map<string, Map<string, { version: number; from: number; json: string }>>();
  for (const { partition, sort, from, body } of rows.partitions().flatMap(rows.of)) {
    const key = liveKey(generation, { partition, sort });
    const shard =
      items.get(key.partition) ?? new Map<string, { version: number; from: number; json: string }>();
    items.set(key.partition, shard.set(key.sort, { version: 1, from, json: JSON.stringify(body) }));
  }
  return {
    views: memoryTable(items),
    at: 1_000_000,
    generationOf: ({ name }) => ({ view: name, number: 1 }),
  };
}

test('so many actors are named at most: 220', () => {
  expect(
    [maximalStatement('actors', 1), maximalMeeting('actors', 1)].map(({ actors: { length } }) => length),
  ).toEqual([220, 220]);
});

test('a passage as long as fits makes no row over 32 KB', () => {
  expect(largest(maximalPassage())).toBeLessThanOrEqual(MOST_BYTES);
  expect(largest(maximalPassage())).toBeGreaterThan(12_000);
});

test('an actor with a hundred aliases as long as fit makes no row over 32 KB', () => {
  const { stream, events } = maximalActor();
  const rows = foldedInto(actors, logOf(events.map((each) => [stream, each] as const)));
  expect(rows.largestBytes).toBeLessThanOrEqual(MOST_BYTES);
  expect(rows.largestBytes).toBeGreaterThan(MOST_BYTES / 2);
});

const crowd = (count: number) =>
  Array.from({ length: count }, () => ({ description: '外'.repeat(100), capacity: '外'.repeat(100) }));
const held = (participants: Party[]): NewEvent => ({
  type: 'MeetingHeld',
  data: { ...meetingData, participants },
});
const correct = (changes: object): NewEvent =>
  event('MeetingCorrected', { cause: 'coding-error', reason: 'x', changes });
const after = (...events: NewEvent[]) =>
  foldedInto(timeline, logOf(events.map((each) => ['meeting-m', each] as const))).body(
    'thing/meeting-m',
    'summary',
  ) as Summary;

describe('where a row leaves out who is only described, it says how many', () => {
  test('of sixty, the first twenty are shown', () => {
    const { fields, more } = after(held(crowd(60)));
    expect([fields.participants?.length, more]).toEqual([20, { participants: 40 }]);
  });

  test('no more once a correction makes them few', () => {
    const few = correct({ participants: [{ actor: 'actor-a' }, { actor: 'actor-b' }] });
    expect(after(held(crowd(60)), few)).not.toHaveProperty('more');
    expect(after(held(crowd(60)), correct({ title: 'Ministers' })).more).toEqual({ participants: 40 });
  });

  test('counted anew once a correction makes them other ones', () => {
    expect(after(held(crowd(60)), correct({ participants: crowd(50) })).more).toEqual({ participants: 30 });
  });

  test('nor one who speaks for an actor, however many', () => {
    const delegates = crowd(60).map((party, n) => ({ ...party, for: `actor-${n}` }));
    const { fields, more } = after(held([...delegates, ...crowd(10)]));
    expect([fields.participants?.map((party) => party.for), more]).toEqual([
      delegates.map((party) => party.for),
      { participants: 10 },
    ]);
  });

  test('counted anew once an announced meeting was held', () => {
    const announced: NewEvent = {
      type: 'MeetingAnnounced',
      data: { ...meetingData, participants: crowd(60) },
    };
    expect(after(announced, held([{ actor: 'actor-a' }, { actor: 'actor-b' }]))).not.toHaveProperty('more');
  });
});
