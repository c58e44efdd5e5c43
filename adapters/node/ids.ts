// Creates ids and digests with Node's cryptography.
import { hash, randomFillSync } from 'node:crypto';
import { stringify, v7 } from 'uuid';
import type { Digest, Ids } from '../../domain/ports.ts';

/** A pool of random bytes for many ids, because a system call for each id takes longer than everything else. */
const pool = new Uint8Array(4_096);
let used = pool.length;

function nextRandomBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool.subarray(used, (used += 16));
}

export const ids: Ids = {
  fresh: () => v7({ rng: nextRandomBytes }),
  derived: (name) => {
    const bytes = hash('sha256', name, 'buffer').subarray(0, 16);
    // Version 8 is for application-defined values (RFC 9562, section 5.8).
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    return stringify(bytes);
  },
};

export const sha256: Digest = (bytes) => hash('sha256', bytes, 'hex');
