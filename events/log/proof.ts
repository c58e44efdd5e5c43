// Inclusion and consistency proofs (RFC 6962 sections 2.1.1 and 2.1.2; RFC 9162 section 2.1): made from tiles, and
// verified from hashes alone.
import { EMPTY_ROOT, joined, nodeHash, powerUpTo, sameHash, treeHash, type Hash } from './merkle.ts';
import { TILE_WIDTH } from './paths.ts';
import { hashesAt, type ReadTile } from './tiles.ts';

/** Leaves from..to of a tree, the last one excluded. */
type Leaves = readonly [from: number, to: number];

/** Hashes from the leaf's sibling up to the root's child. Throws RangeError where the tree has no such leaf. */
export async function proveInclusion(read: ReadTile, index: number, size: number): Promise<Hash[]> {
  if (!isLeaf(index, size)) throw new RangeError(`a tree of ${size} leaves has none of index ${index}`);
  return hashesOf(read, size, path(index, [0, size]));
}

/** Hashes that lead from the root of the first `from` leaves to that of all `size`. Throws RangeError where from > size. */
export async function proveConsistency(read: ReadTile, from: number, size: number): Promise<Hash[]> {
  if (!isSize(from) || !isSize(size) || from > size)
    throw new RangeError(`a tree of ${size} leaves has grown from none of ${from}`);
  return hashesOf(read, size, from === 0 ? [] : growth(from, [0, size], true));
}

export function verifyInclusion(
  { index, size }: { readonly index: number; readonly size: number },
  leaf: Hash,
  proof: readonly Hash[],
  root: Hash,
): boolean {
  if (!isLeaf(index, size) || proof.length !== path(index, [0, size]).length) return false;
  const left = [...proof];
  return sameHash(climb(index, size), root);

  function climb(at: number, of: number): Hash {
    if (of === 1) return leaf;
    const k = split(of);
    const other = taken(left);
    return at < k ? nodeHash(climb(at, k), other) : nodeHash(other, climb(at - k, of - k));
  }
}

/** That the tree of `to.size` leaves begins with the whole of the tree of `from.size` leaves. */
export function verifyConsistency(
  from: { readonly size: number; readonly root: Hash },
  to: { readonly size: number; readonly root: Hash },
  proof: readonly Hash[],
): boolean {
  if (!isSize(from.size) || !isSize(to.size) || from.size > to.size) return false;
  if (from.size === 0) return proof.length === 0 && sameHash(from.root, EMPTY_ROOT);
  if (proof.length !== growth(from.size, [0, to.size], true).length) return false;
  const left = [...proof];
  const [before, after] = climb(from.size, to.size, true);
  return sameHash(before, from.root) && sameHash(after, to.root);

  /** The root of the first `m` of `n` leaves, and of all of them. */
  function climb(m: number, n: number, known: boolean): readonly [Hash, Hash] {
    if (m === n) {
      const hash = known ? from.root : taken(left);
      return [hash, hash];
    }
    const k = split(n);
    const other = taken(left);
    if (m <= k) {
      const [before, after] = climb(m, k, known);
      return [before, nodeHash(after, other)];
    }
    const [before, after] = climb(m - k, n - k, false);
    return [nodeHash(other, before), nodeHash(other, after)];
  }
}

const isSize = (size: number): boolean => Number.isSafeInteger(size) && size >= 0;
const isLeaf = (index: number, size: number): boolean => isSize(size) && isSize(index) && index < size;

/** The next hash of a proof, outermost first. Its length was checked before. */
function taken(left: Hash[]): Hash {
  const hash = left.pop();
  if (!hash) throw new RangeError('the proof ends too early');
  return hash;
}

/** Where a tree of `n` leaves, at least two, has its two parts meet: the largest power of two below n. */
const split = (n: number): number => powerUpTo(n - 1);

/** What an inclusion proof holds the hashes of, innermost first (PATH in RFC 6962). */
function path(index: number, [from, to]: Leaves): Leaves[] {
  if (to - from === 1) return [];
  const middle = from + split(to - from);
  return index < middle
    ? [...path(index, [from, middle]), [middle, to]]
    : [...path(index, [middle, to]), [from, middle]];
}

/** What a consistency proof holds the hashes of, innermost first (SUBPROOF in RFC 6962, `end` counted from 0). */
function growth(end: number, [from, to]: Leaves, known: boolean): Leaves[] {
  if (end === to) return known ? [] : [[from, to]];
  const middle = from + split(to - from);
  return end <= middle
    ? [...growth(end, [from, middle], known), [middle, to]]
    : [...growth(end, [middle, to], false), [from, middle]];
}

/** The hash of each of these parts of a tree of `size` leaves. A tile is read once, however often it is needed. */
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
    if (!hash) throw new RangeError(`leaves ${from} to ${to} are none`);
    return hash;
  }

  /** The perfect tree of so many leaves (a power of two) that begins at `from`, a multiple of it: it lies in one tile. */
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
    const known = tiles.get(key) ?? read({ level, index, width });
    tiles.set(key, known);
    return known;
  }
}
