// Replays the history in log order from its entry bundles: 256 events an object.
import { bundlesOf, TILE_WIDTH } from '../events/log/paths.ts';
import type { BlobStore } from './ports.ts';
import { readBundle } from './sequence.ts';

export interface Entry {
  readonly position: number;
  /** The event's canonical bytes. */
  readonly bytes: Uint8Array;
}

/** The entries from position `from` up to, and without, `to`, which must be published. Reads one bundle at a time. */
export async function* replay(log: BlobStore, from: number, to: number): AsyncGenerator<Entry> {
  for (const { bundle, width } of bundlesOf(to, Math.floor(from / TILE_WIDTH))) {
    const entries = await readBundle(log, bundle, width);
    for (const [index, bytes] of entries.entries()) {
      const position = bundle * TILE_WIDTH + index;
      if (position >= from) yield { position, bytes };
    }
  }
}
