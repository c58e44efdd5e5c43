// Who the log is: its origin, the keys that sign its checkpoints, and what they are verified with.
import { isKeyName, parseVkey, vkeyOf, type Verifier } from '../events/log/keys.ts';
import type { Signer } from './ports.ts';

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

/** What whoever verifies the log is given, one for each key. */
export const vkeysOf = (signers: readonly Signer[]): string[] =>
  signers.map(({ name, publicKey }) => vkeyOf(name, publicKey));
