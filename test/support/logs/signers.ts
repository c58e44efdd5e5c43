// Ed25519 keys from seeds for tests that sign notes. The same seed gives the same signatures.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { NoteSigner } from '../../../events/log/note.ts';

/** The prefix of a 32-byte seed in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Returns a signer. `seed` is 32 bytes in hex; by default it is derived from the name. */
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
