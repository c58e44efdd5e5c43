// Reads and writes the files of the log: entry bundles and tiles. A file never changes after it was written.
import { packEntries, unpackEntries } from '../../events/log/entries.ts';
import { HASH_BYTES } from '../../events/log/merkle.ts';
import { entriesPath, parsePath, TILE_WIDTH, tilePath } from '../../events/log/paths.ts';
import { packHashes, unpackHashes, type ReadTile, type Tile } from '../../events/log/tiles.ts';
import type { BlobStore } from '../ports.ts';
import { allEnded, slicesOf } from '../concurrency.ts';

/** Reports that the log contradicts the head. Nothing may be published until an operator has repaired it. */
export class LogConflict extends Error {
  override readonly name = 'LogConflict';
  /** The position of the first affected entry, if it is known. */
  readonly position?: number;
  constructor(message: string, position?: number) {
    super(position === undefined ? message : `${message} (position ${position})`);
    if (position !== undefined) this.position = position;
  }
}

export interface LogFile {
  readonly key: string;
  readonly bytes: Uint8Array;
}

export const bundleFile = (bundle: number, entries: readonly Uint8Array[]): LogFile => ({
  key: entriesPath(bundle, entries.length),
  bytes: packEntries(entries),
});

export const tileFile = (tile: Tile): LogFile => ({ key: tilePath(tile), bytes: packHashes(tile.hashes) });

/** Writes files of the log. Idempotent. @throws LogConflict if a file exists with other bytes */
export async function writeFiles(log: BlobStore, files: readonly LogFile[]): Promise<void> {
  for (const [, slice] of slicesOf(files)) {
    await allEnded(
      slice.map(async (file) => {
        if ((await log.create(file.key, file.bytes)) !== 'different') return;
        const existing = await log.get(file.key);
        throw new LogConflict(
          `${file.key} has other bytes than the head decided: restore that file from a backup`,
          firstDifference(file, existing?.bytes ?? new Uint8Array()),
        );
      }),
    );
  }
}

/** Returns the position of the first entry that a differing byte affects, directly or through a hash. */
function firstDifference({ key, bytes }: LogFile, existing: Uint8Array): number {
  const differs = bytes.findIndex((byte, at) => byte !== existing[at]);
  const at = differs < 0 ? bytes.length : differs;
  const named = parsePath(key);
  if (!named) throw new RangeError(`${key} is not the path of a log file`);
  if ('level' in named)
    return (named.index * TILE_WIDTH + Math.floor(at / HASH_BYTES)) * TILE_WIDTH ** named.level;
  let [index, end] = [0, 0];
  for (const entry of unpackEntries(bytes)) {
    end += 2 + entry.length;
    if (at < end) break;
    index += 1;
  }
  return named.bundle * TILE_WIDTH + index;
}

type Reading = Pick<BlobStore, 'get'>;

/**
 * Reads the first `width` entries of a bundle; all of them must be published. Uses the full bundle if the partial one
 * was deleted.
 * @throws LogConflict if the bundle is missing or damaged
 */
export async function readBundle(log: Reading, bundle: number, width: number): Promise<Uint8Array[]> {
  const { key, bytes, whole } = await readFile(log, entriesPath(bundle, width), entriesPath(bundle));
  return parsed(key, bundle * TILE_WIDTH, () =>
    unpackEntries(bytes, whole ? TILE_WIDTH : width).slice(0, width),
  );
}

/** Returns a reader of tiles. It throws LogConflict if a tile is missing or damaged. */
export const readTiles =
  (log: Reading): ReadTile =>
  async (tile) => {
    const { level, index, width } = tile;
    const { key, bytes, whole } = await readFile(
      log,
      tilePath(tile),
      tilePath({ ...tile, width: TILE_WIDTH }),
    );
    return parsed(key, index * TILE_WIDTH ** (level + 1), () =>
      unpackHashes(bytes, whole ? TILE_WIDTH : width).slice(0, width),
    );
  };

async function readFile(
  log: Reading,
  key: string,
  wholeKey: string,
): Promise<LogFile & { readonly whole: boolean }> {
  const blob = await log.get(key);
  if (blob) return { key, bytes: blob.bytes, whole: key === wholeKey };
  // Partial files may be deleted after the full one was written.
  const whole = key === wholeKey ? undefined : await log.get(wholeKey);
  if (!whole) throw new LogConflict(`${key} is missing from the log: restore that file from a backup`);
  return { key: wholeKey, bytes: whole.bytes, whole: true };
}

function parsed<T>(key: string, position: number, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RangeError) throw new LogConflict(`${key}: ${error.message}`, position);
    throw error;
  }
}
