// Generations of views in files of their own: each keeps the contract of a table; a crash leaves none that is taken for
// another; and a second thread of the process sees what the first wrote.
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  joinViewFiles,
  openViewFiles,
  ViewsMissing,
  type ViewFiles,
} from '../../adapters/sqlite/view-files.ts';
import type { Item, StoredItem, Table } from '../../domain/ports.ts';
import { tableContract } from '../contract/table.ts';

const CACHES = { viewsMb: 2, generationMb: 2 };
const second = { view: 'timeline', number: 2 };
const row = (n: number, generation = 2): Item => ({
  partition: `timeline~${generation}/live/07`,
  sort: `thing/${n}`,
  from: n,
  body: { n },
});

const temporary = () => mkdtemp(join(tmpdir(), 'chancery-view-files-'));

async function opened(give: boolean) {
  const home = await temporary();
  const files = await openViewFiles(home, CACHES);
  if (give) await files.give(second);
  const close = async () => {
    files.close();
    await rm(home, { recursive: true });
  };
  return { table: files.table, close };
}

/** The same table, whose partitions all lie in the generation. */
function inGeneration(table: Table): Table {
  const name = 'timeline~2/';
  const into = <T extends { readonly partition: string }>(each: T): T => ({
    ...each,
    partition: name + each.partition,
  });
  const out = (item: StoredItem): StoredItem => ({ ...item, partition: item.partition.slice(name.length) });
  return {
    get: async (partition, sort) => {
      const item = await table.get(name + partition, sort);
      return item && out(item);
    },
    getAll: async (keys) => (await table.getAll(keys.map(into))).map(out),
    putIf: (item, version, signal) => table.putIf(into(item), version, signal),
    putAll: (items, signal) => table.putAll(items.map(into), signal),
    removeAll: (keys, signal) => table.removeAll(keys.map(into), signal),
    range: async function* (partition, limits) {
      for await (const item of table.range(name + partition, limits)) yield out(item);
    },
  };
}

tableContract('views.db, beside files of generations', () => opened(true));
tableContract('a generation without a file of its own', async () => {
  const { table, close } = await opened(false);
  return { table: inGeneration(table), close };
});
tableContract('a generation in a file of its own', async () => {
  const { table, close } = await opened(true);
  return { table: inGeneration(table), close };
});

describe('the file of a generation', () => {
  let home: string;
  let files: ViewFiles;
  beforeEach(async () => {
    home = await temporary();
    files = await openViewFiles(home, CACHES);
  });
  afterEach(async () => {
    files.close();
    await rm(home, { recursive: true });
  });

  const reopen = async (): Promise<void> => {
    files.close();
    files = await openViewFiles(home, CACHES);
  };
  const sorts = async (generation: number, of = files): Promise<string[]> =>
    (await Array.fromAsync(of.table.range(row(0, generation).partition))).map(({ sort }) => sort);
  const inViews = (): unknown => {
    const database = new DatabaseSync(join(home, 'views.db'), { readOnly: true });
    const count = database.prepare("SELECT count(*) AS n FROM views WHERE partition LIKE '%/live/%'").get();
    database.close();
    return count?.['n'];
  };

  test('has its rows, and views.db those of all others', async () => {
    await files.give(second);
    await files.table.putAll([row(1), row(2), row(3, 1)]);
    expect(inViews()).toBe(1);
    expect([await sorts(1), await sorts(2)]).toEqual([['thing/3'], ['thing/1', 'thing/2']]);
    await reopen();
    expect([await sorts(1), await sorts(2)]).toEqual([['thing/3'], ['thing/1', 'thing/2']]);
    expect((await files.table.getAll([row(1), row(3, 1)])).map(({ sort }) => sort).toSorted()).toEqual([
      'thing/1',
      'thing/3',
    ]);
  });

  test('is given once, and keeps what it has when it is given again', async () => {
    await files.give(second);
    await files.table.putAll([row(1)]);
    await files.give(second);
    expect(await sorts(2)).toEqual(['thing/1']);
  });

  test('is gone with its rows once it is dropped, and no other is', async () => {
    await files.give(second);
    await files.give({ view: 'timeline', number: 3 });
    await files.table.putAll([row(1), row(2, 3), row(3, 1)]);
    await files.drop(second);
    await files.drop({ view: 'timeline', number: 1 });
    expect(readdirSync(join(home, 'views')).filter((file) => file.startsWith('timeline~2'))).toEqual([]);
    await reopen();
    expect([await sorts(1), await sorts(2), await sorts(3)]).toEqual([['thing/3'], [], ['thing/2']]);
  });

  test('is removed by the next start where a crash left it without a name', async () => {
    await files.give(second);
    await files.table.putAll([row(1)]);
    for (const end of ['', '-wal', '-shm']) await writeFile(join(home, 'views', `topic~4.db${end}`), 'half');
    await reopen();
    expect(readdirSync(join(home, 'views')).filter((file) => file.startsWith('topic'))).toEqual([]);
    expect(await sorts(2)).toEqual(['thing/1']);
  });

  test('is missed where somebody took it away, instead of being read as empty', async () => {
    await files.give(second);
    files.close();
    await rm(join(home, 'views', 'timeline~2.db'));
    await expect(openViewFiles(home, CACHES)).rejects.toThrow(ViewsMissing);
    // What the message says to do is enough.
    for (const file of readdirSync(home))
      if (file.startsWith('views')) await rm(join(home, file), { recursive: true });
    files = await openViewFiles(home, CACHES);
    expect(await sorts(2)).toEqual([]);
  });

  test('is written by one thread and read by another, after it was released too', async () => {
    await files.give(second);
    const others = joinViewFiles(home, CACHES);
    await others.table.putAll([row(1)]);
    expect(await sorts(2)).toEqual(['thing/1']);
    await files.table.putAll([row(2)]);
    expect(await sorts(2, others)).toEqual(['thing/1', 'thing/2']);
    others.release('timeline');
    await files.table.putAll([row(3)]);
    expect(await sorts(2, others)).toEqual(['thing/1', 'thing/2', 'thing/3']);
    others.close();
    expect(await sorts(2)).toEqual(['thing/1', 'thing/2', 'thing/3']);
    expect(existsSync(join(home, 'views', 'timeline~2.db'))).toBe(true);
  });
});
