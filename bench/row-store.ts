// Measures the row store of the embedded archive against SQLite alone, on the rows of a generation that exists. Appends
// them to a bare table that gets its index at the end (the floor), to a generation that is built, and to one that is
// live; and reads pages of the list of all things. Prints the processor time: microseconds an event, milliseconds a page.
// Called as: <script> <file of a generation> [positions in a batch of the live generation]
import { rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openRowStores } from '../adapters/sqlite/row-stores.ts';
import type { RowStore } from '../domain/projections/row-store.ts';
import type { RowVersion } from '../domain/projections/row.ts';
import { ALL } from '../domain/projections/timeline.ts';
import { inFreshFolder, quantile } from './workload.ts';

/** A rebuild appends windows of so many positions. */
const WINDOW = 2_048;
const CACHE_MB = 64;
const PAGE = 100;
const RUNS = 21;
const [, , file = '', given = String(WINDOW)] = process.argv;

const source = await openRowStores(dirname(file), CACHE_MB);
const batches = Map.groupBy(await everyVersion(), ({ position }) => Math.floor(position / WINDOW));
source.close();
const events = WINDOW * batches.size;

await inFreshFolder(async (folder) => {
  const floor = await cpuOf(() => appendBare(join(folder, 'floor.db')));
  const stores = await openRowStores(join(folder, 'rows'), CACHE_MB);
  const built = await stores.build(1);
  const building = await cpuOf(async () => {
    for (const versions of batches.values()) await built.append(versions);
    await built.complete();
  });
  print('append and index, SQLite alone', floor / events);
  print('append and complete', building / events);
  print('ratio', building / floor);
  const megabytes = statSync(join(folder, 'rows/1.db')).size / 1_048_576;
  print('file, MB', megabytes);
  const live = await stores.build(2);
  await live.complete();
  const size = Number(given);
  const appending = await cpuOf(async () => {
    for (const versions of batches.values()) {
      const parts = Map.groupBy(versions, ({ position }) => Math.floor(position / size));
      for (const part of parts.values()) await live.append(part);
    }
  });
  print(`append to a live generation, ${size} positions at once`, appending / events);
  const end = events - 1;
  for (const at of [end, Math.floor(end / 2), Math.floor(end / 10)]) {
    print(`first ${PAGE} as of ${at}, ms`, await pageOf(stores.open(1), at, false));
    print(`latest ${PAGE} as of ${at}, ms`, await pageOf(stores.open(1), at, true));
  }
  stores.close();
});

async function everyVersion(): Promise<RowVersion[]> {
  const rows = source.open(Number(basename(file, '.db')));
  const versions: RowVersion[] = [];
  for (let after: string | undefined; ;) {
    const page = await rows.scan(after);
    for (const version of page.versions) versions.push(version);
    if (page.next === undefined) return versions;
    after = page.next;
  }
}

async function appendBare(path: string): Promise<void> {
  const database = new DatabaseSync(path);
  database.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = ${-1_024 * CACHE_MB};
     CREATE TABLE rows (partition TEXT, sort TEXT, position INTEGER, body TEXT)`,
  );
  const insert = database.prepare('INSERT INTO rows VALUES (?, ?, ?, ?)');
  for (const versions of batches.values()) {
    database.exec('BEGIN');
    for (const { partition, sort, position, body } of versions)
      insert.run(partition, sort, position, body ? JSON.stringify(body) : null);
    database.exec('COMMIT');
  }
  database.exec('CREATE UNIQUE INDEX keys ON rows (partition, sort, position)');
  database.close();
  rmSync(path);
}

/** Microseconds of processor time. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Median milliseconds of processor time that a page takes. */
async function pageOf(rows: RowStore, at: number, descending: boolean): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const page = async (): Promise<void> => {
      let left = PAGE;
      for await (const _ of rows.range(ALL, { at, descending })) if (--left === 0) break;
    };
    times.push((await cpuOf(page)) / 1_000);
  }
  return quantile(times, 0.5);
}

function print(what: string, value: number): void {
  process.stdout.write(`${what}: ${value.toFixed(value < 10 ? 2 : 0)}\n`);
}
