// What a batch of entries adds to the log: its root, and the files that must be there before it is published.
import { leafHash, sameHash, type Hash } from '../../events/log/merkle.ts';
import { bundlesOf, TILE_WIDTH } from '../../events/log/paths.ts';
import { edgeRoot, grow, newTiles, readEdge } from '../../events/log/tiles.ts';
import { bundleFile, LogConflict, readBundle, readTiles, tileFile, type LogFile } from './log-files.ts';
import type { BlobStore } from '../ports.ts';

export interface TreeUpdate {
  /** Root of the tree before these entries, as the log's tiles have it. */
  readonly before: Hash;
  /** Root of the tree with them. */
  readonly root: Hash;
  readonly files: readonly LogFile[];
}

/**
 * Needs the files of a log of `base` entries, and writes nothing. Throws LogConflict where they are missing, or
 * where the bundle that is begun is not what its tile says.
 */
export async function treeUpdateOf(
  log: BlobStore,
  base: number,
  entries: readonly Uint8Array[],
): Promise<TreeUpdate> {
  const [first, width] = [Math.floor(base / TILE_WIDTH), base % TILE_WIDTH];
  const [begun, edge] = await Promise.all([
    width === 0 ? [] : readBundle(log, first, width),
    readEdge(readTiles(log), base),
  ]);
  for (const [index, entry] of begun.entries()) {
    const hash = edge.levels[0]?.[index];
    if (!hash || !sameHash(leafHash(entry), hash))
      throw new LogConflict('an entry is not what its tile says', first * TILE_WIDTH + index);
  }
  const grown = grow(edge, entries.map(leafHash));
  const all = [...begun, ...entries];
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
