// Excludes other processes from the folder of an embedded archive, while threads of this process open its files. The
// operating system holds the lock on an empty file, so it ends with the process, even after a crash.
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openConnection, unusable } from './database.ts';

const FILE = 'archive.lock';

/** References to connections: without one, a connection would be closed and its lock lost. */
const held = new Set<DatabaseSync>();

/**
 * Locks the folder until `release` is called or the process ends.
 * @throws DatabaseInUse if this process or another one has locked it
 * @throws DatabaseUnusable if the file cannot be opened
 */
export function lockFolder(folder: string): { readonly release: () => void } {
  const path = join(folder, FILE);
  const connection = openConnection(path, true);
  try {
    // The transaction never writes, so it needs no journal file. It ends when the connection closes.
    connection.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    throw unusable(path, error);
  }
  held.add(connection);
  return {
    release: () => {
      if (held.delete(connection)) connection.close();
    },
  };
}
