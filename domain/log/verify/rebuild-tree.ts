// Rebuilds the tree of a log from its entries alone, and compares every tile of every level with it.
import { sameHash, type Hash } from '../../../events/log/merkle.ts';
import { TILE_WIDTH } from '../../../events/log/paths.ts';
import { edgeTiles, EMPTY_EDGE, grow, type Edge, type Tile } from '../../../events/log/tiles.ts';
import { pairs, readTile, type Finding, type ReadFile } from './foreign-files.ts';
import { leavesOf } from './leaf-hashes.ts';

export interface Watcher {
  readonly report: (finding: Finding) => void;
  /** Receives the entries of a bundle. An entry that was altered or cannot be read is undefined. */
  readonly entries: (from: number, entries: readonly (Uint8Array | undefined)[]) => void;
  /** Called before leaves are added to the tree. */
  readonly growing: (edge: Edge, leaves: readonly Hash[]) => void;
}

/** Rebuilds the tree and returns its right edge, or undefined if a bundle and its tile are both unreadable. */
export async function rebuild(
  read: ReadFile,
  signed: { readonly size: number; readonly root: Hash },
  { report, entries, growing }: Watcher,
): Promise<Edge | undefined> {
  let edge: Edge | undefined = EMPTY_EDGE;
  for await (const pair of pairs(read, signed.size)) {
    const leaves = await leavesOf(read, pair, { ...signed, edge });
    for (const finding of leaves.findings) report(finding);
    entries(pair.bundle * TILE_WIDTH, leaves.entries);
    if (!edge || !leaves.hashes) {
      edge = undefined;
      continue;
    }
    growing(edge, leaves.hashes);
    const grown = grow(edge, leaves.hashes);
    edge = grown.edge;
    for (const tile of grown.whole) await compare(read, tile, report);
  }
  for (const tile of edge ? edgeTiles(edge) : []) await compare(read, tile, report);
  return edge;
}

/** Compares a tile above the lowest level with the rebuilt tree. */
async function compare(read: ReadFile, tile: Tile, report: Watcher['report']): Promise<void> {
  if (tile.level === 0) return;
  const { path, content, what } = await readTile(read, tile);
  const each = TILE_WIDTH ** tile.level;
  const first = tile.index * TILE_WIDTH * each;
  if (!content) report({ position: first, path, what });
  for (const [n, hash] of tile.hashes.entries()) {
    if (sameHash(hash, content?.[n] ?? hash)) continue;
    report({
      position: first + n * each,
      path,
      what: `hash ${n} does not match the ${each} entries from this position on`,
    });
  }
}
