// The log's files as the sequencer writes them and everybody reads them: entry bundles and tiles, never changed.
import { packEntries, unpackEntries } from '../../events/log/entries.ts';
import { HASH_BYTES } from '../../events/log/merkle.ts';
import { entriesPath, parsePath, TILE_WIDTH, tilePath } from '../../events/log/paths.ts';
import { packHashes, unpackHashes, type ReadTile, type Tile } from '../../events/log/tiles.ts';
import type { BlobStore } from '../ports.ts';
import { allEnded, wavesOf } from '../concurrency.ts';

/** What stands in the log contradicts what was decided on: nothing may be published until somebody has looked. */
export class LogConflict extends Error {
  override readonly name = 'LogConflict';
  /** The first entry that it concerns, where one can be named. */
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

/** Idempotent: where a file stands, it must have these very bytes. Throws LogConflict where it has others. */
export async function writeFiles(log: BlobStore, files: readonly LogFile[]): Promise<void> {
  for (const [, wave] of wavesOf(files)) {
    await allEnded(
      wave.map(async (file) => {
        if ((await log.create(file.key, file.bytes)) !== 'different') return;
        const standing = await log.get(file.key);
        throw new LogConflict(
          `${file.key} has other bytes than the head decided on`,
          firstDifference(file, standing?.bytes ?? new Uint8Array()),
        );
      }),
    );
  }
}

/** The entry that the first byte which differs belongs to, or the first one under the hash that it belongs to. */
function firstDifference({ key, bytes }: LogFile, standing: Uint8Array): number {
  const differs = bytes.findIndex((byte, at) => byte !== standing[at]);
  const at = differs < 0 ? bytes.length : differs;
  const named = parsePath(key);
  if (!named) throw new RangeError(`${key} is no file of a log`);
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
 * The first `width` entries of a bundle, of which so many must be published: from the whole bundle where the partial
 * one is gone. Throws LogConflict.
 */
export async function readBundle(log: Reading, bundle: number, width: number): Promise<Uint8Array[]> {
  const { key, bytes, whole } = await readFile(log, entriesPath(bundle, width), entriesPath(bundle));
  return parsed(key, bundle * TILE_WIDTH, () =>
    unpackEntries(bytes, whole ? TILE_WIDTH : width).slice(0, width),
  );
}

/** Reads tiles from the log's files; throws LogConflict. */
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
  // Partial files may be cleared away once the whole one is there.
  const whole = key === wholeKey ? undefined : await log.get(wholeKey);
  if (!whole) throw new LogConflict(`${key} is missing from the log`);
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
