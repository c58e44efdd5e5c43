// The embedded archive: the same handlers on SQLite and files in one folder, in one process.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openBlobs } from '../adapters/files/blob-store.ts';
import { ids, sha256 } from '../adapters/node/ids.ts';
import { openDatabase } from '../adapters/sqlite/database.ts';
import { sqliteEventStore, sqliteSweep } from '../adapters/sqlite/event-store.ts';
import { sqliteTable } from '../adapters/sqlite/table.ts';
import { sourceReader } from '../domain/resolve.ts';
import type { ApiArchive } from '../functions/api/archive.ts';
import { createApi } from '../functions/api/app.ts';
import type { App } from '../functions/api/route.ts';
import { startRelay, type Relay } from './relay.ts';

export interface Embedded {
  readonly api: App;
  readonly archive: ApiArchive;
  readonly relay: Relay;
  readonly close: () => Promise<void>;
}

export interface EmbeddedOptions {
  /** The folder that holds everything: `archive.db`, `views.db`, `articles/`, `log/`. Made where it is absent. */
  readonly home: string;
  /** Kept as `recordedby` of what is recorded through this process. */
  readonly subject: string;
  readonly alarm: (what: string, error: unknown) => void;
}

/** Throws DatabaseInUse where another process has this folder open. */
export async function openEmbedded({ home, subject, alarm }: EmbeddedOptions): Promise<Embedded> {
  await mkdir(home, { recursive: true });
  const events = openDatabase(join(home, 'archive.db'));
  // Views lie apart: they can be thrown away and folded again from the log.
  const rows = openDatabase(join(home, 'views.db'));
  const store = sqliteEventStore(events);
  const state = sqliteTable(events, 'state');
  const views = sqliteTable(rows, 'views');
  const articles = await openBlobs(join(home, 'articles'));
  const log = await openBlobs(join(home, 'log'));
  const sweep = sqliteSweep(events);
  const relay = startRelay({ store, state, views, log, sweep, alarm });
  const archive: ApiArchive = {
    store,
    state,
    views,
    articles,
    log,
    sweep,
    ids,
    sha256,
    source: sourceReader(articles),
    clock: Date.now,
    sleep: async (ms) => setTimeout(ms),
    hint: relay.hint,
    identify: () => subject,
    streams: true,
    report: (error, c) => alarm(`${c.req.method} ${c.req.path} failed`, error),
  };
  return {
    api: createApi(archive),
    archive,
    relay,
    close: async () => {
      await relay.stop();
      rows.close();
      events.close();
    },
  };
}
