// Computes the changes of a batch to the log's tree: the new root, and the files to write before it is published.
import { leafHash, sameHash, type Hash } from '../../events/log/merkle.ts';
import { bundlesOf, TILE_WIDTH } from '../../events/log/paths.ts';
import { edgeRoot, grow, newTiles, readEdge } from '../../events/log/tiles.ts';
import { bundleFile, LogConflict, readBundle, readTiles, tileFile, type LogFile } from './log-files.ts';
import type { BlobStore } from '../ports.ts';

export interface TreeUpdate {
  /** The root of the tree before the batch, computed from the log's tiles. */
  readonly before: Hash;
  /** The root of the tree with the batch. */
  readonly root: Hash;
  readonly files: readonly LogFile[];
}

/**
 * Computes the update that appends entries to a log of `base` entries. Writes nothing.
 * @throws LogConflict if files of the log are missing, or if the partial bundle does not match its tile
 */
export async function treeUpdateOf(
  log: BlobStore,
  base: number,
  entries: readonly Uint8Array[],
): Promise<TreeUpdate> {
  const [first, width] = [Math.floor(base / TILE_WIDTH), base % TILE_WIDTH];
  const [partial, edge] = await Promise.all([
    width === 0 ? [] : readBundle(log, first, width),
    readEdge(readTiles(log), base),
  ]);
  for (const [index, entry] of partial.entries()) {
    const hash = edge.levels[0]?.[index];
    if (!hash || !sameHash(leafHash(entry), hash))
      throw new LogConflict(
        'an entry does not match its tile: run chancery verify to find the altered file',
        first * TILE_WIDTH + index,
      );
  }
  const grown = grow(edge, entries.map(leafHash));
  const all = [...partial, ...entries];
  const bundles = [...bundlesOf(base + entries.length, first)].map(({ bundle, width }) => {
    const from = (bundle - first) * TILE_WIDTH;
    return bundleFile(bundle, all.slice(from, from + width));
  });
  return {
    before: edgeRoot(edge),
    root: edgeRoot(grown.edge),
    files: [...bundles, ...newTiles(base, grown).map(tileFile)],
  };
}
