// Reads the files of an untrusted log from a folder, a bucket or an archive.
import { unpackEntries } from '../../../events/log/entries.ts';
import type { Hash } from '../../../events/log/merkle.ts';
import { bundlesOf, entriesPath, tilePath, TILE_WIDTH, type TileAt } from '../../../events/log/paths.ts';
import { unpackHashes } from '../../../events/log/tiles.ts';

/** Reads a file of the log by its path. Returns undefined if it does not exist, and rejects if the read fails. */
export type ReadFile = (path: string) => Promise<Uint8Array | undefined>;

/** A fault of the log: what is wrong, and in which file. */
export interface Finding {
  /** The position of the first affected entry. */
  readonly position?: number;
  readonly path?: string;
  readonly what: string;
}

/** The content of a file, or its fault in `what`. */
export interface FileResult<T> {
  readonly path: string;
  readonly content?: T;
  readonly what: string;
}

/** The entries of a bundle, and the hashes of its tile. */
export interface Pair {
  readonly bundle: number;
  readonly width: number;
  readonly entries: FileResult<readonly Uint8Array[]>;
  readonly tile: FileResult<readonly Hash[]>;
}

/** The number of pairs that are read ahead. It bounds the memory. */
const AHEAD = 8;

/** Yields every pair of a log of `size` entries, in order. */
export async function* pairs(read: ReadFile, size: number): AsyncGenerator<Pair> {
  const readAhead: Promise<Pair>[] = [];
  for (const { bundle, width } of bundlesOf(size)) {
    const pair = readPair(read, bundle, width);
    // The pair is awaited later. This handler prevents an unhandled rejection until then.
    pair.catch(() => {});
    if (readAhead.push(pair) < AHEAD) continue;
    const next = await readAhead.shift();
    if (next) yield next;
  }
  for (const pair of readAhead) yield await pair;
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
): Promise<FileResult<readonly Uint8Array[]>> =>
  readAs(read, width, (wide) => entriesPath(bundle, wide), unpackEntries);

export const readTile = (read: ReadFile, tile: TileAt): Promise<FileResult<readonly Hash[]>> =>
  readAs(read, tile.width, (width) => tilePath({ ...tile, width }), unpackHashes);

/** Reads a partial file, or the beginning of the full file: partial files may be deleted after the full one exists. */
async function readAs<T>(
  read: ReadFile,
  width: number,
  pathOf: (width: number) => string,
  unpack: (bytes: Uint8Array, count: number) => T[],
): Promise<FileResult<readonly T[]>> {
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
