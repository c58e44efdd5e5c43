// Ids and digests from Node's own cryptography.
import { createHash } from 'node:crypto';
import { stringify, v7 } from 'uuid';
import type { Digest, Ids } from '../../domain/ports.ts';

export const ids: Ids = {
  fresh: () => v7(),
  derived: (name) => {
    const bytes = createHash('sha256').update(name).digest().subarray(0, 16);
    // RFC 9562 section 5.8: version 8 is for values of one's own making.
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    return stringify(bytes);
  },
};

export const sha256: Digest = (bytes) => createHash('sha256').update(bytes).digest('hex');
