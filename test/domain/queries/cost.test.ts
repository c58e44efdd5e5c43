// What questions cost: in an archive of thousands of things, an answer as of any position reads what an answer as of now
// reads, and no more rows because there is more history. If a filter has little, only that is read.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { history } from '../../support/history/generate.ts';
import { writeHistory } from '../../support/history/write.ts';
import { writePositions } from '../../../domain/log/positions.ts';
import type { ReadModel } from '../../../domain/projections/views/read-model.ts';
import type { Reading } from '../../../domain/projections/rows/reading.ts';
import { actorDossier, actorDossierViews } from '../../../domain/queries/actors/actor-dossier.ts';
import { actorViews, listActors } from '../../../domain/queries/actors/actor-list.ts';
import { listChangedThings } from '../../../domain/queries/changes/archive-diff.ts';
import { feedOf, feedViews } from '../../../domain/queries/timeline/timeline-feed.ts';
import { listEdges, networkViews } from '../../../domain/queries/network/network-edges.ts';
import { openReadings, type OpenReading } from '../../../domain/queries/open-readings.ts';
import { listTimeline, timelineViews } from '../../../domain/queries/timeline/timeline-list.ts';
import { listTopics, topicViews } from '../../../domain/queries/topics/topic-list.ts';
import { countingRows, type CountingRows, type ReadCounts } from '../../support/stores/counting-rows.ts';
import { memoryArchive } from '../../support/stores/memory-archive.ts';
import { everybodyIn, naiveArchive, type NaiveArchive } from '../../support/archives/naive-archive.ts';

// Much is folded here, however fast the machine is.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const EVENTS = 6_000;

let open: OpenReading;
let rows: CountingRows;
let naive: NaiveArchive;
/** The actors and topics of which there is most, and an actor of whom there is little. */
let busy: string;
let quiet: string;
let topic: string;

beforeAll(async () => {
  const entries = [...history(1, EVENTS)];
  const commits = entries.map(({ event, bytes }) => ({
    stream: event.subject,
    revision: event.revision,
    events: [bytes],
  }));
  const archive = memoryArchive();
  await archive.feed([]);
  await writeHistory(archive, entries);
  const batch = commits.map(({ stream, revision }) => [stream, revision, revision] as const);
  await writePositions(archive.state, { base: 0, batch }, commits);
  await archive.project();
  rows = countingRows(archive.rows.of(1));
  open = openReadings({ ...archive, rows: { ...archive.rows, open: () => rows.store } });
  naive = naiveArchive(commits);
  const parts = naive.things.flatMap((thing) => [...new Set(everybodyIn(thing).map(naive.shown))]);
  const sizes = [...Map.groupBy(parts, (id) => id)]
    .map(([id, all]) => ({ id, size: all.length }))
    .toSorted((a, b) => b.size - a.size);
  busy = sizes[0]?.id ?? '';
  quiet = sizes.findLast(({ size }) => size > 2)?.id ?? '';
  const topics = naive.things.flatMap(({ fields }) => fields.topics);
  topic =
    [...Map.groupBy(topics, (each) => each)].toSorted((a, b) => b[1].length - a[1].length)[0]?.[0] ?? '';
  // One list that is read whole where it is asked for by change, and others that are not.
  expect([sizes[0]?.size ?? 0, naive.list({ topic }).length].some((size) => size > 1_000)).toBe(true);
});

/** Of an answer by a process that gave it before: it keeps the directory and the open window of sums in memory. */
async function cost(
  needed: readonly ReadModel[],
  at: number,
  ask: (reading: Reading) => Promise<unknown>,
): Promise<ReadCounts> {
  const reading = await open(needed, at);
  await ask(reading);
  rows.reset();
  await ask(reading);
  return rows.counts();
}

describe('as of any position', () => {
  const points = [1_499, 2_999, 4_499, EVENTS - 1];
  const questions: readonly (readonly [
    string,
    readonly ReadModel[],
    number,
    (reading: Reading) => Promise<unknown>,
  ])[] = [
    ['the timeline', timelineViews, 110, (reading) => listTimeline(reading, {}, { limit: 100 })],
    [
      'a week',
      timelineViews,
      300,
      (reading) => listTimeline(reading, { from: '2015-01-02', to: '2015-01-08' }, { limit: 100 }),
    ],
    [
      'the timeline of an actor',
      timelineViews,
      300,
      (reading) => listTimeline(reading, { actor: [busy] }, { limit: 100 }),
    ],
    ['actors', actorViews, 60, (reading) => listActors(reading, {}, { limit: 100 })],
    ['topics', topicViews, 250, (reading) => listTopics(reading, {}, { limit: 100 })],
    ['the network', networkViews, 700, (reading) => listEdges(reading, {}, { limit: 100 })],
    [
      'the dossier of an actor',
      actorDossierViews,
      800,
      (reading) => actorDossier(reading, busy, {}, { limit: 100 }),
    ],
    [
      'what changed in a hundred events',
      timelineViews,
      800,
      (reading) => listChangedThings(reading, reading.at - 100, {}, { limit: 100 }),
    ],
  ];

  test.each(questions)(
    '%s reads no more than so many rows, and not much more than now',
    async (_, needed, most, ask) => {
      const rows: number[] = [];
      for (const at of points) {
        const counts = await cost(needed, at, ask);
        rows.push(counts.rows);
      }
      const [now = 0] = rows.slice(-1);
      for (const [index, each] of rows.entries()) {
        expect(each, `as of ${points[index]}`).toBeLessThan(most);
        expect(each, `as of ${points[index]}`).toBeLessThan(2 * now + 100);
      }
    },
  );
});

test('a page of a hundred of the timeline costs at most 45 read units', async () => {
  const { units } = await cost(timelineViews, EVENTS - 1, (reading) =>
    listTimeline(reading, {}, { limit: 100 }),
  );
  expect(units).toBeGreaterThan(20);
  expect(units).toBeLessThanOrEqual(45);
});

describe('counts and last dates', () => {
  test.each<
    [string, readonly ReadModel[], number, (reading: Reading) => Promise<{ readonly items: unknown[] }>]
  >([
    ['actors', actorViews, 60, (reading) => listActors(reading, {}, { limit: 100 })],
    ['topics', topicViews, 60, (reading) => listTopics(reading, {}, { limit: 100 })],
    ['the network', networkViews, 250, (reading) => listEdges(reading, {}, { limit: 100 })],
  ])(
    'of a page of %s cost few read units, now and as of earlier positions',
    async (_, needed, most, list) => {
      for (const at of [EVENTS - 1, 4_500, 1_000]) {
        expect((await list(await open(needed, at))).items.length).toBeGreaterThan(50);
        expect((await cost(needed, at, list)).units, `as of ${at}`).toBeLessThanOrEqual(most);
      }
    },
  );

  test('of actors that a process has not read yet cost a read of each', async () => {
    const reading = await open(actorViews, 4_400);
    await listActors(reading, {}, { limit: 1 });
    rows.reset();
    const { items } = await listActors(reading, {}, { limit: 100, descending: true });
    expect(items).toHaveLength(100);
    expect(rows.counts().units).toBeLessThanOrEqual(150);
  });
});

describe('of little there is', () => {
  const page = { limit: 100 };
  test('little is read, also where a second filter has much', async () => {
    const { rows } = await cost(timelineViews, EVENTS - 1, (reading) =>
      listTimeline(reading, { actor: [busy, quiet] }, page),
    );
    expect(rows).toBeLessThan(800);
    const both = await listTimeline(await open(timelineViews), { actor: [busy, quiet] }, page);
    expect(both.items.map(({ id }) => id)).toEqual(naive.list({ actor: [busy, quiet] }).map(({ id }) => id));
  });

  test('its changes are read from its own list, those of much from the list of all changes; both are in the order of the log', async () => {
    const reading = await open(feedViews);
    const positions = new Map<string, number>();
    for (const filter of [
      { actor: [quiet] },
      { topic },
      { actor: [busy] },
      { kind: 'opinion' as const },
      {},
    ]) {
      const wanted = new Set(naive.list(filter).map(({ id }) => id));
      const found: string[] = [];
      let [after, last]: [string | undefined, number] = [undefined, Infinity];
      do {
        const { items, next } = await feedOf(reading, filter, {
          limit: 500,
          ...(after === undefined ? {} : { after }),
        });
        for (const { summary } of items) {
          expect(summary.position).toBeLessThan(last);
          last = summary.position;
          positions.set(summary.id, last);
          found.push(summary.id);
        }
        after = next;
      } while (after !== undefined);
      expect(found.toSorted()).toEqual([...wanted].toSorted());
    }
    expect(positions.size).toBe(naive.things.length);
    const { rows } = await cost(feedViews, EVENTS - 1, (reading) =>
      feedOf(reading, { actor: [quiet] }, { limit: 50 }),
    );
    expect(rows).toBeLessThan(200);
  });
});
