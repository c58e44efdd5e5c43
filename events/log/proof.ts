// Inclusion and consistency proofs (RFC 6962 sections 2.1.1 and 2.1.2; RFC 9162 section 2.1).
// Proofs are created from tiles and verified from hashes only.
import { EMPTY_ROOT, joined, nodeHash, powerUpTo, sameHash, treeHash, type Hash } from './merkle.ts';
import { TILE_WIDTH } from './paths.ts';
import { hashesAt, type ReadTile } from './tiles.ts';

/** A range of leaves; `to` is exclusive. */
type Leaves = readonly [from: number, to: number];

/**
 * Returns the inclusion proof of a leaf: hashes from the leaf's sibling up to the root's child.
 * @throws RangeError if the tree has no leaf with this index.
 */
export async function proveInclusion(read: ReadTile, index: number, size: number): Promise<Hash[]> {
  if (!isLeaf(index, size)) throw new RangeError(`leaf ${index} is not in the tree of ${size} leaves`);
  return hashesOf(read, size, inclusionPath(index, [0, size]));
}

/**
 * Returns the consistency proof between the trees of `from` and of `size` leaves.
 * @throws RangeError if `from` exceeds `size`.
 */
export async function proveConsistency(read: ReadTile, from: number, size: number): Promise<Hash[]> {
  if (!isSize(from) || !isSize(size) || from > size)
    throw new RangeError(`the tree of ${size} leaves does not contain a tree of ${from} leaves`);
  return hashesOf(read, size, from === 0 ? [] : consistencyPath(from, [0, size], true));
}

export function verifyInclusion(
  { index, size }: { readonly index: number; readonly size: number },
  leaf: Hash,
  proof: readonly Hash[],
  root: Hash,
): boolean {
  if (!isLeaf(index, size) || proof.length !== inclusionPath(index, [0, size]).length) return false;
  const left = [...proof];
  return sameHash(climb(index, size), root);

  function climb(at: number, of: number): Hash {
    if (of === 1) return leaf;
    const k = split(of);
    const other = takeHash(left);
    return at < k ? nodeHash(climb(at, k), other) : nodeHash(other, climb(at - k, of - k));
  }
}

/** Returns true if the proof shows that the tree `from` is a prefix of the tree `to`. */
export function verifyConsistency(
  from: { readonly size: number; readonly root: Hash },
  to: { readonly size: number; readonly root: Hash },
  proof: readonly Hash[],
): boolean {
  if (!isSize(from.size) || !isSize(to.size) || from.size > to.size) return false;
  if (from.size === 0) return proof.length === 0 && sameHash(from.root, EMPTY_ROOT);
  if (proof.length !== consistencyPath(from.size, [0, to.size], true).length) return false;
  const left = [...proof];
  const [before, after] = climb(from.size, to.size, true);
  return sameHash(before, from.root) && sameHash(after, to.root);

  /** Returns the roots of the first `m` leaves and of all `n`. `isPrefix`: the subtree begins at the first leaf. */
  function climb(m: number, n: number, isPrefix: boolean): readonly [Hash, Hash] {
    if (m === n) {
      const hash = isPrefix ? from.root : takeHash(left);
      return [hash, hash];
    }
    const k = split(n);
    const other = takeHash(left);
    if (m <= k) {
      const [before, after] = climb(m, k, isPrefix);
      return [before, nodeHash(after, other)];
    }
    const [before, after] = climb(m - k, n - k, false);
    return [nodeHash(other, before), nodeHash(other, after)];
  }
}

const isSize = (size: number): boolean => Number.isSafeInteger(size) && size >= 0;
const isLeaf = (index: number, size: number): boolean => isSize(size) && isSize(index) && index < size;

/** Removes and returns the outermost remaining hash of a proof. */
function takeHash(left: Hash[]): Hash {
  const hash = left.pop();
  if (!hash) throw new RangeError('the proof has too few hashes');
  return hash;
}

/** Returns the size of the left subtree of a tree with `n` leaves, at least two: the largest power of two below `n`. */
const split = (n: number): number => powerUpTo(n - 1);

/** Returns the subtrees of an inclusion proof, innermost first (PATH in RFC 6962). */
function inclusionPath(index: number, [from, to]: Leaves): Leaves[] {
  if (to - from === 1) return [];
  const middle = from + split(to - from);
  return index < middle
    ? [...inclusionPath(index, [from, middle]), [middle, to]]
    : [...inclusionPath(index, [middle, to]), [from, middle]];
}

/** Returns the subtrees of a consistency proof, innermost first (SUBPROOF in RFC 6962, `end` counted from 0). */
function consistencyPath(end: number, [from, to]: Leaves, isPrefix: boolean): Leaves[] {
  if (end === to) return isPrefix ? [] : [[from, to]];
  const middle = from + split(to - from);
  return end <= middle
    ? [...consistencyPath(end, [from, middle], isPrefix), [middle, to]]
    : [...consistencyPath(end, [middle, to], false), [from, middle]];
}

/** Returns the hashes of these parts of a tree with `size` leaves. Reads each tile once. */
async function hashesOf(read: ReadTile, size: number, parts: readonly Leaves[]): Promise<Hash[]> {
  const tiles = new Map<string, Promise<readonly Hash[]>>();
  return Promise.all(parts.map(hashOf));

  async function hashOf([from, to]: Leaves): Promise<Hash> {
    const peaks: Promise<Hash>[] = [];
    for (let at = from; at < to;) {
      const leaves = powerUpTo(to - at);
      peaks.push(perfect(at, leaves));
      at += leaves;
    }
    const hash = joined(await Promise.all(peaks));
    if (!hash) throw new RangeError(`the range of leaves ${from} to ${to} is empty`);
    return hash;
  }

  /** Returns the root of a perfect subtree from one tile. `leaves` is a power of two and divides `from`. */
  async function perfect(from: number, leaves: number): Promise<Hash> {
    let [level, each] = [0, 1];
    while (each * TILE_WIDTH <= leaves) [level, each] = [level + 1, each * TILE_WIDTH];
    const first = from / each;
    const index = Math.floor(first / TILE_WIDTH);
    const hashes = await tile(level, index);
    const within = first - index * TILE_WIDTH;
    return treeHash(hashes.slice(within, within + leaves / each));
  }

  function tile(level: number, index: number): Promise<readonly Hash[]> {
    const key = `${level}/${index}`;
    const width = Math.min(TILE_WIDTH, hashesAt(level, size) - index * TILE_WIDTH);
    const hashes = tiles.get(key) ?? read({ level, index, width });
    tiles.set(key, hashes);
    return hashes;
  }
}
