// The rows of views: those of a generation for which a file was made lie in that, all else in `views.db`. Generations
// are folded at once by several threads, each of which writes files that nobody else writes; and what is not needed any
// more is removed by removing its file. `views.db` names the files, so that none is missed, or taken for another.
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Table } from '../../domain/ports.ts';
import type { Generation } from '../../domain/generation.ts';
import { allEnded } from '../../domain/waves.ts';
import { makeFolder, syncFolder } from '../files/folder.ts';
import { openDatabase, type Database } from './database.ts';
import { heapTable, type HeapTable } from './heap-table.ts';
import { sqliteTable } from './table.ts';

export interface ViewFiles {
  readonly table: Table;
  /** Makes a file for a generation of which nothing is written yet, where it has none. */
  readonly give: (generation: Generation) => Promise<void>;
  /** Puts the rows of a generation's file in order, where it has one: for others to read them. */
  readonly order: (generation: Generation) => Promise<void>;
  /** Removes a generation's file, where it has one: nobody reads or writes it any more. */
  readonly drop: (generation: Generation) => Promise<void>;
  /** Closes the files of a view's generations until they are asked for again, with all that was written in them. */
  readonly release: (view: string) => void;
  readonly close: () => void;
}

/** A file that `views.db` names is gone. */
export class ViewsMissing extends Error {
  override readonly name = 'ViewsMissing';
}

/** What SQLite keeps in memory at most, of `views.db` and of each other file. */
export interface Caches {
  readonly viewsMb: number;
  readonly generationMb: number;
}

const PARTITION = 'files';
/** A hundred megabytes in the write-ahead log: who reads meanwhile does not wait for a gigabyte to be moved. */
const SETTINGS = { pageBytes: 8_192, checkpointPages: 12_500 };

/**
 * Opens or makes `views.db` and the folder `views` in `home`, for a process that is alone there, and clears away what a
 * crash left of files that were made or removed. Throws ViewsMissing.
 */
export async function openViewFiles(home: string, caches: Caches): Promise<ViewFiles> {
  const folder = join(home, 'views');
  await makeFolder(folder);
  const files = joinViewFiles(home, caches, true);
  try {
    const named = new Set<string>();
    for await (const { sort } of files.table.range(PARTITION)) named.add(sort);
    for (const file of await readdir(folder)) if (!named.has(nameIn(file))) await rm(join(folder, file));
    for (const name of named) {
      if (!existsSync(pathOf(home, name)))
        throw new ViewsMissing(
          `${pathOf(home, name)} is missing: delete views.db, views.db-wal, views.db-shm and the folder views, and all read models are folded again from the log`,
        );
    }
    return files;
  } catch (error) {
    files.close();
    throw error;
  }
}

/** For another thread of a process that has them open, which gives it only generations that have their place. */
export function joinViewFiles(home: string, caches: Caches, make = false): ViewFiles {
  const { viewsMb, generationMb } = caches;
  const views = openDatabase(join(home, 'views.db'), { ...SETTINGS, cacheMb: viewsMb, make });
  const common = sqliteTable(views, 'views');
  const opened = new Map<string, { readonly database: Database; readonly table: HeapTable }>();
  /** Of these it is known that they lie in `views.db`. */
  const without = new Set<string>();

  function open(name: string, made = false) {
    const settings = { ...SETTINGS, cacheMb: generationMb, make: made };
    const database = openDatabase(pathOf(home, name), settings);
    const file = { database, table: heapTable(database, 'rows', `${name}/`) };
    opened.set(name, file);
    return file;
  }

  async function tableOf(partition: string): Promise<Table> {
    const name = partition.slice(0, partition.indexOf('/'));
    return (name.includes('~') ? await fileOf(name) : undefined) ?? common;
  }

  async function fileOf(name: string): Promise<HeapTable | undefined> {
    if (without.has(name)) return undefined;
    const file = opened.get(name);
    if (file) return file.table;
    if (await common.get(PARTITION, name)) return (opened.get(name) ?? open(name)).table;
    without.add(name);
    return undefined;
  }

  async function byTable<T extends { readonly partition: string }>(
    all: readonly T[],
  ): Promise<Map<Table, T[]>> {
    const groups = new Map<Table, T[]>();
    /** By partition, of which there are few. */
    const tables = new Map<string, Table>();
    for (const each of all) {
      let table = tables.get(each.partition);
      if (!table) tables.set(each.partition, (table = await tableOf(each.partition)));
      const group = groups.get(table);
      if (group) group.push(each);
      else groups.set(table, [each]);
    }
    return groups;
  }

  function closeFile(name: string): void {
    opened.get(name)?.database.close();
    opened.delete(name);
  }

  const table: Table = {
    get: async (partition, sort) => (await tableOf(partition)).get(partition, sort),
    getAll: async (keys) => {
      const found = [...(await byTable(keys))].map(([of, group]) => of.getAll(group));
      return (await Promise.all(found)).flat();
    },
    putIf: async (item, version, signal) => (await tableOf(item.partition)).putIf(item, version, signal),
    putAll: async (items, signal) => {
      await allEnded([...(await byTable(items))].map(([of, group]) => of.putAll(group, signal)));
    },
    removeAll: async (keys, signal) => {
      await allEnded([...(await byTable(keys))].map(([of, group]) => of.removeAll(group, signal)));
    },
    range: async function* (partition, range) {
      yield* (await tableOf(partition)).range(partition, range);
    },
  };

  return {
    table,

    give: async (generation) => {
      const name = nameOf(generation);
      if (await common.get(PARTITION, name)) return;
      if (!opened.has(name)) open(name, true);
      // Whoever writes it alone opens it again.
      closeFile(name);
      await syncFolder(join(home, 'views'));
      // A crash before this leaves a file that nobody names: the next start removes it.
      await common.putIf({ partition: PARTITION, sort: name, body: {} }, 0);
      without.delete(name);
    },

    order: async (generation) => (await fileOf(nameOf(generation)))?.order(),

    drop: async (generation) => {
      const name = nameOf(generation);
      if (!(await common.get(PARTITION, name))) return;
      // A crash after this leaves a file that nobody names: the next start removes it.
      await common.removeAll([{ partition: PARTITION, sort: name }]);
      closeFile(name);
      for (const end of ['', '-wal', '-shm']) await rm(pathOf(home, name) + end, { force: true });
    },

    release: (view) => {
      for (const [name, { database }] of opened) {
        if (!name.startsWith(`${view}~`)) continue;
        database.connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
        closeFile(name);
      }
    },

    close: () => {
      for (const name of opened.keys()) closeFile(name);
      views.close();
    },
  };
}

const nameOf = ({ view, number }: Generation): string => `${view}~${number}`;
const nameIn = (file: string): string => file.replace(/\.db(-wal|-shm)?$/, '');
const pathOf = (home: string, name: string): string => join(home, 'views', `${name}.db`);
