// Identities of logs for tests: one with real keys, and one with cheap signatures for tests that sign a hundred
// thousand times.
import { keyIdOf, ED25519 } from '../../../events/log/keys.ts';
import { identityOf, type LogIdentity } from '../../../domain/log/log-identity.ts';
import type { Signer } from '../../../domain/ports.ts';
import { seedSigner } from './signers.ts';

export const ORIGIN = 'archive.example/log';
export const realIdentity = identityOf([seedSigner(ORIGIN)]);

/** Returns a checksum in place of a signature. It depends on the message, but on no key. */
function sum(message: Uint8Array): Uint8Array {
  let sum = 0x811c9dc5;
  for (const byte of message) sum = Math.imul(sum ^ byte, 0x01000193);
  return new Uint8Array(64).fill(sum & 0xff).fill((sum >>> 8) & 0xff, 32);
}

/** Returns the cheap identity. `onSign` gets each signed text, published or not. */
export function cheapIdentity(onSign: (text: string) => void = () => {}): LogIdentity {
  const publicKey = new Uint8Array(32).fill(7);
  const signer: Signer = {
    name: ORIGIN,
    publicKey,
    sign: async (message) => {
      onSign(Buffer.from(message).toString());
      return sum(message);
    },
  };
  const verify = (message: Uint8Array, signature: Uint8Array): boolean =>
    Buffer.compare(sum(message), signature) === 0;
  const verifier = {
    name: ORIGIN,
    keyId: keyIdOf(ORIGIN, publicKey, ED25519),
    type: ED25519,
    verify,
  } as const;
  return { origin: ORIGIN, signers: [signer], verifiers: [verifier] };
}
