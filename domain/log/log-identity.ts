// Who the log is: its origin, the keys that sign its checkpoints, and what they are verified with.
import { isKeyName, parseVkey, vkeyOf, type Verifier } from '../../events/log/keys.ts';
import { VKEY_PATH } from '../../events/log/paths.ts';
import type { BlobStore, Signer } from '../ports.ts';

export interface LogIdentity {
  /** The log's URL without scheme: the first line of every checkpoint, and the name of all its keys. */
  readonly origin: string;
  /** Each of them signs: one, and while it is replaced by another both. */
  readonly signers: readonly Signer[];
  readonly verifiers: readonly Verifier[];
}

/** Throws RangeError where there is no key, or keys of several names. */
export function identityOf(signers: readonly Signer[]): LogIdentity {
  const [origin = '', ...others] = new Set(signers.map(({ name }) => name));
  if (others.length > 0)
    throw new RangeError(`a log has one origin; its keys are of ${[origin, ...others].join(' and ')}`);
  if (!isKeyName(origin))
    throw new RangeError(
      `a log needs a key, and an origin without spaces and plus signs: ${JSON.stringify(origin)}`,
    );
  return { origin, signers, verifiers: vkeysOf(signers).map(parseVkey) };
}

/**
 * Keeps beside the checkpoint what it is verified with, one verifier key a line: those that sign, and those that
 * signed before them, so that an old checkpoint can still be read.
 */
export async function publishKeys(log: BlobStore, { signers }: Pick<LogIdentity, 'signers'>): Promise<void> {
  for (;;) {
    const standing = await log.get(VKEY_PATH);
    const known = new TextDecoder().decode(standing?.bytes).split('\n').filter(Boolean);
    const all = new Set([...known, ...vkeysOf(signers)]);
    if (all.size === known.length) return;
    const bytes = new TextEncoder().encode([...all, ''].join('\n'));
    if (await log.replace(VKEY_PATH, bytes, standing?.etag)) return;
  }
}

/** The origin of a log whose keys have been published; undefined before that. */
export async function originOf(log: Pick<BlobStore, 'get'>): Promise<string | undefined> {
  const standing = await log.get(VKEY_PATH);
  const [first = ''] = new TextDecoder().decode(standing?.bytes).split('\n');
  return first === '' ? undefined : parseVkey(first).name;
}

/** What whoever verifies the log is given, one for each key. */
export const vkeysOf = (signers: readonly Signer[]): string[] =>
  signers.map(({ name, publicKey }) => vkeyOf(name, publicKey));
