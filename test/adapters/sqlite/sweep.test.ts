// Tests the sweep of the embedded store: it names exactly the streams that are behind, in bounded pages.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, asyncProperty, constantFrom, nat, tuple } from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../../adapters/sqlite/database.ts';
import { sqliteEventStore, sqliteSweep } from '../../../adapters/sqlite/event-store.ts';
import { sqliteTable } from '../../../adapters/sqlite/table.ts';
import type { EventStore, Sweep, Table } from '../../../domain/ports.ts';

let folder: string;
let database: Database;
let store: EventStore;
let state: Table;
let files = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chancery-sweep-'));
  freshDatabase();
});
afterEach(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

function freshDatabase(): void {
  database = openDatabase(join(folder, `${files++}.db`));
  store = sqliteEventStore(database);
  state = sqliteTable(database, 'state');
}

const append = (stream: string, revision: number) =>
  store.append({ stream, revision, events: [Buffer.from('{}')] });
const sequence = (stream: string, revision: number) =>
  state.batchPut([{ partition: `positions/${stream}`, sort: String(revision).padStart(12, '0'), body: {} }]);

async function pagesOf(sweep: Sweep): Promise<(readonly string[])[]> {
  const pages: (readonly string[])[] = [];
  for (let from: string | undefined; ;) {
    const { streams, next } = await sweep(from);
    pages.push(streams);
    if (next === undefined) return pages;
    from = next;
  }
}
const namedBy = async (sweep: Sweep): Promise<string[]> => [...new Set((await pagesOf(sweep)).flat())].sort();

test('a sweep of an empty store names no streams', async () => {
  expect(await pagesOf(sqliteSweep(database))).toEqual([[]]);
});

test('the sweep names a stream from its first commit until its last one is sequenced', async () => {
  const sweep = sqliteSweep(database);
  await append('meeting-a', 1);
  await append('meeting-b', 1);
  expect(await namedBy(sweep)).toEqual(['meeting-a', 'meeting-b']);
  await append('meeting-a', 2);
  await sequence('meeting-a', 1);
  await sequence('meeting-b', 1);
  expect(await namedBy(sweep)).toEqual(['meeting-a']);
  await sequence('meeting-a', 2);
  expect(await namedBy(sweep)).toEqual([]);
  await append('meeting-b', 2);
  expect(await namedBy(sweep)).toEqual(['meeting-b']);
});

test('the sweep compares revisions as numbers, and ignores positions of other streams', async () => {
  const revisions = Array.from({ length: 11 }, (_, index) => index + 1);
  await Promise.all(
    revisions.flatMap((revision) => [append('meeting-a', revision), append('meeting-a1', revision)]),
  );
  await sequence('meeting-a', 9);
  await sequence('meeting-a', 10);
  await sequence('meeting-a1', 9);
  await sequence('meeting-a1', 11);
  expect(await namedBy(sqliteSweep(database))).toEqual(['meeting-a']);
});

test('the sweep names thousands of streams in bounded pages, until they are sequenced', async () => {
  const streams = Array.from({ length: 1_700 }, (_, n) => `meeting-${String(n).padStart(4, '0')}`);
  await Promise.all(streams.flatMap((stream) => [append(stream, 1), append(stream, 2)]));
  const behind = streams.slice(0, 1_000);
  await Promise.all(streams.slice(1_000).map((stream) => sequence(stream, 2)));
  const sweep = sqliteSweep(database);
  for (let time = 0; time < 3; time++) {
    const pages = await pagesOf(sweep);
    expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(1_000);
    expect([...new Set(pages.flat())].sort()).toEqual(behind);
  }
  await Promise.all(behind.slice(3).map((stream) => sequence(stream, 2)));
  for (let time = 0; time < 2; time++) expect(await namedBy(sweep)).toEqual(streams.slice(0, 3));
  await append('meeting-9999', 1);
  expect(await pagesOf(sweep)).toEqual([[...streams.slice(0, 3), 'meeting-9999']]);
});

const nextOf = (numbers: Map<string, number>, stream: string): number => (numbers.get(stream) ?? 0) + 1;

test('the sweep names exactly the streams that are behind after any appends and sequencing', async () => {
  const act = constantFrom('append' as const, 'sequence' as const, 'sweep' as const, 'restart' as const);
  await assert(
    asyncProperty(array(tuple(act, nat(5)), { minLength: 10, maxLength: 60 }), async (steps) => {
      database.close();
      freshDatabase();
      let sweep = sqliteSweep(database);
      const appended = new Map<string, number>();
      const sequenced = new Map<string, number>();
      const sweeps: { named: string[]; behind: string[] }[] = [];
      const acts = {
        async append(stream: string) {
          const revision = nextOf(appended, stream);
          await append(stream, revision);
          appended.set(stream, revision);
        },
        async sequence(stream: string) {
          const revision = nextOf(sequenced, stream);
          if (revision > (appended.get(stream) ?? 0)) return;
          await sequence(stream, revision);
          sequenced.set(stream, revision);
        },
        async sweep() {
          const behind = [...appended].filter(([stream, last]) => nextOf(sequenced, stream) <= last);
          sweeps.push({ named: await namedBy(sweep), behind: behind.map(([stream]) => stream).sort() });
        },
        async restart() {
          sweep = sqliteSweep(database);
        },
      };
      for (const [each, n] of steps) await acts[each](`meeting-${n}`);
      await acts.sweep();
      expect(sweeps.map(({ named }) => named)).toEqual(sweeps.map(({ behind }) => behind));
    }),
    { numRuns: 40 },
  );
});
