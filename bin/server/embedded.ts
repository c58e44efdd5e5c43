// Opens the embedded archive: SQLite and files in one folder, for one process.
import { extname, join } from 'node:path';
import { openBlobs } from '../../adapters/files/blob-store.ts';
import { makeFolder } from '../../adapters/files/folder.ts';
import { openLogFolder } from '../../adapters/files/log-folder.ts';
import { openKeyFile } from '../../adapters/node/key-file.ts';
import { sqliteSweep } from '../../adapters/sqlite/event-store.ts';
import { lockFolder } from '../../adapters/sqlite/process-lock.ts';
import { identityOf } from '../../domain/log/log-identity.ts';
import { openEmbeddedStores, removeOldViews } from './embedded-stores.ts';
import { runArchive, type ArchiveOptions, type OpenedStores, type RunningArchive } from './run-archive.ts';
import type { RebuildSettings } from './rebuild-worker.ts';
import { rebuildThread } from './rebuild-thread.ts';

export interface EmbeddedOptions extends ArchiveOptions {
  /** The log's URL without scheme. The key file keeps it from the first start on. */
  readonly origin?: string;
}

/** @throws the errors of openEmbeddedArchive and of runArchive */
export async function openEmbedded(
  home: string,
  { origin, ...options }: EmbeddedOptions,
): Promise<RunningArchive> {
  const { stores, close } = await openEmbeddedArchive(home, origin);
  try {
    return await runArchive(stores, options, close);
  } catch (error) {
    close();
    throw error;
  }
}

/** Cache of each open generation. It is large because a batch touches pages all over the index. */
const ROW_CACHE_MB = 64;

/** The worker has the extension of this file: .ts in the project, .mjs in the package. */
const WORKER = new URL(`rebuild-worker${extname(import.meta.url)}`, import.meta.url);

export type EmbeddedArchiveStores = OpenedStores & Required<Pick<OpenedStores, 'rebuildThread'>>;

/**
 * Opens the archive in `home`, which is created if absent: `archive.lock`, `archive.db`, `read-models.db`,
 * `read-models/`, `articles/`, `log/`, `log.key`.
 * @throws DatabaseInUse if another process has it open
 * @throws KeyFileError if the log's key is unusable
 */
export async function openEmbeddedArchive(
  home: string,
  origin?: string,
): Promise<{ readonly stores: EmbeddedArchiveStores; readonly close: () => void }> {
  await makeFolder(home);
  const lock = lockFolder(home);
  const opened: { readonly close: () => void }[] = [{ close: lock.release }];
  const close = (): void => {
    for (const each of opened.splice(0).toReversed()) each.close();
  };
  try {
    await removeOldViews(home);
    const databases = await openEmbeddedStores(home, ROW_CACHE_MB);
    opened.push(databases);
    const { events, store, state, catalog, rows } = databases;
    const stores = {
      store,
      state,
      catalog,
      rows,
      rebuildThread: (settings: RebuildSettings, alarm: ArchiveOptions['alarm']) =>
        rebuildThread({ home, settings, program: WORKER, alarm }),
      articles: await openBlobs(join(home, 'articles')),
      log: await openLogFolder(join(home, 'log')),
      sweep: sqliteSweep(events),
      identity: identityOf(await openKeyFile(join(home, 'log.key'), origin)),
    };
    return { stores, close };
  } catch (error) {
    close();
    throw error;
  }
}
