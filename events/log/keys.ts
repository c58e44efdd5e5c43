// Keys of signed notes (C2SP signed-note): names, key IDs, and verifier keys for clients that verify.
import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import { fromBase64, toBase64 } from './base64.ts';

/** Signature types that this build creates and verifies. */
export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;
export type SignatureType = typeof ED25519 | typeof COSIGNATURE;

/** Verifies notes with one public key. */
export interface Verifier {
  readonly name: string;
  readonly keyId: string;
  readonly type: SignatureType;
  /** Returns true if `signature` is this key's Ed25519 signature of `message`. */
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/** The bytes are not a note, or a signature is missing or invalid. */
export class InvalidNote extends Error {
  override readonly name = 'InvalidNote';
}

/** Returns true if a name has neither white space nor plus signs, which delimit it in notes and verifier keys. */
export const isKeyName = (name: string): boolean => /^[^\s+\p{Cc}\p{Z}]+$/u.test(name);

export function keyIdOf(name: string, publicKey: Uint8Array, type: SignatureType): string {
  return hash('sha256', Uint8Array.of(...utf8(name), 0x0a, type, ...publicKey)).slice(0, 8);
}

/** Returns the verifier key for clients that verify: `name+key ID+base64(type and public key)`. */
export function vkeyOf(name: string, publicKey: Uint8Array, type: SignatureType = ED25519): string {
  return `${name}+${keyIdOf(name, publicKey, type)}+${toBase64(Uint8Array.of(type, ...publicKey))}`;
}

/**
 * Reads a verifier key.
 * @throws InvalidNote if the text is not a verifier key or its type is unknown.
 */
export function parseVkey(vkey: string): Verifier {
  const [, name = '', keyId = '', base64 = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? [];
  const [type, ...publicKey] = fromBase64(base64) ?? [];
  if (!isKeyName(name) || publicKey.length !== 32 || (type !== ED25519 && type !== COSIGNATURE))
    throw new InvalidNote(`${vkey} is not a verifier key: write name+key ID+base64, of type 01 or 04`);
  const bytes = Uint8Array.from(publicKey);
  if (keyIdOf(name, bytes, type) !== keyId)
    throw new InvalidNote(`the key ID of ${vkey} does not match its name and key: copy the key again`);
  const key = publicKeyOf(bytes);
  return { name, keyId, type, verify: (message, signature) => verify(null, message, key, signature) };
}

/** Returns a key for Node, which reads the form of RFC 8037. */
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
