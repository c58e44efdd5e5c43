// Tiles of the public log (C2SP tlog-tiles): their bytes, and the right edge of a tree, which is all that is needed
// to go on: its partial tiles. Growing it gives the tiles that become whole, and the root.
import { EMPTY_ROOT, HASH_BYTES, joined, peaksOf, treeHash, type Hash } from './merkle.ts';
import { TILE_WIDTH, type TileAt } from './paths.ts';

export interface Tile extends TileAt {
  /** As many as the tile is wide. */
  readonly hashes: readonly Hash[];
}

/** The right edge of a tree of `size` leaves: at each level the hashes of the partial tile, none where there is none. */
export interface Edge {
  readonly size: number;
  readonly levels: readonly (readonly Hash[])[];
}

export const EMPTY_EDGE: Edge = { size: 0, levels: [] };

/** Reads a tile. Gives exactly `width` hashes, from the whole tile where the partial one is gone; throws where neither is. */
export type ReadTile = (tile: TileAt) => Promise<readonly Hash[]>;

export function packHashes(hashes: readonly Hash[]): Uint8Array {
  const packed = new Uint8Array(hashes.length * HASH_BYTES);
  for (const [index, hash] of hashes.entries()) packed.set(hash, index * HASH_BYTES);
  return packed;
}

/** The hashes of a tile of this width; throws RangeError where it is longer or shorter. */
export function unpackHashes(packed: Uint8Array, width: number): Hash[] {
  if (packed.length !== width * HASH_BYTES)
    throw new RangeError(`the tile has ${packed.length} bytes instead of ${width} hashes of ${HASH_BYTES}`);
  return Array.from({ length: width }, (_, index) =>
    packed.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
}

/** How many hashes a level has in a tree of so many leaves: each stands for 256^level of them. */
export const hashesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

/** The partial tiles of a tree of so many leaves, lowest level first. */
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

/** The root of the tree. */
export const edgeRoot = ({ levels }: Edge): Hash =>
  joined(levels.toReversed().flatMap(peaksOf)) ?? EMPTY_ROOT;

/** The partial tiles with their hashes, lowest level first. */
export const edgeTiles = ({ size, levels }: Edge): Tile[] =>
  partialsOf(size).map((tile) => ({ ...tile, hashes: levels[tile.level] ?? [] }));

/** The edge with these leaf hashes after it, and the tiles that became whole, lowest level first. */
export function grow(edge: Edge, leaves: readonly Hash[]): { edge: Edge; whole: Tile[] } {
  const [levels, whole]: [(readonly Hash[])[], Tile[]] = [[], []];
  let coming = leaves;
  for (let level = 0; level < edge.levels.length || coming.length > 0; level++) {
    const hashes = [...(edge.levels[level] ?? []), ...coming];
    const above: Hash[] = [];
    for (let index = hashesAt(level + 1, edge.size); hashes.length >= TILE_WIDTH; index++) {
      const full = hashes.splice(0, TILE_WIDTH);
      whole.push({ level, index, width: TILE_WIDTH, hashes: full });
      above.push(treeHash(full));
    }
    levels.push(hashes);
    coming = above;
  }
  return { edge: { size: edge.size + leaves.length, levels }, whole };
}

/** All tiles that stand in a tree of `to`'s size and not in one of `size` leaves, of which `whole` became whole. */
export function newTiles(size: number, { edge, whole }: { edge: Edge; whole: readonly Tile[] }): Tile[] {
  const changed = edgeTiles(edge).filter(({ level }) => hashesAt(level, size) !== hashesAt(level, edge.size));
  return [...whole, ...changed];
}
