// What dossiers, feeds and changes read in an archive of thousands of things, by a process that has read before: rows,
// and bundles of the log.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { history } from '../../support/history/generate.ts';
import { writeHistory } from '../../support/history/write.ts';
import { writePositions } from '../../../domain/log/positions.ts';
import { catchUp } from '../../../domain/projections/catch-up.ts';
import {
  readingAt,
  rowSourceOf,
  type Reading,
  type RowSource,
} from '../../../domain/projections/rows/reading.ts';
import type { RowStore } from '../../../domain/projections/rows/row-store.ts';
import { actorDossier } from '../../../domain/queries/actors/actor-dossier.ts';
import { listChangedThings, listDifferences } from '../../../domain/queries/changes/archive-diff.ts';
import { feedOf } from '../../../domain/queries/timeline/timeline-feed.ts';
import type { Page, PageRequest } from '../../../domain/queries/paging.ts';
import { topicDossier } from '../../../domain/queries/topics/topic-dossier.ts';
import { memoryRowStores } from '../../support/stores/memory-row-store.ts';
import { memoryTable } from '../../support/stores/memory-table.ts';
import { naiveArchive, everybodyIn, type NaiveArchive } from '../../support/archives/naive-archive.ts';
import { world } from '../../support/logs/sequenced.ts';
import { wholeList } from '../../support/whole-list.ts';

// Much is folded here, however fast the machine is.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const EVENTS = 6_000;

let source: RowSource;
let naive: NaiveArchive;
const read = { rows: 0, bundles: 0, streams: 0 };
/** The actor and the topic with the most things. */
let actor: string;
let topic: string;

beforeAll(async () => {
  const of = { ...world(), catalog: memoryTable(), rows: memoryRowStores() };
  await catchUp(of, () => false);
  const entries = [...history(1, EVENTS)];
  await writeHistory(of, entries);
  const commits = entries.map(({ event, bytes }) => ({
    stream: event.subject,
    revision: event.revision,
    events: [bytes],
  }));
  const batch = commits.map(({ stream, revision }) => [stream, revision, revision] as const);
  await writePositions(of.state, { base: 0, batch }, commits);
  expect((await catchUp(of)).stopped).toEqual(new Map());
  const { store, log } = of;
  source = rowSourceOf(counted(of.rows.open(1)), {
    ...of,
    store: { read: (...of) => (read.streams++, store.read(...of)) },
    log: {
      ...log,
      get: async (key) => {
        read.bundles++;
        return log.get(key);
      },
    },
  });
  naive = naiveArchive(commits);
  const most = (names: readonly string[]): string =>
    [...Map.groupBy(names, (name) => name)].toSorted((a, b) => b[1].length - a[1].length)[0]?.[0] ?? '';
  actor = most(naive.things.flatMap((thing) => [...new Set(everybodyIn(thing).map(naive.shown))]));
  topic = most(naive.things.flatMap(({ fields }) => fields.topics));
});

const counted = (rows: RowStore): RowStore => ({
  ...rows,
  range: async function* (...range) {
    for await (const row of rows.range(...range)) {
      read.rows++;
      yield row;
    }
  },
});

/** What a second answer reads, because the first one has read the directory and the deltas of the open window. */
async function cost(at: number, ask: (reading: Reading) => Promise<unknown>): Promise<typeof read> {
  await ask(readingAt(source, at));
  Object.assign(read, { rows: 0, bundles: 0, streams: 0 });
  await ask(readingAt(source, at));
  return { ...read };
}

describe('the first page of a dossier', () => {
  test.each([EVENTS / 4, EVENTS / 2, EVENTS - 1])(
    'of the actor with the most things reads at most 800 rows, as of position %i',
    async (at) => {
      const page = await actorDossier(readingAt(source, at), actor, {}, { limit: 100 });
      expect([page?.items.length, page?.counterparts?.length]).toEqual([100, 20]);
      const { rows } = await cost(at, (reading) => actorDossier(reading, actor, {}, { limit: 100 }));
      expect(rows).toBeLessThanOrEqual(800);
    },
  );

  test('of the topic with the most things reads at most 500 rows', async () => {
    const { rows } = await cost(EVENTS - 1, (reading) => topicDossier(reading, topic, {}, { limit: 100 }));
    expect(rows).toBeLessThanOrEqual(500);
  });
});

describe('a page of what changed', () => {
  /** What an archive of these things has if nothing passes. */
  const nobody = 'nobody recorded this';

  test.each<[string, (reading: Reading, request: PageRequest) => Promise<Page<unknown>>]>([
    ['differences', (reading, request) => listDifferences(reading, -1, request)],
    ['a list', (reading, request) => listChangedThings(reading, -1, { recordedBy: nobody }, request)],
    ['a feed', (reading, request) => feedOf(reading, { recordedBy: nobody }, request)],
  ])(
    'of %s compares at most 500 things, reads at most 21 bundles, and says where to go on',
    async (_, list) => {
      const request = { limit: 500 };
      const { rows, bundles, streams } = await cost(EVENTS - 1, (reading) => list(reading, request));
      expect(rows).toBeLessThanOrEqual(500);
      expect(bundles).toBeLessThanOrEqual(21);
      expect(streams).toBeLessThanOrEqual(1_000);
      expect(await list(readingAt(source, EVENTS - 1), request)).toHaveProperty('next');
    },
  );

  test('with events of another kind only reads at most 5,000 of them', async () => {
    const list = (reading: Reading) =>
      feedOf(reading, { kind: 'opinion', recordedBy: nobody }, { limit: 50 });
    const { bundles, streams } = await cost(EVENTS - 1, list);
    expect(bundles).toBeLessThanOrEqual(21);
    expect(streams).toBeLessThanOrEqual(500);
  });

  test('is read on to its end, forwards and backwards, and leaves nothing out', async () => {
    const reading = readingAt(source, EVENTS - 1);
    for (const kind of ['opinion', 'meeting'] as const)
      for (const descending of [false, true]) {
        const items = await wholeList({ limit: 100, descending }, (request) =>
          listChangedThings(reading, -1, { kind }, request),
        );
        expect(items.map(({ id }) => id).toSorted()).toEqual(idsOf(naive.list({ kind })).toSorted());
        const positions = items.map(({ position }) => position);
        const sorted = positions.toSorted((a, b) => (descending ? b - a : a - b));
        expect(positions).toEqual(sorted);
      }
  });
});

const idsOf = (things: readonly { readonly id: string }[]): string[] => things.map(({ id }) => id);
