// Rows of a generation while it is built: the contract of a table, whenever they are put in order; found again after
// the file was closed; and keys whose hashes are the same kept apart.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../adapters/sqlite/database.ts';
import { heapTable, type HeapTable } from '../../adapters/sqlite/heap-table.ts';
import { hashOf, keyIndex } from '../../adapters/sqlite/key-index.ts';
import type { Item, Table } from '../../domain/ports.ts';
import { tableContract } from '../contract/table.ts';

const temporary = () => mkdtemp(join(tmpdir(), 'chancery-heap-'));

async function opened(wrap: (database: Database) => Table) {
  const folder = await temporary();
  const database = openDatabase(join(folder, 'rows.db'));
  const close = async () => {
    database.close();
    await rm(folder, { recursive: true });
  };
  return { table: wrap(database), close };
}

/** Whoever asked for a range is done: its rows are in no order again, and the index in memory is made anew. */
function asTheyCome(database: Database): Table {
  let heap = heapTable(database, 'rows');
  let asking = 0;
  return {
    get: (...key) => heap.get(...key),
    getAll: (keys) => heap.getAll(keys),
    putIf: (item, version, signal) => heap.putIf(item, version, signal),
    putAll: (items, signal) => heap.putAll(items, signal),
    removeAll: (keys, signal) => heap.removeAll(keys, signal),
    range: async function* (partition, range) {
      asking++;
      yield* heap.range(partition, range);
      if (--asking > 0) return;
      database.connection.exec('DROP INDEX rows_key');
      heap = heapTable(database, 'rows');
    },
  };
}

tableContract('rows as they come', () => opened(asTheyCome));
tableContract('rows as they come, ordered at the first range', () =>
  opened((database) => heapTable(database, 'rows')),
);
tableContract('rows of which there are more than the index may hold', () =>
  opened((database) => heapTable(database, 'rows', '', 3)),
);

describe('rows as they come', () => {
  let folder: string;
  let database: Database;
  let table: HeapTable;
  beforeEach(async () => {
    folder = await temporary();
    open();
  });
  afterEach(async () => {
    database.close();
    await rm(folder, { recursive: true });
  });

  function open(): void {
    database = openDatabase(join(folder, 'rows.db'));
    table = heapTable(database, 'rows', 'a~2/');
  }
  function reopen(): void {
    database.close();
    open();
  }
  const item = (sort: string, body: unknown): Item => ({ partition: 'a~2/live/01', sort, body });
  const isOrdered = () =>
    database.connection.prepare("SELECT count(*) AS n FROM pragma_index_list('rows')").get()?.['n'] === 1;

  test('are in order once somebody asks for a range, or says so, and stay so', async () => {
    await table.putAll([item('b', 1), item('a', 2)]);
    expect(await table.get('a~2/live/01', 'b')).toMatchObject({ body: 1 });
    expect(isOrdered()).toBe(false);
    table.order();
    expect(isOrdered()).toBe(true);
    reopen();
    await table.putAll([item('aa', 3)]);
    const found = await Array.fromAsync(table.range('a~2/live/01'));
    expect(found.map(({ sort }) => sort)).toEqual(['a', 'aa', 'b']);
  });

  test('are in order once there are more than the index may hold', async () => {
    const small = heapTable(database, 'rows', 'a~2/', 2);
    await small.putAll([item('b', 1), item('a', 2)]);
    expect(isOrdered()).toBe(false);
    await small.putAll([item('c', 3), item('a', 4)]);
    expect(isOrdered()).toBe(true);
    expect((await Array.fromAsync(small.range('a~2/live/01'))).map(({ body }) => body)).toEqual([4, 1, 3]);
  });

  test('of one transaction that failed none is found, nor takes the place of another', async () => {
    await table.putAll([item('a', 1)]);
    const failing = table.putAll([item('b', 2), item('a', 3), item('c', 'x'.repeat(400_000))]);
    await expect(failing).rejects.toThrow('item a~2/live/01 c');
    await table.putAll([item('d', 4)]);
    const found = await table.getAll(['a', 'b', 'c', 'd'].map((sort) => item(sort, 0)));
    expect(found.map(({ sort, body }) => [sort, body])).toEqual([
      ['a', 1],
      ['d', 4],
    ]);
    await table.putAll([item('b', 5)]);
    const rows = await Array.fromAsync(table.range('a~2/live/01'));
    expect(rows.map(({ sort, body }) => [sort, body])).toEqual([
      ['a', 1],
      ['b', 5],
      ['d', 4],
    ]);
  });

  test('are kept apart where their keys have the same hash', async () => {
    const [one, other] = sameHash();
    await table.putAll([item(one, 1)]);
    expect(await table.get('a~2/live/01', other)).toBeUndefined();
    await table.putAll([item(other, 2), item(one, 3), item(other, 4)]);
    await table.removeAll([item(one, 0)]);
    expect(await table.get('a~2/live/01', one)).toBeUndefined();
    expect(await table.get('a~2/live/01', other)).toMatchObject({ body: 4 });
  });

  function sameHash(): [string, string] {
    const seen = new Map<number, string>();
    for (let n = 0; ; n++) {
      const sort = `thing/${n}`;
      const hash = hashOf('live/01', sort);
      const other = seen.get(hash);
      if (other !== undefined) return [other, sort];
      seen.set(hash, sort);
    }
  }

  test('are the same as in a map, whatever is done with them', async () => {
    const sort = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'é', '😀');
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ put: fc.array(fc.tuple(sort, fc.nat())) }) },
      { weight: 3, arbitrary: fc.record({ remove: fc.array(sort) }) },
      { weight: 2, arbitrary: fc.constant('reopen' as const) },
      { weight: 1, arbitrary: fc.constant('order' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (taken) => {
        database.connection.exec('DROP TABLE rows');
        reopen();
        const map = new Map<string, number>();
        for (const each of taken) {
          if (each === 'reopen') reopen();
          else if (each === 'order') table.order();
          else if ('put' in each) {
            for (const [key, body] of each.put) map.set(key, body);
            await table.putAll(each.put.map(([key, body]) => item(key, body)));
          } else {
            for (const key of each.remove) map.delete(key);
            await table.removeAll(each.remove.map((key) => item(key, 0)));
          }
          for (const key of ['a', 'é'])
            expect((await table.get('a~2/live/01', key))?.body).toBe(map.get(key));
        }
        const rows = await Array.fromAsync(table.range('a~2/live/01'));
        expect(new Map(rows.map((row) => [row.sort, row.body]))).toEqual(map);
        expect(rows).toHaveLength(map.size);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the index', () => {
  test('finds all of 100,000 rows, those with one hash too, and no other', () => {
    const index = keyIndex();
    const hash = (row: number) => Math.imul(row >> 1, 0x9e3779b1) >>> 0;
    for (let row = 1; row <= 100_000; row++) index.add(hash(row), row);
    expect(index.size()).toBe(100_000);
    for (let row = 1; row <= 100_000; row++) {
      const tried: number[] = [];
      const found = index.find(hash(row), (other) => tried.push(other) > 0 && other === row);
      expect(found).toBe(row);
      expect(tried.every((other) => other >> 1 === row >> 1)).toBe(true);
    }
    expect(index.find(hash(200_002), () => true)).toBeUndefined();
  });
});
