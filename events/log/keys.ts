// Keys of signed notes (C2SP signed-note): what they are called, their IDs, and the verifier keys in which whoever
// verifies is given them.
import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import { fromBase64, toBase64 } from './base64.ts';

/** Signature types that this build makes and verifies. */
export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;
export type SignatureType = typeof ED25519 | typeof COSIGNATURE;

/** A key that notes are verified with. */
export interface Verifier {
  readonly name: string;
  readonly keyId: string;
  readonly type: SignatureType;
  /** Whether this is its Ed25519 signature of these bytes. */
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/** Bytes that are no note, or whose signatures are not what they should be. */
export class InvalidNote extends Error {
  override readonly name = 'InvalidNote';
}

/** Keys are named without white space and plus signs: they stand in lines and in verifier keys. */
export const isKeyName = (name: string): boolean => /^[^\s+\p{Cc}\p{Z}]+$/u.test(name);

export function keyIdOf(name: string, publicKey: Uint8Array, type: SignatureType): string {
  return hash('sha256', Uint8Array.of(...utf8(name), 0x0a, type, ...publicKey)).slice(0, 8);
}

/** `name+key ID+base64(type and public key)`: what whoever verifies is given. */
export function vkeyOf(name: string, publicKey: Uint8Array, type: SignatureType = ED25519): string {
  return `${name}+${keyIdOf(name, publicKey, type)}+${toBase64(Uint8Array.of(type, ...publicKey))}`;
}

/** Reads a verifier key. Throws InvalidNote where it is none, or of a type that this build does not know. */
export function parseVkey(vkey: string): Verifier {
  const [, name = '', keyId = '', base64 = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? [];
  const [type, ...publicKey] = fromBase64(base64) ?? [];
  if (!isKeyName(name) || publicKey.length !== 32 || (type !== ED25519 && type !== COSIGNATURE))
    throw new InvalidNote(`${vkey} is no verifier key: name+key ID+base64, of type 01 or 04`);
  const bytes = Uint8Array.from(publicKey);
  if (keyIdOf(name, bytes, type) !== keyId)
    throw new InvalidNote(`the key ID of ${vkey} belongs to another name or key`);
  const key = publicKeyOf(bytes);
  return { name, keyId, type, verify: (message, signature) => verify(null, message, key, signature) };
}

/** As RFC 8037 writes it, which Node reads. */
const publicKeyOf = (bytes: Uint8Array): KeyObject =>
  createPublicKey({
    format: 'jwk',
    key: {
      kty: 'OKP',
      crv: 'Ed25519',
      x: toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
    },
  });

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
