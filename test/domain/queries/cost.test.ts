// Tests the cost of queries in rows, read units, bundles of the log and streams. The archive has thousands of records,
// and the process has read before. Costs do not depend on the position or the length of the history.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { history } from '../../support/history/generate.ts';
import { writeHistory } from '../../support/history/write.ts';
import { writePositions } from '../../../domain/log/positions.ts';
import { readModels } from '../../../domain/projections/views/read-models.ts';
import { catchUp } from '../../../domain/projections/catch-up.ts';
import type { Reading } from '../../../domain/projections/rows/reading.ts';
import { actorDossier } from '../../../domain/queries/actors/actor-dossier.ts';
import { listActors } from '../../../domain/queries/actors/actor-list.ts';
import { listChangedRecords, listDifferences } from '../../../domain/queries/changes/archive-diff.ts';
import { feedOf } from '../../../domain/queries/timeline/timeline-feed.ts';
import { listEdges } from '../../../domain/queries/network/network-edges.ts';
import type { Page, PageRequest } from '../../../domain/queries/paging.ts';
import { openReadings, type OpenReading } from '../../../domain/queries/open-readings.ts';
import { listTimeline } from '../../../domain/queries/timeline/timeline-list.ts';
import { topicDossier } from '../../../domain/queries/topics/topic-dossier.ts';
import { listTopics } from '../../../domain/queries/topics/topic-list.ts';
import { countingRows, type CountingRows } from '../../support/stores/counting-rows.ts';
import { memoryRowStores } from '../../support/stores/memory-row-store.ts';
import { memoryTable } from '../../support/stores/memory-table.ts';
import { partiesNamedIn, naiveArchive, type NaiveArchive } from '../../support/archives/naive-archive.ts';
import { sequencerFixture } from '../../support/logs/sequenced.ts';
import { wholeList } from '../../support/whole-list.ts';

// Much is folded here, however fast the machine is.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const EVENTS = 6_000;
const END = EVENTS - 1;
const page = { limit: 100 };

let open: OpenReading;
let rows: CountingRows;
const read = { bundles: 0, streams: 0 };
let naive: NaiveArchive;
/** The actor and the topic with the most records, and an actor with few. */
let busy: string;
let quiet: string;
let topic: string;

/** The most frequent one first. */
const byCount = (names: readonly string[]) =>
  [...Map.groupBy(names, (name) => name)]
    .map(([name, all]) => ({ name, size: all.length }))
    .toSorted((a, b) => b.size - a.size);

beforeAll(async () => {
  const of = { ...sequencerFixture(), catalog: memoryTable(), rows: memoryRowStores() };
  await catchUp(of, () => false);
  const entries = [...history(1, EVENTS)];
  await writeHistory(of, entries);
  const commits = entries.map(({ event: { subject: stream, revision }, bytes }) => ({
    stream,
    revision,
    events: [bytes],
  }));
  const batch = commits.map(({ stream, revision }) => [stream, revision, revision] as const);
  await writePositions(of.state, { base: 0, batch }, commits);
  expect((await catchUp(of)).stopped).toEqual(new Map());
  rows = countingRows(of.rows.of(1));
  open = openReadings({
    ...of,
    rows: { ...of.rows, open: () => rows.store },
    store: { ...of.store, read: (...from) => (read.streams++, of.store.read(...from)) },
    log: { ...of.log, get: async (key) => (read.bundles++, of.log.get(key)) },
  });
  naive = naiveArchive(commits);
  const parts = byCount(
    naive.things.flatMap((thing) => [...new Set(partiesNamedIn(thing).map(naive.shown))]),
  );
  busy = parts[0]?.name ?? '';
  quiet = parts.findLast(({ size }) => size > 2)?.name ?? '';
  topic = byCount(naive.things.flatMap(({ fields }) => fields.topics))[0]?.name ?? '';
  // One list that is read whole where it is asked for by change, and others that are not.
  expect([parts[0]?.size ?? 0, naive.list({ topic }).length].some((size) => size > 1_000)).toBe(true);
});

/** Returns the cost of a second answer. The first one has read the directory and the deltas of the open window. */
async function cost(at: number, ask: (reading: Reading) => Promise<unknown>) {
  const reading = await open(readModels, at);
  await ask(reading);
  rows.reset();
  Object.assign(read, { bundles: 0, streams: 0 });
  await ask(reading);
  return { ...rows.counts(), ...read };
}

test.each<[string, most: number, (reading: Reading) => Promise<unknown>]>([
  ['the timeline', 110, (reading) => listTimeline(reading, {}, page)],
  ['a week', 300, (reading) => listTimeline(reading, { from: '2015-01-02', to: '2015-01-08' }, page)],
  ['the timeline of an actor', 300, (reading) => listTimeline(reading, { actor: [busy] }, page)],
  ['actors', 60, (reading) => listActors(reading, {}, page)],
  ['topics', 250, (reading) => listTopics(reading, {}, page)],
  ['the network', 700, (reading) => listEdges(reading, {}, page)],
  ['the dossier of the busiest actor', 800, (reading) => actorDossier(reading, busy, {}, page)],
  ['the dossier of the busiest topic', 500, (reading) => topicDossier(reading, topic, {}, page)],
  [
    'the list of changes in a hundred events',
    800,
    (reading) => listChangedRecords(reading, reading.at - 100, {}, page),
  ],
])(
  '%s reads at most %i rows as of any position, and not much more than as of the last one',
  async (_, most, ask) => {
    const counts: number[] = [];
    for (const at of [END, 4_499, 2_999, 1_499]) counts.push((await cost(at, ask)).rows);
    const [now = 0] = counts;
    for (const each of counts) {
      expect(each).toBeLessThanOrEqual(most);
      expect(each).toBeLessThan(2 * now + 100);
    }
  },
);

test('the first page of the dossier of the busiest actor is full at each of three positions', async () => {
  for (const at of [END, 2_999, 1_499]) {
    const dossier = await actorDossier(await open(readModels, at), busy, {}, page);
    expect([dossier?.items.length, dossier?.counterparts?.length]).toEqual([100, 20]);
  }
});

test('a page of a hundred of the timeline costs at most 45 read units', async () => {
  const { units } = await cost(END, (reading) => listTimeline(reading, {}, page));
  expect(units).toBeGreaterThan(20);
  expect(units).toBeLessThanOrEqual(45);
});

describe('counts and last dates', () => {
  test.each<[string, most: number, (reading: Reading) => Promise<Page<unknown>>]>([
    ['actors', 60, (reading) => listActors(reading, {}, page)],
    ['topics', 60, (reading) => listTopics(reading, {}, page)],
    ['the network', 250, (reading) => listEdges(reading, {}, page)],
  ])(
    'the counts and last dates of a page of %s cost at most %i read units, as of the last and earlier positions',
    async (_, most, list) => {
      for (const at of [END, 4_500, 1_000]) {
        expect((await list(await open(readModels, at))).items.length).toBeGreaterThan(50);
        expect((await cost(at, list)).units, `as of ${at}`).toBeLessThanOrEqual(most);
      }
    },
  );

  test('the counts and last dates of actors that a process has not read yet cost a read of each', async () => {
    const reading = await open(readModels, 4_400);
    await listActors(reading, {}, { limit: 1 });
    rows.reset();
    const { items } = await listActors(reading, {}, { limit: 100, descending: true });
    expect(items).toHaveLength(100);
    expect(rows.counts().units).toBeLessThanOrEqual(150);
  });
});

describe('filters with few records', () => {
  test('a filter with few records reads few rows, also if a second filter has many', async () => {
    const filter = { actor: [busy, quiet] };
    expect((await cost(END, (reading) => listTimeline(reading, filter, page))).rows).toBeLessThan(800);
    const both = await listTimeline(await open(readModels), filter, page);
    expect(idsOf(both.items)).toEqual(idsOf(naive.list(filter)));
  });

  test('changes of a filter with few records are read from its own list, others from the list of all, both in log order', async () => {
    const reading = await open(readModels);
    const seen = new Set<string>();
    for (const filter of [
      { actor: [quiet] },
      { topic },
      { actor: [busy] },
      { kind: 'opinion' as const },
      {},
    ]) {
      const items = await wholeList({ limit: 500 }, (request) => feedOf(reading, filter, request));
      const positions = items.map(({ summary }) => summary.position);
      expect(positions).toEqual(positions.toSorted((a, b) => b - a));
      const ids = items.map(({ summary }) => summary.id);
      expect(ids.toSorted()).toEqual(idsOf(naive.list(filter)).toSorted());
      for (const id of ids) seen.add(id);
    }
    expect(seen.size).toBe(naive.things.length);
    const own = await cost(END, (reading) => feedOf(reading, { actor: [quiet] }, { limit: 50 }));
    expect(own.rows).toBeLessThan(200);
  });
});

describe('a page of changes', () => {
  /** A recorder without records, so that no record passes the filter. */
  const unknown = 'operator:unknown';

  test.each<[string, streams: number, (reading: Reading, request: PageRequest) => Promise<Page<unknown>>]>([
    ['differences', 1_000, (reading, request) => listDifferences(reading, -1, request)],
    [
      'a list',
      1_000,
      (reading, request) => listChangedRecords(reading, -1, { recordedBy: unknown }, request),
    ],
    ['a feed', 1_000, (reading, request) => feedOf(reading, { recordedBy: unknown }, request)],
    // Events of another kind only: at most 5,000 of them are read.
    [
      'a feed of one kind',
      500,
      (reading, request) => feedOf(reading, { kind: 'opinion', recordedBy: unknown }, request),
    ],
  ])(
    'a page of %s compares at most 500 records, reads at most 21 bundles, and has a cursor to resume from',
    async (_, most, list) => {
      const request = { limit: most === 500 ? 50 : 500 };
      const { rows, bundles, streams } = await cost(END, (reading) => list(reading, request));
      expect(rows).toBeLessThanOrEqual(500);
      expect(bundles).toBeLessThanOrEqual(21);
      expect(streams).toBeLessThanOrEqual(most);
      expect(await list(await open(readModels, END), request)).toHaveProperty('next');
    },
  );

  test('pages of changes, read to the end forwards and backwards, leave no record out', async () => {
    const reading = await open(readModels, END);
    for (const kind of ['opinion', 'meeting'] as const)
      for (const descending of [false, true]) {
        const items = await wholeList({ limit: 100, descending }, (request) =>
          listChangedRecords(reading, -1, { kind }, request),
        );
        expect(idsOf(items).toSorted()).toEqual(idsOf(naive.list({ kind })).toSorted());
        const positions = items.map(({ position }) => position);
        expect(positions).toEqual(positions.toSorted((a, b) => (descending ? b - a : a - b)));
      }
  });
});

const idsOf = (things: readonly { readonly id: string }[]): string[] => things.map(({ id }) => id);
