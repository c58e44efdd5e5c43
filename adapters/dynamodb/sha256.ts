// The SHA-256 with which the SDK signs requests. It caches key objects, because creating two keys for each request took
// 5% of the time of a put.
import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto';

type Secret = string | ArrayBuffer | ArrayBufferView;

/** The cache stays small, because signing keys change daily and credentials every few hours. */
const MAX_KEYS = 50;
const keys = new Map<Secret, KeyObject>();

/** Computes a digest, or an HMAC if it has a secret. It implements the SDK's setting `sha256`. */
export class Sha256 {
  readonly #secret: Secret | undefined;
  #hash: Hash | Hmac;
  constructor(secret?: Secret) {
    this.#secret = secret;
    this.#hash = newHash(secret);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    this.#hash = newHash(this.#secret);
  }
}

const newHash = (secret: Secret | undefined): Hash | Hmac =>
  secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(secret));

function keyOf(secret: Secret): KeyObject {
  const cached = keys.get(secret);
  if (cached) return cached;
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
