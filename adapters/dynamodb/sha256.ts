// The SHA-256 that the SDK signs requests with: Node's own, as the SDK's is, but with each key made once. Keys for two
// HMACs a request took a twentieth of all that a put takes.
import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto';

type Secret = string | ArrayBuffer | ArrayBufferView;

/** Signing keys change every day, credentials every few hours. */
const MAX_KEYS = 50;
const keys = new Map<Secret, KeyObject>();

/** A digest, or with a secret an HMAC, as the SDK's setting `sha256` wants it. */
export class Sha256 {
  readonly #secret: Secret | undefined;
  #hash: Hash | Hmac;
  constructor(secret?: Secret) {
    this.#secret = secret;
    this.#hash = begun(secret);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    this.#hash = begun(this.#secret);
  }
}

const begun = (secret: Secret | undefined): Hash | Hmac =>
  secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(secret));

function keyOf(secret: Secret): KeyObject {
  const known = keys.get(secret);
  if (known) return known;
  if (keys.size === MAX_KEYS) keys.clear();
  const made = createSecretKey(bytesOf(secret));
  keys.set(secret, made);
  return made;
}

function bytesOf(secret: Secret): Buffer {
  if (typeof secret === 'string') return Buffer.from(secret);
  if (secret instanceof ArrayBuffer) return Buffer.from(secret);
  return Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength);
}
