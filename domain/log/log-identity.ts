// The identity of a log: its origin, its signing keys and its verifier keys.
import { isKeyName, parseVkey, vkeyOf, type Verifier } from '../../events/log/keys.ts';
import { VKEY_PATH } from '../../events/log/paths.ts';
import type { BlobStore, Signer } from '../ports.ts';

export interface LogIdentity {
  /** The log's URL without the scheme. It is the first line of every checkpoint and the name of every key. */
  readonly origin: string;
  /** The keys that sign every checkpoint: one key, or two during a key rotation. */
  readonly signers: readonly Signer[];
  readonly verifiers: readonly Verifier[];
}

/** Returns the identity of the log with these signing keys. @throws RangeError for no key or for keys of two origins */
export function identityOf(signers: readonly Signer[]): LogIdentity {
  const [origin = '', ...others] = new Set(signers.map(({ name }) => name));
  if (others.length > 0)
    throw new RangeError(
      `a log has one origin, but its keys belong to ${[origin, ...others].join(' and ')}: use keys of one origin`,
    );
  if (!isKeyName(origin))
    throw new RangeError(
      `the origin ${JSON.stringify(origin)} is invalid: a log needs a key whose origin is not empty and has no spaces or plus signs`,
    );
  return { origin, signers, verifiers: vkeysOf(signers).map(parseVkey) };
}

/**
 * Publishes the verifier keys next to the checkpoint, one in a line. Earlier keys stay, so that old checkpoints can
 * still be verified. Idempotent.
 */
export async function publishKeys(log: BlobStore, { signers }: Pick<LogIdentity, 'signers'>): Promise<void> {
  for (;;) {
    const stored = await log.get(VKEY_PATH);
    const published = new TextDecoder().decode(stored?.bytes).split('\n').filter(Boolean);
    const all = new Set([...published, ...vkeysOf(signers)]);
    if (all.size === published.length) return;
    const bytes = new TextEncoder().encode([...all, ''].join('\n'));
    if (await log.replace(VKEY_PATH, bytes, stored?.etag)) return;
  }
}

/** Reads the origin from the published keys of a log. Returns undefined if no key is published. */
export async function originOf(log: Pick<BlobStore, 'get'>): Promise<string | undefined> {
  const stored = await log.get(VKEY_PATH);
  const [first = ''] = new TextDecoder().decode(stored?.bytes).split('\n');
  return first === '' ? undefined : parseVkey(first).name;
}

/** Returns the verifier key of each signing key. */
export const vkeysOf = (signers: readonly Signer[]): string[] =>
  signers.map(({ name, publicKey }) => vkeyOf(name, publicKey));
