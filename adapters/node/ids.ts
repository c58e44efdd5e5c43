// Ids and digests from Node's own cryptography.
import { hash, randomFillSync } from 'node:crypto';
import { stringify, v7 } from 'uuid';
import type { Digest, Ids } from '../../domain/ports.ts';

/** Random bytes for many ids at once: to ask the system for each takes longer than all else of it. */
const pool = new Uint8Array(4_096);
let used = pool.length;

function sixteen(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool.subarray(used, (used += 16));
}

export const ids: Ids = {
  fresh: () => v7({ rng: sixteen }),
  derived: (name) => {
    const bytes = hash('sha256', name, 'buffer').subarray(0, 16);
    // RFC 9562 section 5.8: version 8 is for values of one's own making.
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    return stringify(bytes);
  },
};

export const sha256: Digest = (bytes) => hash('sha256', bytes, 'hex');
