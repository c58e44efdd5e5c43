// Keeps other processes out of the folder of an embedded archive, while threads of this one open its files. The lock is
// one of the operating system on an empty file: it ends with the process, however that ends.
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openConnection, unusable } from './database.ts';

const FILE = 'archive.lock';

/** A connection without references would be closed, and its lock lost. */
const held = new Set<DatabaseSync>();

/**
 * Locks the folder until `release` is called or the process ends.
 * @throws DatabaseInUse if it is locked already, by this process or another one.
 * @throws DatabaseUnusable if the file cannot be opened.
 */
export function lockFolder(folder: string): { readonly release: () => void } {
  const path = join(folder, FILE);
  const connection = openConnection(path, true);
  try {
    // The transaction never writes, so that it needs no file of a journal, and it ends when the connection closes.
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
