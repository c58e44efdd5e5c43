// The Merkle tree exactly as RFC 6962 section 2.1 defines it, as a slow reference for the log's own. Only hashes of
// perfect subtrees are cached, which suffices for 100,000 leaves and many sizes.
import { createHash } from 'node:crypto';

const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

export interface NaiveTree {
  /** MTH(D[from:to]). */
  readonly mth: (from: number, to: number) => Uint8Array;
  /** PATH(index, D[0:size]). */
  readonly path: (index: number, size: number) => Uint8Array[];
  /** PROOF(from, D[0:size]). */
  readonly proof: (from: number, size: number) => Uint8Array[];
}

export function naiveTree(entryOf: (index: number) => Uint8Array): NaiveTree {
  const cached = new Map<string, Uint8Array>();

  function mth(from: number, to: number): Uint8Array {
    const n = to - from;
    if (n === 0) return sha256();
    const key = n === split(n) * 2 || n === 1 ? `${from}/${n}` : undefined;
    const existing = key === undefined ? undefined : cached.get(key);
    if (existing) return existing;
    const k = from + split(n);
    const hash =
      n === 1 ? sha256(Buffer.of(0), entryOf(from)) : sha256(Buffer.of(1), mth(from, k), mth(k, to));
    if (key !== undefined) cached.set(key, hash);
    return hash;
  }

  function path(m: number, from: number, to: number): Uint8Array[] {
    const n = to - from;
    if (n === 1) return [];
    const k = split(n);
    return m < k
      ? [...path(m, from, from + k), mth(from + k, to)]
      : [...path(m - k, from + k, to), mth(from, from + k)];
  }

  function subproof(m: number, from: number, to: number, b: boolean): Uint8Array[] {
    const n = to - from;
    if (m === n) return b ? [] : [mth(from, to)];
    const k = split(n);
    return m <= k
      ? [...subproof(m, from, from + k, b), mth(from + k, to)]
      : [...subproof(m - k, from + k, to, false), mth(from, from + k)];
  }

  return {
    mth,
    path: (index, size) => path(index, 0, size),
    proof: (from, size) => (from === 0 ? [] : subproof(from, 0, size, true)),
  };
}

/** Returns the largest power of two smaller than n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
