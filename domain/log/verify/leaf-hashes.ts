// Compares the leaf hashes of a bundle's entries with its tile. If they differ, the tree above decides which of the two
// was altered.
import { leafHash, sameHash, treeHash, type Hash } from '../../../events/log/merkle.ts';
import { TILE_WIDTH } from '../../../events/log/paths.ts';
import { edgeRoot, grow, hashesAt, type Edge } from '../../../events/log/tiles.ts';
import { readTile, type Finding, type Pair, type ReadFile } from './foreign-files.ts';

export interface Leaves {
  /** The hashes to continue with. Undefined if neither the entries nor the tile can be read. */
  readonly hashes: readonly Hash[] | undefined;
  /** The entries. An entry that was altered or cannot be read is undefined. */
  readonly entries: readonly (Uint8Array | undefined)[];
  readonly findings: readonly Finding[];
}

/** The tree around a bundle. */
export interface Above {
  /** The right edge of the tree of all earlier entries. Undefined if that tree could not be rebuilt. */
  readonly edge: Edge | undefined;
  /** The signed size and root of the log. */
  readonly size: number;
  readonly root: Hash;
}

export async function leavesOf(read: ReadFile, pair: Pair, above: Above): Promise<Leaves> {
  const { bundle, width, entries, tile } = pair;
  const position = bundle * TILE_WIDTH;
  const own = entries.content?.map(leafHash);
  const all = Array.from({ length: width }, (_, n) => entries.content?.[n]);
  if (!own || !tile.content) {
    const missing = [entries, tile].filter(({ content }) => !content);
    const findings = missing.map(({ path, what }) => ({ position, path, what }));
    return { hashes: own ?? tile.content, entries: all, findings };
  }
  const tiled = tile.content;
  const differing = [...own.entries()].filter(([n, hash]) => !sameHash(hash, tiled[n] ?? hash));
  if (differing.length === 0) return { hashes: own, entries: all, findings: [] };

  const isAbove = await comparison(read, pair, above);
  const [path, what] = isAbove(own)
    ? [
        tile.path,
        'the tile was altered: its hash differs from that of the entry, and the tree above has that of the entry',
      ]
    : isAbove(tiled)
      ? [entries.path, 'the entry was altered: the tree has another hash at this position']
      : [
          entries.path,
          `the entry and ${tile.path} have different hashes at this position, and the tree above has neither`,
        ];
  return {
    hashes: path === tile.path ? own : tiled,
    entries:
      path === tile.path
        ? all
        : all.map((entry, n) => (differing.some(([at]) => at === n) ? undefined : entry)),
    findings: differing.map(([n]) => ({ position: position + n, path, what })),
  };
}

/** Returns a function that compares hashes with the tree: with the tile above for a full tile, else with the root. */
async function comparison(
  read: ReadFile,
  { bundle, width }: Pair,
  { edge, size, root }: Above,
): Promise<(hashes: readonly Hash[]) => boolean> {
  if (width < TILE_WIDTH)
    return (hashes) => edge !== undefined && sameHash(edgeRoot(grow(edge, hashes).edge), root);
  const index = Math.floor(bundle / TILE_WIDTH);
  const parent = { level: 1, index, width: Math.min(TILE_WIDTH, hashesAt(1, size) - index * TILE_WIDTH) };
  const hash = (await readTile(read, parent)).content?.[bundle - index * TILE_WIDTH];
  return (hashes) => hash !== undefined && sameHash(treeHash(hashes), hash);
}
