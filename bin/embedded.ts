// The embedded archive: SQLite and files in one folder, for one process.
import { join } from 'node:path';
import { openBlobs } from '../adapters/files/blob-store.ts';
import { makeFolder } from '../adapters/files/folder.ts';
import { openLogFolder } from '../adapters/files/log-folder.ts';
import { openKeyFile } from '../adapters/node/key-file.ts';
import { openDatabase } from '../adapters/sqlite/database.ts';
import { sqliteEventStore, sqliteSweep } from '../adapters/sqlite/event-store.ts';
import { sqliteTable } from '../adapters/sqlite/table.ts';
import { identityOf } from '../domain/identity.ts';
import { runArchive, type ArchiveOptions, type Places, type RunningArchive } from './archive.ts';

export interface EmbeddedOptions extends ArchiveOptions {
  /** The log's URL without scheme; the key that is made at the first start keeps it. */
  readonly origin?: string;
}

/** Throws as openEmbeddedPlaces does, and LogConflict or ImportUnfinished as runArchive. */
export async function openEmbedded(
  home: string,
  { origin, ...options }: EmbeddedOptions,
): Promise<RunningArchive> {
  const { places, close } = await openEmbeddedPlaces(home, origin);
  try {
    return await runArchive(places, options, close);
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Enough that a million events are folded without reading back, page by page, what was just written. With a longer
 * write-ahead log that takes a little less time, but whoever reads waits while a gigabyte is moved.
 */
const VIEWS = { cacheMb: 192, checkpointPages: 25_000 };

/**
 * `home` holds everything: `archive.db`, `views.db`, `articles/`, `log/`, `log.key`; made where it is absent. Throws
 * DatabaseInUse where another process has it open, KeyFileError where the log's key cannot be used.
 */
export async function openEmbeddedPlaces(
  home: string,
  origin?: string,
): Promise<{ readonly places: Places; readonly close: () => void }> {
  await makeFolder(home);
  const events = openDatabase(join(home, 'archive.db'));
  // Views lie apart: they can be thrown away and folded again from the log.
  const rows = openDatabase(join(home, 'views.db'), VIEWS);
  const close = (): void => {
    rows.close();
    events.close();
  };
  try {
    const places = {
      store: sqliteEventStore(events),
      state: sqliteTable(events, 'state'),
      views: sqliteTable(rows, 'views'),
      articles: await openBlobs(join(home, 'articles')),
      log: await openLogFolder(join(home, 'log')),
      sweep: sqliteSweep(events),
      identity: identityOf(await openKeyFile(join(home, 'log.key'), origin)),
    };
    return { places, close };
  } catch (error) {
    close();
    throw error;
  }
}
