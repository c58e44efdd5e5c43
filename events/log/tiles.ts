// Tiles of the public log (C2SP tlog-tiles): their bytes, and the right edge of a tree. The edge consists of the
// partial tiles. It suffices to append leaves and to compute new tiles and the root.
import { EMPTY_ROOT, HASH_BYTES, joined, peaksOf, treeHash, type Hash } from './merkle.ts';
import { TILE_WIDTH, type TileAt } from './paths.ts';

export interface Tile extends TileAt {
  /** Exactly `width` hashes. */
  readonly hashes: readonly Hash[];
}

/** The right edge of a tree of `size` leaves: the hashes of the partial tile at each level; empty if it has no tile. */
export interface Edge {
  readonly size: number;
  readonly levels: readonly (readonly Hash[])[];
}

export const EMPTY_EDGE: Edge = { size: 0, levels: [] };

/**
 * Reads exactly `width` hashes of a tile. Reads them from the full tile if the partial one was deleted.
 * Rejects if neither tile exists.
 */
export type ReadTile = (tile: TileAt) => Promise<readonly Hash[]>;

export function packHashes(hashes: readonly Hash[]): Uint8Array {
  const packed = new Uint8Array(hashes.length * HASH_BYTES);
  for (const [index, hash] of hashes.entries()) packed.set(hash, index * HASH_BYTES);
  return packed;
}

/**
 * Returns the hashes of a tile.
 * @throws RangeError if the tile does not have exactly `width` hashes.
 */
export function unpackHashes(packed: Uint8Array, width: number): Hash[] {
  if (packed.length !== width * HASH_BYTES)
    throw new RangeError(`the tile has ${packed.length} bytes instead of ${width} hashes of ${HASH_BYTES}`);
  return Array.from({ length: width }, (_, index) =>
    packed.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
}

/** Returns the number of hashes at a level of a tree with `size` leaves. Each hash covers 256^level leaves. */
export const hashesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

/** Returns the partial tiles of a tree with `size` leaves, lowest level first. */
export function partialsOf(size: number): TileAt[] {
  const partials: TileAt[] = [];
  for (let level = 0; hashesAt(level, size) > 0; level++) {
    const [index, width] = [hashesAt(level + 1, size), hashesAt(level, size) % TILE_WIDTH];
    if (width > 0) partials.push({ level, index, width });
  }
  return partials;
}

export async function readEdge(read: ReadTile, size: number): Promise<Edge> {
  const partials = partialsOf(size);
  const hashes = await Promise.all(partials.map(read));
  const levels = Array.from({ length: (partials.at(-1)?.level ?? -1) + 1 }, (): readonly Hash[] => []);
  for (const [index, { level }] of partials.entries()) levels[level] = hashes[index] ?? [];
  return { size, levels };
}

/** Returns the root of the tree. */
export const edgeRoot = ({ levels }: Edge): Hash =>
  joined(levels.toReversed().flatMap(peaksOf)) ?? EMPTY_ROOT;

/** Returns the partial tiles with their hashes, lowest level first. */
export const edgeTiles = ({ size, levels }: Edge): Tile[] =>
  partialsOf(size).map((tile) => ({ ...tile, hashes: levels[tile.level] ?? [] }));

/** Appends leaf hashes. Returns the new edge and the tiles that became full (`whole`), lowest level first. */
export function grow(edge: Edge, leaves: readonly Hash[]): { edge: Edge; whole: Tile[] } {
  const [levels, whole]: [(readonly Hash[])[], Tile[]] = [[], []];
  let appended = leaves;
  for (let level = 0; level < edge.levels.length || appended.length > 0; level++) {
    const hashes = [...(edge.levels[level] ?? []), ...appended];
    const above: Hash[] = [];
    for (let index = hashesAt(level + 1, edge.size); hashes.length >= TILE_WIDTH; index++) {
      const full = hashes.splice(0, TILE_WIDTH);
      whole.push({ level, index, width: TILE_WIDTH, hashes: full });
      above.push(treeHash(full));
    }
    levels.push(hashes);
    appended = above;
  }
  return { edge: { size: edge.size + leaves.length, levels }, whole };
}

/** Returns the tiles to write after a tree of `size` leaves grew: the full ones and the partial ones that changed. */
export function newTiles(size: number, { edge, whole }: { edge: Edge; whole: readonly Tile[] }): Tile[] {
  const changed = edgeTiles(edge).filter(({ level }) => hashesAt(level, size) !== hashesAt(level, edge.size));
  return [...whole, ...changed];
}
