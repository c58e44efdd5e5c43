// The embedded archive: SQLite and files in one folder, for one process.
import { join } from 'node:path';
import { openBlobs } from '../adapters/files/blob-store.ts';
import { makeFolder } from '../adapters/files/folder.ts';
import { openDatabase } from '../adapters/sqlite/database.ts';
import { sqliteEventStore, sqliteSweep } from '../adapters/sqlite/event-store.ts';
import { sqliteTable } from '../adapters/sqlite/table.ts';
import { runArchive, type ArchiveOptions, type RunningArchive } from './archive.ts';

/**
 * `home` holds everything: `archive.db`, `views.db`, `articles/`, `log/`; made where it is absent. Throws
 * DatabaseInUse where another process has it open.
 */
export async function openEmbedded(home: string, options: ArchiveOptions): Promise<RunningArchive> {
  await makeFolder(home);
  const events = openDatabase(join(home, 'archive.db'));
  // Views lie apart: they can be thrown away and folded again from the log.
  const rows = openDatabase(join(home, 'views.db'));
  const stores = {
    store: sqliteEventStore(events),
    state: sqliteTable(events, 'state'),
    views: sqliteTable(rows, 'views'),
    articles: await openBlobs(join(home, 'articles')),
    log: await openBlobs(join(home, 'log')),
    sweep: sqliteSweep(events),
  };
  return runArchive(stores, options, () => {
    rows.close();
    events.close();
  });
}
