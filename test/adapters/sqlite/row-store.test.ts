// The row stores of the embedded archive: the contracts, and what files that several threads open add to them.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../adapters/sqlite/database.ts';
import { sqliteRowStore } from '../../../adapters/sqlite/row-store.ts';
import { openRowStores, type SqliteRowStores } from '../../../adapters/sqlite/row-stores.ts';
import type { RowVersion } from '../../../domain/projections/rows/row.ts';
import { rowStoreContract } from '../../contract/row-store.ts';
import { rowStoresContract, scanned } from '../../contract/row-stores.ts';
import { writeAndKill } from '../killed.ts';
import { batchOf } from '../writer.ts';

const freshFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'chancery-rows-'));
const CACHE_MB = 8;

rowStoreContract('the SQLite row store', async () => {
  const folder = await freshFolder();
  const database = openDatabase(join(folder, 'rows.db'));
  const rows = sqliteRowStore(database, join(folder, 'keys.db'));
  await rows.complete();
  const close = async (): Promise<void> => {
    database.close();
    await rm(folder, { recursive: true });
  };
  return { rows, close };
});

rowStoresContract('the SQLite row stores', async () => {
  const folder = await freshFolder();
  let stores = await openRowStores(folder, CACHE_MB);
  const reopen = async (): Promise<SqliteRowStores> => {
    stores.close();
    return (stores = await openRowStores(folder, CACHE_MB));
  };
  const close = async (): Promise<void> => {
    stores.close();
    await rm(folder, { recursive: true });
  };
  return { stores, reopen, close };
});

let folder: string;
let stores: SqliteRowStores;
beforeEach(async () => {
  folder = await freshFolder();
  stores = await openRowStores(folder, CACHE_MB);
});
afterEach(async () => {
  stores.close();
  await rm(folder, { recursive: true });
});

async function buildGeneration(generation: number): Promise<void> {
  const built = await stores.build(generation);
  await built.append([version(0)]);
  await built.complete();
}

describe('the file of a generation', () => {
  test('the file of a generation gets each page once while it is built, and then has a write-ahead log', async () => {
    const path = join(folder, '1.rows.db');
    const built = await stores.build(1);
    await built.append([version(0)]);
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(existsSync(`${path}-journal`)).toBe(true);
    await built.complete();
    await built.append([version(1)]);
    expect(existsSync(`${path}-wal`)).toBe(true);
    expect(existsSync(`${path}-journal`)).toBe(false);
  });

  test('the file of a generation has each key once, and each body that rows share once', async () => {
    const body = { shared: true };
    const shared = ['a', 'b', 'c'].map((sort): RowVersion => ({ partition: 'q', sort, position: 1, body }));
    const built = await stores.build(1);
    await built.append([version(0), ...shared, { partition: 'q', sort: 'a', position: 2 }]);
    await built.complete();
    await built.append(shared);
    stores.close();
    const database = new DatabaseSync(join(folder, '1.rows.db'), { readOnly: true });
    const read = (sql: string) => database.prepare(sql).all().map(Object.values);
    expect(read('SELECT type, name FROM sqlite_schema ORDER BY name')).toEqual([
      ['table', 'bodies'],
      ['table', 'keys'],
    ]);
    expect(read('SELECT count(*) FROM keys')).toEqual([[5]]);
    expect(read('SELECT json FROM bodies')).toEqual([['{"position":0}'], ['{"shared":true}']]);
    database.close();
  });

  test('a generation has its keys in a file of their own until it is complete', async () => {
    const built = await stores.build(1);
    await built.append([version(0)]);
    expect((await readdir(folder)).filter((name) => name.endsWith('.db'))).toEqual([
      '1.keys.db',
      '1.rows.db',
    ]);
    await built.complete();
    expect((await readdir(folder)).filter((name) => name.endsWith('.db'))).toEqual(['1.rows.db']);
  });

  test('the file of a generation is damaged if the body of a version is missing', async () => {
    await buildGeneration(1);
    stores.close();
    const database = new DatabaseSync(join(folder, '1.rows.db'));
    database.exec('DELETE FROM bodies');
    database.close();
    stores = await openRowStores(folder, CACHE_MB);
    const rows = stores.open(1);
    const lost = /1\.rows\.db cannot be read: row p 000 of position 0 is not the JSON of an object/;
    await expect(Array.fromAsync(rows.range('p', { at: 9 }))).rejects.toThrow(lost);
    const key = { at: 9, from: '000', below: '000\0' };
    await expect(Array.fromAsync(rows.range('p', key))).rejects.toThrow(lost);
    await expect(rows.scan()).rejects.toThrow(lost);
  });

  test('several connections read and write the file of a generation concurrently', async () => {
    await buildGeneration(1);
    const others = await openRowStores(folder, CACHE_MB);
    const positions = Array.from({ length: 40 }, (_, index) => index);
    await Promise.all(
      positions.map((position) => (position % 2 ? stores : others).open(1).append([version(position)])),
    );
    for (const each of [stores, others]) {
      const found = await Array.fromAsync(each.open(1).range('p', { at: 99 }));
      expect(found.map(({ position }) => position)).toEqual(positions);
    }
    others.close();
  });

  test('readers read the file of a generation while thousands of versions are appended to it', async () => {
    await buildGeneration(1);
    const rows = stores.open(1);
    const appended = new AbortController();
    const appending = rows
      .append(Array.from({ length: 20_000 }, (_, index) => version(index)))
      .then(() => appended.abort());
    const sizes = new Set<number>();
    while (!appended.signal.aborted) {
      sizes.add((await rows.scan()).versions.length);
      await setImmediate();
    }
    await appending;
    expect(sizes.size).toBeGreaterThan(3);
    expect(await scanned(rows)).toHaveLength(20_000);
  });

  test('the file of a generation is closed in this thread once another thread has dropped it', async () => {
    await buildGeneration(1);
    await buildGeneration(2);
    const rows = stores.open(1);
    await rows.scan();
    const others = await openRowStores(folder, CACHE_MB);
    await others.drop(1);
    others.close();
    // The live generation is opened by every reader.
    stores.open(2);
    await expect(rows.scan()).rejects.toThrow('the file does not exist');
  });

  test('a generation that is dropped leaves no file behind', async () => {
    await buildGeneration(1);
    await (await stores.build(2)).append([version(0)]);
    await writeFile(join(folder, '1.db'), 'of an earlier release');
    await stores.drop(1);
    await stores.drop(2);
    expect(await readdir(folder)).toEqual([]);
  });
});

test.each([
  ['is built', 900, 60],
  ['has just begun', 900, 1],
  ['is live', 40, 120],
  ['is live from the start', 1, 70],
])(
  'a process killed while a generation %s loses no version that it acknowledged',
  async (_when, completedBefore, after) => {
    stores.close();
    const acknowledged = await writeAndKill('rows', folder, String(completedBefore), after);
    stores = await openRowStores(folder, CACHE_MB);
    const built = await stores.build(1);
    const last = Math.max(...acknowledged.map(({ revision }) => revision));
    // As from a checkpoint that moved after the last batch that was acknowledged.
    const next = (last + 1) * 20;
    await built.resume(next);
    for (const batch of [last + 1, last + 2]) await built.append(batchOf(batch));
    await built.complete();
    const expected = Array.from({ length: last + 2 }, (_, index) => batchOf(index + 1)).flat();
    expect(await scanned(stores.open(1))).toEqual(expected);
  },
);

test.each([['is gone'], ['has the layout of an earlier release']])(
  'a generation whose file %s cannot be built on from a position in the middle',
  async (what) => {
    if (what !== 'is gone') await writeFile(join(folder, '7.db'), 'of an earlier release');
    for (const _attempt of ['first', 'second']) {
      const built = await stores.build(7);
      await expect(built.resume(2_048)).rejects.toThrow(
        'the rows of the generation up to position 2048 are lost: cancel its rebuild and start another',
      );
    }
    expect(existsSync(join(folder, '7.db'))).toBe(false);
  },
);

test('files with other names in the folder are not generations', async () => {
  await stores.build(12);
  for (const name of ['x.rows.db', '3.rows.db-wal', '03', '4.db', '5.keys.db'])
    openDatabase(join(folder, name)).close();
  expect(await stores.list()).toEqual([12]);
});

test('row stores that are closed reject calls with that reason', async () => {
  await buildGeneration(1);
  stores.close();
  await expect(stores.open(1).scan()).rejects.toThrow(`the row stores in ${folder} are closed`);
});

const version = (position: number): RowVersion => ({
  partition: 'p',
  sort: String(position).padStart(3, '0'),
  position,
  body: { position },
});
