// Rebuilds a log's tree from its entries alone, and compares every tile at every level with it.
import { sameHash, type Hash } from '../../../events/log/merkle.ts';
import { TILE_WIDTH } from '../../../events/log/paths.ts';
import { edgeTiles, EMPTY_EDGE, grow, type Edge, type Tile } from '../../../events/log/tiles.ts';
import { pairs, readTile, type Finding, type ReadFile } from './foreign-files.ts';
import { leavesOf } from './leaf-hashes.ts';

export interface Watcher {
  readonly report: (finding: Finding) => void;
  /** The entries from this position on; undefined in place of one that was altered or cannot be read. */
  readonly entries: (from: number, entries: readonly (Uint8Array | undefined)[]) => void;
  /** These leaves are about to be added to the tree. */
  readonly growing: (edge: Edge, leaves: readonly Hash[]) => void;
}

/** The tree's right edge; undefined where neither the entries of a bundle nor their hashes can be read. */
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

/** Compares a tile above the lowest level with what the tree has there. */
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
      what: `hash ${n} is not that of the ${each} entries from here on`,
    });
  }
}
