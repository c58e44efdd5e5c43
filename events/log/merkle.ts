// Computes hashes of the Merkle tree (RFC 6962 section 2.1): of leaves, of nodes, and of trees from their subtrees.
import { hash } from 'node:crypto';

/** A SHA-256 hash: 32 bytes. */
export type Hash = Uint8Array;
export const HASH_BYTES = 32;

/** Buffer for the bytes of a leaf. Verifying a log hashes millions of leaves, so they share one buffer. */
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

/** The root of the empty tree. */
export const EMPTY_ROOT: Hash = hash('sha256', new Uint8Array(), 'buffer');

/**
 * Returns the root of the tree with these leaf hashes.
 * @throws RangeError if there are no hashes.
 */
export function treeHash(hashes: readonly Hash[]): Hash {
  const root = joined(peaksOf(hashes));
  if (!root) throw new RangeError('the tree has no leaves: pass at least one hash');
  return root;
}

/**
 * Returns the root of the tree that consists of these subtrees, in order; undefined if there are no subtrees.
 * Each subtree is smaller than the one before. All but the last are perfect: their size is a power of two.
 */
export const joined = (peaks: readonly Hash[]): Hash | undefined =>
  peaks.reduceRight<Hash | undefined>((right, left) => (right ? nodeHash(left, right) : left), undefined);

/** Returns the roots of the perfect subtrees that form the tree of these leaf hashes, largest first. */
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
  if (!first) throw new RangeError('the tree has no leaves: pass at least one hash');
  if (!second) return first;
  const half = hashes.length / 2;
  return nodeHash(perfect(hashes.slice(0, half)), perfect(hashes.slice(half)));
}

/** Returns the largest power of two that is at most `n`. `n` is at least 1. */
export function powerUpTo(n: number): number {
  let power = 1;
  while (power * 2 <= n) power *= 2;
  return power;
}

export const sameHash = (a: Hash, b: Hash): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);
