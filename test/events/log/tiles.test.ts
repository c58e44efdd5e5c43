// Tiles, roots and proofs equal those of a literal implementation of RFC 6962 and of another implementation's vectors.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMPTY_ROOT, leafHash, nodeHash, sameHash, type Hash } from '../../../events/log/merkle.ts';
import { tilePath, type TileAt } from '../../../events/log/paths.ts';
import {
  proveConsistency,
  proveInclusion,
  verifyConsistency,
  verifyInclusion,
} from '../../../events/log/proof.ts';
import {
  edgeRoot,
  edgeTiles,
  EMPTY_EDGE,
  grow,
  newTiles,
  packHashes,
  partialsOf,
  readEdge,
  unpackHashes,
  type Edge,
  type ReadTile,
} from '../../../events/log/tiles.ts';
import { naiveTree } from '../../support/logs/naive-tree.ts';
import {
  entriesIn,
  flipped,
  hashOf,
  hex,
  tilesIn,
  vector,
  vectors,
} from '../../support/logs/tlog-vectors.ts';

const entry = (index: number): Uint8Array => Buffer.from(`entry ${index}`);
const naive = naiveTree(entry);
const leaves = Array.from({ length: 100_000 }, (_, index) => leafHash(entry(index)));
const all = grow(EMPTY_EDGE, leaves);
const wholeTiles = new Map(all.whole.map((tile) => [tilePath(tile), tile.hashes]));
const partialTiles = new Map(
  edgeTiles(all.edge).map((tile) => [tilePath({ ...tile, width: 256 }), tile.hashes]),
);

/** Reads tiles of any smaller log, each a prefix of a tile of the largest log. */
const read: ReadTile = async (tile) => {
  const path = tilePath({ ...tile, width: 256 });
  const hashes = wholeTiles.get(path) ?? partialTiles.get(path) ?? [];
  expect(hashes.length, `${path} is as wide as ${tile.width}`).toBeGreaterThanOrEqual(tile.width);
  return hashes.slice(0, tile.width);
};
const edgeOf = (size: number): Promise<Edge> => readEdge(read, size);
const expectSame = (ours: readonly Hash[], theirs: readonly Uint8Array[]): void =>
  expect(ours.map(hex)).toEqual(theirs.map(hex));

describe('hashes', () => {
  const { hashes } = vectors;
  test('hashes of leaves, nodes and the empty tree equal those of RFC 6962', () => {
    expect(hex(EMPTY_ROOT)).toBe(hashes.emptyTreeHex);
    expect(hex(edgeRoot(EMPTY_EDGE))).toBe(hashes.emptyTreeHex);
    const [a, b] = [leafHash(Buffer.from('a')), leafHash(Buffer.from('b'))];
    expect(hex(leafHash(new Uint8Array()))).toBe(hashes.leafOfEmptyEntryHex);
    expect([a, b, nodeHash(a, b)].map(hex)).toEqual([
      hashes.leafOf_a_Hex,
      hashes.leafOf_b_Hex,
      hashes.nodeOf_a_b_Hex,
    ]);
  });
  test('hashes of the first entries equal those of another implementation', () => {
    expectSame(
      vectors.firstEntriesHex.map((entry) => leafHash(Buffer.from(entry, 'hex'))),
      vectors.firstLeafHashes.map(hashOf),
    );
  });
});

describe('growing trees', () => {
  test('a tree has the root of RFC 6962 at every size up to 600, regardless of its steps', () => {
    let edge = EMPTY_EDGE;
    for (let size = 0; size <= 600; size++) {
      expect(hex(edgeRoot(edge)), `of ${size}`).toBe(hex(naive.mth(0, size)));
      expect(hex(edgeRoot(grow(EMPTY_EDGE, leaves.slice(0, size)).edge))).toBe(hex(naive.mth(0, size)));
      ({ edge } = grow(edge, leaves.slice(size, size + 1)));
    }
  });
  test('a tree grown in steps has the root and the tiles of a tree built at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(100_000), fc.nat(3_000), async (from, by) => {
        const before = await edgeOf(from);
        const grown = grow(before, leaves.slice(from, from + by));
        expect(hex(edgeRoot(before))).toBe(hex(naive.mth(0, from)));
        expect(hex(edgeRoot(grown.edge))).toBe(hex(naive.mth(0, grown.edge.size)));
        const tiles = newTiles(from, grown);
        for (const tile of tiles) {
          expect(tile.hashes).toHaveLength(tile.width);
          expect((await read(tile)).every((hash, at) => sameHash(hash, tile.hashes[at] ?? EMPTY_ROOT))).toBe(
            true,
          );
        }
        // Together with the earlier tiles, every partial tile of the new size exists.
        const there = new Set([...partialsOf(from), ...tiles].map(tilePath));
        expect(partialsOf(grown.edge.size).filter((tile) => !there.has(tilePath(tile)))).toEqual([]);
        expect(new Set(tiles.map(tilePath)).size).toBe(tiles.length);
      }),
      { numRuns: 150 },
    );
  });
  test.each<[number, string[]]>([
    [0, []],
    [1, ['tile/0/000.p/1']],
    [255, ['tile/0/000.p/255']],
    [256, ['tile/1/000.p/1']],
    [257, ['tile/0/001.p/1', 'tile/1/000.p/1']],
    [65_536, ['tile/2/000.p/1']],
    [70_000, ['tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1']],
  ])('a tree of %i leaves has the partial tiles %j', (size, paths) => {
    expect(partialsOf(size).map(tilePath)).toEqual(paths);
  });
  test('newTiles returns no tile without new leaves, and no tile of an unchanged level', () => {
    const { edge } = grow(EMPTY_EDGE, leaves.slice(0, 300));
    expect(newTiles(300, grow(edge, []))).toEqual([]);
    expect(newTiles(300, grow(edge, leaves.slice(300, 301))).map(tilePath)).toEqual(['tile/0/001.p/45']);
    expect(newTiles(300, grow(edge, leaves.slice(300, 512))).map(tilePath)).toEqual([
      'tile/0/001',
      'tile/1/000.p/2',
    ]);
  });
});

describe('inclusion proofs', () => {
  const expectProven = async (index: number, size: number): Promise<void> => {
    const proof = await proveInclusion(read, index, size);
    expectSame(proof, naive.path(index, size));
    expect(verifyInclusion({ index, size }, leafHash(entry(index)), proof, naive.mth(0, size))).toBe(true);
  };
  test('inclusion proofs equal those of RFC 6962 at every size up to 600', async () => {
    for (let size = 1; size <= 600; size++) {
      const some = new Set([0, size >> 1, 255, 256, size - 1].filter((index) => index < size));
      for (const index of some) await expectProven(index, size);
    }
  });
  test('inclusion proofs equal those of RFC 6962 at random sizes up to 100,000', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100_000 }), fc.nat(99_999), async (size, at) =>
        expectProven(at % size, size),
      ),
      { numRuns: 300 },
    );
  });
  test('an inclusion proof with a flipped bit, another index or size, or a missing or extra hash is rejected', async () => {
    const [index, size] = [300, 1_000];
    const [leaf, root] = [leafHash(entry(index)), naive.mth(0, size)];
    const proof = await proveInclusion(read, index, size);
    for (const [at, hash] of proof.entries())
      for (const other of flipped(hash))
        expect(verifyInclusion({ index, size }, leaf, proof.with(at, other), root)).toBe(false);
    for (const other of flipped(leaf))
      expect(verifyInclusion({ index, size }, other, proof, root)).toBe(false);
    for (const other of flipped(root))
      expect(verifyInclusion({ index, size }, leaf, proof, other)).toBe(false);
    for (let other = 0; other < size; other++)
      expect(verifyInclusion({ index: other, size }, leaf, proof, root)).toBe(other === index);
    // Sizes with the same path are omitted here, because only the root distinguishes them.
    for (const other of [0, 300, 512, 1_025, -1, 1.5, Number.NaN, 2 ** 53])
      expect(verifyInclusion({ index, size: other }, leaf, proof, root)).toBe(false);
    expect(verifyInclusion({ index, size }, leaf, proof.slice(1), root)).toBe(false);
    expect(verifyInclusion({ index, size }, leaf, proof.slice(0, -1), root)).toBe(false);
    expect(verifyInclusion({ index, size }, leaf, [...proof, root], root)).toBe(false);
  });
  test.each([
    [0, 0],
    [1, 1],
    [-1, 4],
    [0.5, 4],
  ])('proveInclusion rejects leaf %f of a tree of %i leaves', async (index, size) => {
    await expect(proveInclusion(read, index, size)).rejects.toBeInstanceOf(RangeError);
  });
});

describe('consistency proofs', () => {
  const rootOf = (size: number): { size: number; root: Hash } => ({ size, root: naive.mth(0, size) });
  const expectProven = async (from: number, size: number): Promise<void> => {
    const proof = await proveConsistency(read, from, size);
    expectSame(proof, naive.proof(from, size));
    expect(verifyConsistency(rootOf(from), rootOf(size), proof)).toBe(true);
  };
  test('consistency proofs equal those of RFC 6962 at every size up to 600', async () => {
    for (let size = 0; size <= 600; size++) {
      const some = new Set(
        [0, 1, size >> 1, 256, size - 1, size].filter((from) => from >= 0 && from <= size),
      );
      for (const from of some) await expectProven(from, size);
    }
  });
  test('consistency proofs equal those of RFC 6962 between random sizes up to 100,000', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(100_000), fc.nat(100_000), async (a, b) =>
        expectProven(Math.min(a, b), Math.max(a, b)),
      ),
      { numRuns: 300 },
    );
  });
  test('a consistency proof with a flipped bit, another size, or a missing or extra hash is rejected', async () => {
    const [from, to] = [rootOf(300), rootOf(1_000)];
    const proof = await proveConsistency(read, 300, 1_000);
    for (const [at, hash] of proof.entries())
      for (const other of flipped(hash))
        expect(verifyConsistency(from, to, proof.with(at, other))).toBe(false);
    for (const root of flipped(from.root))
      expect(verifyConsistency({ ...from, root }, to, proof)).toBe(false);
    for (const root of flipped(to.root)) expect(verifyConsistency(from, { ...to, root }, proof)).toBe(false);
    for (const size of [0, 299, 301, 1_000, 1_001, -1, 0.5])
      expect(verifyConsistency({ ...from, size }, to, proof), `from ${size}`).toBe(false);
    expect(verifyConsistency(from, to, proof.slice(1))).toBe(false);
    expect(verifyConsistency(from, to, [...proof, to.root])).toBe(false);
    expect(verifyConsistency(to, from, proof)).toBe(false);
  });
  test('proofs from an equal or an empty tree are empty and valid only if the roots are correct', () => {
    expect(verifyConsistency(rootOf(7), rootOf(7), [])).toBe(true);
    expect(verifyConsistency(rootOf(7), { ...rootOf(7), root: EMPTY_ROOT }, [])).toBe(false);
    expect(verifyConsistency(rootOf(0), rootOf(7), [])).toBe(true);
    expect(verifyConsistency({ size: 0, root: naive.mth(0, 7) }, rootOf(7), [])).toBe(false);
    expect(verifyConsistency(rootOf(0), rootOf(7), [EMPTY_ROOT])).toBe(false);
  });
  test.each([
    [5, 4],
    [-1, 4],
    [0.5, 4],
  ])('proveConsistency rejects the sizes %f and %i', async (from, size) => {
    await expect(proveConsistency(read, from, size)).rejects.toBeInstanceOf(RangeError);
  });
});

describe('compatibility with another implementation', () => {
  const entries = entriesIn('size-1000', 1_000);

  test('roots of the sizes 1 to 300 equal those of another implementation', () => {
    let edge = EMPTY_EDGE;
    for (const [index, root] of vectors.rootsBySize.entries()) {
      ({ edge } = grow(edge, [leafHash(entries[index] ?? new Uint8Array())]));
      expect(hex(edgeRoot(edge)), `of ${index + 1}`).toBe(hex(hashOf(root)));
    }
    expect(edge.size).toBe(300);
  });

  describe.each(vectors.logs)('$dir', ({ dir, size, root, tiles, inclusion, consistency }) => {
    test(`the tiles of ${dir} equal those of another implementation, byte for byte`, () => {
      const grown = grow(EMPTY_EDGE, entriesIn(dir, size).map(leafHash));
      const made = newTiles(0, grown);
      expect(made.map(tilePath).toSorted()).toEqual(tiles.toSorted());
      for (const tile of made) expect(hex(packHashes(tile.hashes))).toBe(hex(vector(dir, tilePath(tile))));
      expect(hex(edgeRoot(grown.edge))).toBe(hex(hashOf(root)));
    });
    test(`the proofs of ${dir} equal those of another implementation`, async () => {
      for (const { index, leafHash, proof } of inclusion) {
        expectSame(await proveInclusion(tilesIn(dir), index, size), proof.map(hashOf));
        expect(verifyInclusion({ index, size }, hashOf(leafHash), proof.map(hashOf), hashOf(root))).toBe(
          true,
        );
      }
      for (const { oldSize, oldRoot, proof } of consistency) {
        expectSame(await proveConsistency(tilesIn(dir), oldSize, size), proof.map(hashOf));
        const from = { size: oldSize, root: hashOf(oldRoot) };
        expect(verifyConsistency(from, { size, root: hashOf(root) }, proof.map(hashOf))).toBe(true);
      }
    });
    test(`the right edge of ${dir} is read from its tiles`, async () => {
      expect(hex(edgeRoot(await readEdge(tilesIn(dir), size)))).toBe(hex(hashOf(root)));
    });
  });

  test('a flipped bit in any entry or tile changes the root', async () => {
    const size = 257;
    const root = edgeRoot(await readEdge(tilesIn('size-257'), size));
    for (const at of [3, 5, 7, 256]) {
      const [given = new Uint8Array()] = entries.slice(at);
      for (const other of flipped(given)) {
        const changed = entries.slice(0, size).with(at, other);
        const leaf = leafHash(changed[at] ?? given);
        const proof = await proveInclusion(tilesIn('size-257'), at, size);
        expect(verifyInclusion({ index: at, size }, leaf, proof, root)).toBe(false);
      }
    }
    for (const tile of partialsOf(size)) {
      for (const other of flipped(vector('size-257', tilePath(tile)))) {
        const altered: ReadTile = async (at: TileAt) =>
          tilePath(at) === tilePath(tile) ? unpackHashes(other, at.width) : tilesIn('size-257')(at);
        expect(sameHash(edgeRoot(await readEdge(altered, size)), root)).toBe(false);
      }
    }
  });

  test('a tile with one hash or one byte too many or too few is rejected', () => {
    const bytes = vector('size-1000', 'tile/0/003.p/232');
    expect(unpackHashes(bytes, 232)).toHaveLength(232);
    for (const width of [231, 233, 256, 0]) expect(() => unpackHashes(bytes, width)).toThrow(RangeError);
    expect(() => unpackHashes(bytes.subarray(1), 232)).toThrow(RangeError);
    expect(() => unpackHashes(Buffer.concat([bytes, Buffer.of(0)]), 232)).toThrow(RangeError);
  });
});
