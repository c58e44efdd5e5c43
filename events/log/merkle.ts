// The Merkle tree of RFC 6962 section 2.1: leaf and node hashes, and the hash of a tree from the hashes of its parts.
import { hash } from 'node:crypto';

/** A SHA-256 hash: 32 bytes. */
export type Hash = Uint8Array;
export const HASH_BYTES = 32;

/** Millions of leaves and nodes are hashed where a log is verified: their bytes are put together in one place. */
let leaf = new Uint8Array(65_536);

export function leafHash(entry: Uint8Array): Hash {
  if (entry.length >= leaf.length) leaf = new Uint8Array(1 + entry.length);
  leaf.set(entry, 1);
  return hash('sha256', leaf.subarray(0, 1 + entry.length), 'buffer');
}

const node = new Uint8Array(1 + 2 * HASH_BYTES).fill(1, 0, 1);

export function nodeHash(left: Hash, right: Hash): Hash {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return hash('sha256', node, 'buffer');
}

/** The root of a tree of nothing. */
export const EMPTY_ROOT: Hash = hash('sha256', new Uint8Array(), 'buffer');

/** The hash of the tree whose leaves have these hashes, of which there is at least one. */
export function treeHash(hashes: readonly Hash[]): Hash {
  const root = joined(peaksOf(hashes));
  if (!root) throw new RangeError('a tree of no hashes has no hash');
  return root;
}

/**
 * The hash of a tree that consists of these trees side by side, each smaller than the one before, each but the last
 * one perfect (its size a power of two).
 */
export const joined = (peaks: readonly Hash[]): Hash | undefined =>
  peaks.reduceRight<Hash | undefined>((right, left) => (right ? nodeHash(left, right) : left), undefined);

/** The perfect trees, largest first, that a tree of these leaf hashes consists of. */
export function peaksOf(hashes: readonly Hash[]): Hash[] {
  const peaks: Hash[] = [];
  for (let at = 0; at < hashes.length;) {
    const size = powerUpTo(hashes.length - at);
    peaks.push(perfect(hashes.slice(at, at + size)));
    at += size;
  }
  return peaks;
}

function perfect(hashes: readonly Hash[]): Hash {
  const [first, second] = hashes;
  if (!first) throw new RangeError('a tree of no hashes has no hash');
  if (!second) return first;
  const half = hashes.length / 2;
  return nodeHash(perfect(hashes.slice(0, half)), perfect(hashes.slice(half)));
}

/** The largest power of two that is not over `n`, which is at least 1. */
export function powerUpTo(n: number): number {
  let power = 1;
  while (power * 2 <= n) power *= 2;
  return power;
}

export const sameHash = (a: Hash, b: Hash): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);
