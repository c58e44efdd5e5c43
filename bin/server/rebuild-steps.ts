// Body of the rebuild thread. It opens its own stores and takes steps until no work remains.
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { readOnlyBlobs } from '../../adapters/files/blob-store.ts';
import type { BlobStore, Clock } from '../../domain/ports.ts';
import { openEmbeddedStores, type EmbeddedStores } from './embedded-stores.ts';

/** Data with which the thread starts. The only message to it means: stop. */
export interface Start<Settings> {
  readonly home: string;
  readonly settings: Settings;
}

/** The only message from the thread: an alarm. */
export interface FromThread {
  readonly what: string;
  readonly error?: unknown;
}

export interface ThreadStores extends Pick<EmbeddedStores, 'store' | 'state' | 'catalog' | 'rows'> {
  readonly log: BlobStore;
  readonly clock: Clock;
  readonly alarm: (what: string, error?: unknown) => void;
}

/** Small, because a rebuild reads each page once and SQLite sorts the index faster in small parts. */
const ROW_CACHE_MB = 8;

/**
 * Takes steps until one resolves to false. `begin` receives the stores and the settings of the thread, and returns the
 * function that takes a step. An error of a step ends the thread.
 */
export async function runSteps<Settings>(
  begin: (context: ThreadStores & Settings) => () => Promise<boolean>,
): Promise<void> {
  if (!parentPort) throw new Error('rebuild steps run only in a worker thread');
  const port = parentPort;
  const { home, settings } = workerData as Start<Settings>;
  const stopping = new AbortController();
  port.once('message', () => stopping.abort());
  const stores = await openEmbeddedStores(home, ROW_CACHE_MB);
  const context = {
    ...settings,
    ...stores,
    log: readOnlyBlobs(join(home, 'log')),
    clock: Date.now,
    alarm: (what: string, error?: unknown) => port.postMessage({ what, error } satisfies FromThread),
  };
  try {
    const step = begin(context);
    // A turn of the event loop between steps receives the message to stop.
    while (!stopping.signal.aborted && (await step())) await setImmediate();
  } finally {
    stores.close();
    port.close();
  }
}
