// Reads the files of a log that somebody else may have written: from a folder, a bucket, or an archive.
import { unpackEntries } from '../../../events/log/entries.ts';
import type { Hash } from '../../../events/log/merkle.ts';
import { bundlesOf, entriesPath, tilePath, TILE_WIDTH, type TileAt } from '../../../events/log/paths.ts';
import { unpackHashes } from '../../../events/log/tiles.ts';

/** A file of the log by its path in it; undefined where there is none. Rejects where that cannot be told. */
export type ReadFile = (path: string) => Promise<Uint8Array | undefined>;

/** What is wrong, and where. */
export interface Finding {
  /** Of the first entry that it concerns. */
  readonly position?: number;
  readonly path?: string;
  readonly what: string;
}

/** A file's content; or what is wrong with it. */
export interface Found<T> {
  readonly path: string;
  readonly content?: T;
  readonly what: string;
}

/** The entries of a bundle and the hashes of its tile, which should be theirs. */
export interface Pair {
  readonly bundle: number;
  readonly width: number;
  readonly entries: Found<readonly Uint8Array[]>;
  readonly tile: Found<readonly Hash[]>;
}

/** Pairs that are read before they are needed: this bounds the memory. */
const AHEAD = 8;

/** Every pair of a log of `size` entries, in order. */
export async function* pairs(read: ReadFile, size: number): AsyncGenerator<Pair> {
  const coming: Promise<Pair>[] = [];
  for (const { bundle, width } of bundlesOf(size)) {
    const pair = readPair(read, bundle, width);
    // It is awaited later; until then nobody need know that it failed.
    pair.catch(() => {});
    if (coming.push(pair) < AHEAD) continue;
    const next = await coming.shift();
    if (next) yield next;
  }
  for (const pair of coming) yield await pair;
}

async function readPair(read: ReadFile, bundle: number, width: number): Promise<Pair> {
  const [entries, tile] = await Promise.all([
    readEntries(read, bundle, width),
    readTile(read, { level: 0, index: bundle, width }),
  ]);
  return { bundle, width, entries, tile };
}

export const readEntries = (
  read: ReadFile,
  bundle: number,
  width: number,
): Promise<Found<readonly Uint8Array[]>> =>
  readAs(read, width, (wide) => entriesPath(bundle, wide), unpackEntries);

export const readTile = (read: ReadFile, tile: TileAt): Promise<Found<readonly Hash[]>> =>
  readAs(read, tile.width, (width) => tilePath({ ...tile, width }), unpackHashes);

/** A partial file may be cleared away once the whole one is there, which begins with the same content. */
async function readAs<T>(
  read: ReadFile,
  width: number,
  pathOf: (width: number) => string,
  unpack: (bytes: Uint8Array, count: number) => T[],
): Promise<Found<readonly T[]>> {
  for (const wide of width === TILE_WIDTH ? [width] : [width, TILE_WIDTH]) {
    const [path, bytes] = [pathOf(wide), await read(pathOf(wide))];
    if (!bytes) continue;
    try {
      return { path, content: unpack(bytes, wide).slice(0, width), what: '' };
    } catch (error) {
      if (error instanceof RangeError) return { path, what: `is damaged: ${error.message}` };
      throw error;
    }
  }
  return { path: pathOf(width), what: 'is missing' };
}
