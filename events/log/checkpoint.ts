// Reads and writes signed checkpoints of the public log (C2SP tlog-checkpoint): notes of origin, size and root.
import { fromBase64, toBase64 } from './base64.ts';
import { HASH_BYTES, type Hash } from './merkle.ts';
import { ED25519, InvalidNote, type Verifier } from './keys.ts';
import { parseNote, verifyNote, type Verified } from './note.ts';

export interface SignedCheckpoint {
  /** The log's URL without scheme; also the name of its key. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

/** Returns the text of the note. */
export const formatCheckpoint = ({ origin, size, root }: SignedCheckpoint): string =>
  `${origin}\n${size}\n${toBase64(root)}\n`;

/**
 * Reads the text of a note. Ignores extension lines.
 * @throws InvalidNote if the text is not a checkpoint.
 */
export function parseCheckpoint(text: string): SignedCheckpoint {
  const [origin = '', digits = '', base64 = '', ...rest] = text.split('\n');
  const [size, root] = [Number(digits), fromBase64(base64)];
  if (origin === '') throw new InvalidNote('the checkpoint has no origin on its first line');
  if (!/^(?:0|[1-9]\d*)$/.test(digits) || !Number.isSafeInteger(size))
    throw new InvalidNote(`the checkpoint's size is not a decimal number without leading zeros: ${digits}`);
  if (root?.length !== HASH_BYTES)
    throw new InvalidNote(`the checkpoint's root is not ${HASH_BYTES} bytes in base64: ${base64}`);
  if (rest.pop() !== '' || rest.includes(''))
    throw new InvalidNote('the checkpoint has an empty line or lacks its final newline');
  return { origin, size, root };
}

/**
 * Verifies a checkpoint of `origin`. Returns it with the signatures by known keys of the log and of witnesses.
 * @throws InvalidNote if the origin differs, no key of the log signed it, or a signature by a known key is invalid.
 */
export function openCheckpoint(
  bytes: Uint8Array,
  { origin, verifiers }: { readonly origin: string; readonly verifiers: readonly Verifier[] },
): SignedCheckpoint & { readonly signatures: readonly Verified[] } {
  const note = parseNote(bytes);
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== origin)
    throw new InvalidNote(`the checkpoint is of ${checkpoint.origin}, not of ${origin}`);
  const signatures = verifyNote(note, verifiers);
  if (!signatures.some(({ type }) => type === ED25519))
    throw new InvalidNote(`no key of the log signed the checkpoint of ${origin}`);
  return { ...checkpoint, signatures };
}
