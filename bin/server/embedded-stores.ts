// The SQLite stores of an embedded archive. Each thread opens its own connections.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase, type Database } from '../../adapters/sqlite/database.ts';
import { sqliteEventStore } from '../../adapters/sqlite/event-store.ts';
import { openRowStores, type SqliteRowStores } from '../../adapters/sqlite/row-stores.ts';
import { sqliteTable } from '../../adapters/sqlite/table.ts';
import type { EventStore, Table } from '../../domain/ports.ts';

export interface EmbeddedStores {
  /** `archive.db` */
  readonly events: Database;
  readonly store: EventStore;
  readonly state: Table;
  /** Names the generations of read models. */
  readonly catalog: Table;
  readonly rows: SqliteRowStores;
  /** Closes all files. */
  readonly close: () => void;
}

/** Opens `archive.db`, `read-models.db` and `read-models/` in `home`, and creates absent ones. */
export async function openEmbeddedStores(home: string, rowCacheMb: number): Promise<EmbeddedStores> {
  const opened: { readonly close: () => void }[] = [];
  const close = (): void => {
    for (const each of opened.splice(0).toReversed()) each.close();
  };
  const open = (name: string): Database => {
    const database = openDatabase(join(home, name));
    opened.push(database);
    return database;
  };
  try {
    const events = open('archive.db');
    const store = sqliteEventStore(events);
    const state = sqliteTable(events, 'state');
    const catalog = sqliteTable(open('read-models.db'), 'catalog');
    const rows = await openRowStores(join(home, 'read-models'), rowCacheMb);
    opened.push(rows);
    return { events, store, state, catalog, rows, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Removes the read models of earlier releases. The log contains everything that they were made from. */
export async function removeOldViews(home: string): Promise<void> {
  for (const name of ['views.db', 'views.db-wal', 'views.db-shm', 'views'])
    await rm(join(home, name), { recursive: true, force: true });
}
