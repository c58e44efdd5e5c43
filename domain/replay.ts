// Replays the history in log order from its entry bundles: 256 events an object, one object at a time.
import { unpackEntries } from '../events/log/entries.ts';
import { bundlesOf, entriesPath, TILE_WIDTH } from '../events/log/paths.ts';
import type { BlobStore } from './ports.ts';
import { LogConflict } from './sequence.ts';

export interface Entry {
  readonly position: number;
  /** The event's canonical bytes. */
  readonly bytes: Uint8Array;
}

/**
 * The entries from position `from` up to, and without, `to`, which must be published. Reads a bundle only once its
 * first entry is asked for, and no more of them than hold what was asked for: at most N / 256 + 2 for N entries.
 */
export async function* replay(log: Pick<BlobStore, 'get'>, from: number, to: number): AsyncGenerator<Entry> {
  for (const { bundle, width } of bundlesOf(to, Math.floor(from / TILE_WIDTH))) {
    const entries = await readBundle(log, bundle, width);
    for (const [index, bytes] of entries.entries()) {
      const position = bundle * TILE_WIDTH + index;
      if (position >= from) yield { position, bytes };
    }
  }
}

/** The first `width` entries of a bundle. A partial one may be cleared away once the whole one is there. */
async function readBundle(log: Pick<BlobStore, 'get'>, bundle: number, width: number): Promise<Uint8Array[]> {
  const key = entriesPath(bundle, width);
  const blob = (await log.get(key)) ?? (width < TILE_WIDTH ? await log.get(entriesPath(bundle)) : undefined);
  if (!blob) throw new LogConflict(`${key} is missing from the log`);
  const entries = unpackEntries(blob.bytes);
  if (entries.length !== width && entries.length !== TILE_WIDTH)
    throw new LogConflict(`${key} has ${entries.length} entries instead of ${width}`);
  return entries.slice(0, width);
}
