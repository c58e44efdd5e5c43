// Keys for tests that sign notes: Ed25519 from a seed, so that the same seed signs the same.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { NoteSigner } from '../../../events/log/note.ts';

/** What stands before the 32 bytes of a seed in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** `seed`: 32 bytes in hex; a name's own seed is made of it without one. */
export function seedSigner(name: string, seed?: string): NoteSigner {
  const bytes = seed === undefined ? createHash('sha256').update(name).digest() : Buffer.from(seed, 'hex');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, bytes]), format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return {
    name,
    publicKey: Buffer.from(x, 'base64url'),
    sign: async (message) => sign(null, message, key),
  };
}
