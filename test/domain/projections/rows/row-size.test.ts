// Tests that the largest records make no row over 32 KB, because a larger row would stop its read model. Each actor in
// them still finds them.
import { describe, expect, test } from 'vitest';
import { actors } from '../../../../domain/projections/views/actors-view.ts';
import { article } from '../../../../domain/projections/views/article-view.ts';
import { meeting } from '../../../../domain/projections/views/meeting-view.ts';
import { readingAt, rowSourceOf, type Reading } from '../../../../domain/projections/rows/reading.ts';
import type { Summary } from '../../../../domain/projections/state/summary.ts';
import { type SummaryRow, timeline } from '../../../../domain/projections/views/timeline-view.ts';
import { ALL_RECORDS } from '../../../../domain/projections/rows/row-keys.ts';
import { topics } from '../../../../domain/projections/views/topics-view.ts';
import type { TimelineFilter } from '../../../../domain/queries/timeline/timeline-filter.ts';
import { listTimeline } from '../../../../domain/queries/timeline/timeline-list.ts';
import { recordDateOf } from '../../../../domain/projections/state/summary-shape.ts';
import type { Party } from '../../../../events/shared-pieces.ts';
import { rowsAfter, type CurrentRows } from '../../../support/stores/current-rows.ts';
import * as entries from '../../../support/entries.ts';
import type { Entry } from '../../../support/entries.ts';
import { event } from '../../../support/archives/written-history.ts';
import { meetingData } from '../../../support/archives/kinds.ts';
import {
  maximalActor,
  maximalMeeting,
  maximalOpinion,
  maximalPassage,
  maximalStatement,
  type Maximal,
} from '../../../support/archives/maximal.ts';
import { memoryBlobs } from '../../../support/stores/memory-blobs.ts';
import { memoryRowStore } from '../../../support/stores/memory-row-store.ts';
import { memoryStore } from '../../../support/stores/memory-store.ts';
import { memoryTable } from '../../../support/stores/memory-table.ts';

const MAX_BYTES = 32_768;
const MODELS = [timeline, meeting, article, topics];
const fold = (model: (typeof MODELS)[number], { stream, events }: Maximal): CurrentRows =>
  rowsAfter(
    model,
    events.map((each) => [stream, each] as const),
  );
const largest = (thing: Maximal): number =>
  Math.max(...MODELS.map((model) => fold(model, thing).largestBytes));

/** Lists every actor in the row that a list can be filtered by. */
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

describe.each(cases)('%s', (what, thing) => {
  const rows = fold(timeline, thing);
  const summary = summaryIn(rows);

  test(`${what} makes no row over 32 KB`, () => {
    expect(largest(thing)).toBeLessThanOrEqual(MAX_BYTES);
    expect(largest(thing)).toBeGreaterThan(MAX_BYTES / 2);
  });

  test(`${what} stands under every actor that it names, and its row names them all`, () => {
    const under = rows.partitions().filter((partition) => partition.startsWith('actor/'));
    expect(under).toEqual(thing.actors.map((id) => `actor/${id}`).sort());
    expect(actorsIn(summary).sort()).toEqual([...thing.actors].sort());
  });

  test(`${what} is found by each actor that it names, in each role`, async () => {
    const reading = await readingOf(rows);
    const missed: TimelineFilter[] = [];
    for (const filter of filtersOf(thing)) if ((await found(reading, filter)) !== 1) missed.push(filter);
    expect(missed).toEqual([]);
    expect(await found(reading, { actor: ['actor-who-was-not-there'] })).toBe(0);
  });

  test(`${what} keeps descriptions of parties without an id, its dates, and the reason of its retraction`, () => {
    const { fields, retracted } = summary;
    const { participants = [], speakers = [], addressees = [], attributedBy } = fields;
    for (const { actor, description = '' } of [...participants, ...speakers, ...addressees, ...attributedBy])
      expect(actor ?? description).toMatch(/^actor-|^𠮷{19}/u);
    expect(recordDateOf(fields)).toBe('2023-03-03');
    expect(retracted?.reason.startsWith('\u0001'.repeat(99))).toBe(true);
  });
});

const found = async (reading: Reading, filter: TimelineFilter): Promise<number> =>
  (await listTimeline(reading, { certainty: 'speculated', ...filter }, { limit: 2 })).items.length;

/** Lists a filter for each actor, and for each role of the actor. */
function filtersOf({ actors: named, roles }: Maximal): TimelineFilter[] {
  const inRoles = Object.entries(roles ?? {}).flatMap(([role, ids]) => ids.map((id) => ({ [role]: id })));
  return [...named.map((id) => ({ actor: [id] })), ...inRoles];
}

function summaryIn(rows: CurrentRows): Summary {
  const [row] = rows.of(ALL_RECORDS);
  if (!row) throw new Error('the list of all is empty');
  return (row.body as SummaryRow).summary;
}

/** Makes a reading of the rows of the timeline after the last event. */
async function readingOf(rows: CurrentRows): Promise<Reading> {
  const store = memoryRowStore();
  await store.append(rows.partitions().flatMap((partition) => rows.of(partition)));
  const events = { store: memoryStore(), state: memoryTable(), log: memoryBlobs() };
  return readingAt(rowSourceOf(store, events), 1_000_000);
}

test('a record names at most 220 actors', () => {
  expect(
    [maximalStatement('actors', 1), maximalMeeting('actors', 1)].map(({ actors: { length } }) => length),
  ).toEqual([220, 220]);
});

test('a passage of the maximum length makes no row over 32 KB', () => {
  expect(largest(maximalPassage())).toBeLessThanOrEqual(MAX_BYTES);
  expect(largest(maximalPassage())).toBeGreaterThan(12_000);
});

test('an actor with a hundred aliases of the maximum length makes no row over 32 KB', () => {
  const rows = fold(actors, { ...maximalActor(), actors: [] });
  expect(rows.largestBytes).toBeLessThanOrEqual(MAX_BYTES);
  expect(rows.largestBytes).toBeGreaterThan(MAX_BYTES / 2);
});

const crowd = (count: number) =>
  Array.from({ length: count }, () => ({ description: '外'.repeat(100), capacity: '外'.repeat(100) }));
const M = 'meeting-m';
const held = (participants: Party[]): Entry => entries.held(M, { participants });
const correct = (changes: object): Entry => entries.corrected(M, changes);
const after = (...told: Entry[]): Summary => summaryIn(rowsAfter(timeline, told));

describe('the number of parties without an id that a row leaves out', () => {
  test('a row shows the first twenty of sixty described parties, and how many it leaves out', () => {
    const { fields, more } = after(held(crowd(60)));
    expect([fields.participants?.length, more]).toEqual([20, { participants: 40 }]);
  });

  test('a row no longer has a number of omitted parties once a correction leaves few of them', () => {
    const few = correct({ participants: [{ actor: 'actor-a' }, { actor: 'actor-b' }] });
    expect(after(held(crowd(60)), few)).not.toHaveProperty('more');
    expect(after(held(crowd(60)), correct({ title: 'Ministers' })).more).toEqual({ participants: 40 });
  });

  test('a row counts omitted parties anew once a correction names other ones', () => {
    expect(after(held(crowd(60)), correct({ participants: crowd(50) })).more).toEqual({ participants: 30 });
  });

  test('a row leaves out no party that speaks for an actor, for any number of them', () => {
    const delegates = crowd(60).map((party, n) => ({ ...party, for: `actor-${n}` }));
    const { fields, more } = after(held([...delegates, ...crowd(10)]));
    expect([fields.participants?.map((party) => party.for), more]).toEqual([
      delegates.map((party) => party.for),
      { participants: 10 },
    ]);
  });

  test('a row counts omitted parties anew once an announced meeting was held', () => {
    const announced: Entry = [M, event('MeetingAnnounced', { ...meetingData, participants: crowd(60) })];
    expect(after(announced, held([{ actor: 'actor-a' }, { actor: 'actor-b' }]))).not.toHaveProperty('more');
  });
});
