// Row stores of the embedded archive: one SQLite file for each generation. Several threads of a process may open the
// same files, each with its own connections.
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Damaged } from '../../domain/errors.ts';
import type { NewRowStore, RowStores } from '../../domain/projections/rows/row-store.ts';
import { makeFolder, syncFolder } from '../files/folder.ts';
import { codeOf, DatabaseUnusable, openDatabase, unusable, type Database } from './database.ts';
import { sqliteRowStore } from './row-store.ts';

export interface SqliteRowStores extends RowStores {
  /** Closes all files. The methods of all stores reject from then on. */
  readonly close: () => void;
}

interface OpenFile {
  readonly database: Database;
  readonly rows: NewRowStore;
}

const FILE = /^(\d+)\.rows\.db$/;

/**
 * Opens the stores of `folder` and creates it if it does not exist. `cacheMb` limits the page cache of each file, in MB.
 */
export async function openRowStores(folder: string, cacheMb: number): Promise<SqliteRowStores> {
  await makeFolder(folder);
  const files = new Map<number, OpenFile>();
  let isOpen = true;

  const pathOf = (generation: number): string => join(folder, `${generation}.rows.db`);
  /** Returns the file with the keys of a generation that is being built. */
  const buildingPathOf = (generation: number): string => join(folder, `${generation}.keys.db`);
  /** Returns the file of earlier releases, which has another layout. Such a generation counts as missing. */
  const oldPathOf = (generation: number): string => join(folder, `${generation}.db`);

  function fileOf(generation: number, make: boolean): OpenFile {
    if (!isOpen) throw new Error(`the row stores in ${folder} are closed`);
    const known = files.get(generation);
    if (known) return known;
    const path = pathOf(generation);
    const database = openDatabase(path, { cacheMb, make });
    try {
      const file = { database, rows: sqliteRowStore(database, buildingPathOf(generation)) };
      files.set(generation, file);
      return file;
    } catch (error) {
      database.close();
      throw unusable(path, error);
    }
  }

  function closeFile(generation: number): void {
    files.get(generation)?.database.close();
    files.delete(generation);
  }

  /** Closes the files of generations that another thread dropped, so that their disk space becomes free. */
  function closeDropped(): void {
    for (const generation of files.keys()) if (!existsSync(pathOf(generation))) closeFile(generation);
  }

  return {
    open: (generation) => {
      closeDropped();
      return {
        append: async (versions) => fileOf(generation, false).rows.append(versions),
        range: async function* (partition, range) {
          try {
            yield* fileOf(generation, false).rows.range(partition, range);
          } catch (error) {
            throw damaged(pathOf(generation), error);
          }
        },
        scan: async (after) => {
          try {
            return await fileOf(generation, false).rows.scan(after);
          } catch (error) {
            throw damaged(pathOf(generation), error);
          }
        },
      };
    },

    build: async (generation) => {
      const { rows } = fileOf(generation, true);
      await removeFiles(oldPathOf(generation));
      await syncFolder(folder);
      return rows;
    },

    drop: async (generation) => {
      closeFile(generation);
      // The file that `list` looks for is removed last, so that a drop is repeated after a crash.
      for (const path of [oldPathOf, buildingPathOf, pathOf]) await removeFiles(path(generation));
    },

    list: async () => {
      const generations = (await readdir(folder)).map((name) => Number(FILE.exec(name)?.[1]));
      return generations.filter((generation) => !Number.isNaN(generation)).sort((a, b) => a - b);
    },

    close: () => {
      isOpen = false;
      for (const generation of files.keys()) closeFile(generation);
    },
  };
}

async function removeFiles(path: string): Promise<void> {
  for (const end of ['-wal', '-shm', '-journal', '']) await rm(path + end, { force: true });
}

/** Primary codes of SQLite for a file whose content cannot be read: ERROR, IOERR, CORRUPT, CANTOPEN, NOTADB. */
const DAMAGE = new Set([1, 10, 11, 14, 26]);

/** Returns Damaged, with the name of the file, if a read of it would fail again. Otherwise returns the error. */
function damaged(path: string, error: unknown): unknown {
  const isMissing = error instanceof DatabaseUnusable && error.cause === undefined;
  const code = codeOf(error instanceof DatabaseUnusable ? error.cause : error);
  const isDamage = error instanceof Damaged || isMissing || (code !== undefined && DAMAGE.has(code & 0xff));
  if (!isDamage) return error;
  return new Damaged(
    `read models in ${path} cannot be read: ${(error as Error).message}; start a rebuild and accept it`,
    { cause: error },
  );
}
