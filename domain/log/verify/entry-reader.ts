// Reads the entries of a verified log: one by its position, or all in order.
import { TILE_WIDTH } from '../../../events/log/paths.ts';
import { pairs, readEntries, type ReadFile } from './foreign-files.ts';

/** Returns a reader of entries by position. It returns undefined if an entry cannot be read, and caches one bundle. */
export function entryReader(
  read: ReadFile,
  size: number,
): (position: number) => Promise<Uint8Array | undefined> {
  let cached: { readonly bundle: number; readonly entries: ReturnType<typeof readEntries> } | undefined;
  return async (position) => {
    const bundle = Math.floor(position / TILE_WIDTH);
    if (cached?.bundle !== bundle)
      cached = {
        bundle,
        entries: readEntries(read, bundle, Math.min(TILE_WIDTH, size - bundle * TILE_WIDTH)),
      };
    return (await cached.entries).content?.[position - bundle * TILE_WIDTH];
  };
}

export interface EntryAt {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** Yields every entry that can be read, in order. */
export async function* entriesIn(read: ReadFile, size: number): AsyncGenerator<EntryAt> {
  for await (const { bundle, entries } of pairs(read, size))
    for (const [index, bytes] of (entries.content ?? []).entries())
      yield { position: bundle * TILE_WIDTH + index, bytes };
}
