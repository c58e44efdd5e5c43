// Replays the history in log order from its entry bundles: 256 events an object, one object at a time.
import { bundlesOf, TILE_WIDTH } from '../../events/log/paths.ts';
import { readBundle } from './log-files.ts';
import type { BlobStore } from '../ports.ts';

export interface LogEntry {
  readonly position: number;
  /** The event's canonical bytes. */
  readonly bytes: Uint8Array;
}

/**
 * The entries from position `from` up to, and without, `to`, which must be published. Reads a bundle only once its
 * first entry is asked for, and no more of them than hold what was asked for: at most N / 256 + 2 for N entries.
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
 * The entries from position `from` up to, and without, `below`, in the bundles of a log of `published` entries; in each
 * bundle and of all bundles the last first if `descending`. Reads a bundle only once it is asked for.
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
