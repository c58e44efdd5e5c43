// Reads the history in log order from the entry bundles. A bundle has up to 256 entries.
import { bundlesOf, TILE_WIDTH } from '../../events/log/paths.ts';
import { readBundle } from './log-files.ts';
import type { BlobStore } from '../ports.ts';

export interface LogEntry {
  readonly position: number;
  /** The event's canonical bytes. */
  readonly bytes: Uint8Array;
}

/**
 * Yields the entries from position `from` (inclusive) to `to` (exclusive). All of them must be published.
 * Reads each bundle on demand, and at most N / 256 + 2 bundles for N entries.
 */
export async function* replay(
  log: Pick<BlobStore, 'get'>,
  from: number,
  to: number,
): AsyncGenerator<LogEntry> {
  for (const { bundle, width } of bundlesOf(to, Math.floor(from / TILE_WIDTH))) {
    const entries = await readBundle(log, bundle, width);
    for (const [index, bytes] of entries.entries()) {
      const position = bundle * TILE_WIDTH + index;
      if (position >= from) yield { position, bytes };
    }
  }
}

/**
 * Yields the entries from position `from` (inclusive) to `below` (exclusive) of a log of `published` entries, bundle by
 * bundle. `descending` reverses the order of the bundles and of their entries. Reads each bundle on demand.
 */
export async function* bundlesBetween(
  log: Pick<BlobStore, 'get'>,
  { from, below, published }: { readonly from: number; readonly below: number; readonly published: number },
  descending = false,
): AsyncGenerator<LogEntry[]> {
  if (!(from < below)) return;
  const [first, last] = [Math.floor(from / TILE_WIDTH), Math.floor((below - 1) / TILE_WIDTH)];
  for (let count = 0; count <= last - first; count++) {
    const bundle = descending ? last - count : first + count;
    const start = bundle * TILE_WIDTH;
    const events = await readBundle(log, bundle, Math.min(TILE_WIDTH, published - start));
    const entries = events
      .map((bytes, index) => ({ position: start + index, bytes }))
      .filter(({ position }) => position >= from && position < below);
    yield descending ? entries.toReversed() : entries;
  }
}
