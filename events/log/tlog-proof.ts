// Reads, writes and verifies offline proofs (C2SP tlog-proof): an entry's index, its inclusion proof, and the signed
// checkpoint.
import { fromBase64, toBase64 } from './base64.ts';
import { openCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { HASH_BYTES, leafHash, type Hash } from './merkle.ts';
import type { Verifier } from './keys.ts';
import type { Verified } from './note.ts';
import { verifyInclusion } from './proof.ts';

export interface TlogProof {
  readonly index: number;
  /** The inclusion proof, innermost first. */
  readonly hashes: readonly Hash[];
  /** The signed note, byte for byte. */
  readonly checkpoint: Uint8Array;
  /** Opaque bytes without authentication. */
  readonly extra?: Uint8Array;
}

/** The text is not a proof, or it does not prove this entry. */
export class InvalidProof extends Error {
  override readonly name = 'InvalidProof';
}

const HEADER = 'c2sp.org/tlog-proof@v1';

export function formatTlogProof({ index, hashes, checkpoint, extra }: TlogProof): Uint8Array {
  const lines = [
    HEADER,
    ...(extra ? [`extra ${toBase64(extra)}`] : []),
    `index ${index}`,
    ...hashes.map(toBase64),
  ];
  return Uint8Array.of(...new TextEncoder().encode(`${lines.join('\n')}\n\n`), ...checkpoint);
}

export function parseTlogProof(bytes: Uint8Array): TlogProof {
  const end = bytes.findIndex((byte, at) => byte === 0x0a && bytes[at + 1] === 0x0a);
  if (end < 0) throw new InvalidProof('the proof has no blank line before its checkpoint');
  const [header, ...lines] = new TextDecoder().decode(bytes.subarray(0, end)).split('\n');
  if (header !== HEADER) throw new InvalidProof(`the proof does not begin with ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') ? base64(lines.shift()?.slice(6) ?? '') : undefined;
  const [, digits] = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '') ?? [];
  const index = Number(digits);
  if (!Number.isSafeInteger(index)) throw new InvalidProof('the proof has no valid index line');
  const hashes = lines.map((line) => base64(line));
  if (hashes.some(({ length }) => length !== HASH_BYTES) || hashes.length > 63)
    throw new InvalidProof(`the proof must have at most 63 hashes of ${HASH_BYTES} bytes each`);
  return { index, hashes, checkpoint: bytes.slice(end + 2), ...(extra ? { extra } : {}) };
}

function base64(text: string): Uint8Array {
  const bytes = fromBase64(text);
  if (!bytes) throw new InvalidProof(`the value is not canonical base64: ${text}`);
  return bytes;
}

/**
 * Verifies that a log contains an entry. Returns the checkpoint of the proof.
 * @throws InvalidProof or InvalidNote with the reason.
 */
export function verifyTlogProof(
  bytes: Uint8Array,
  entry: Uint8Array,
  log: { readonly origin: string; readonly verifiers: readonly Verifier[] },
): SignedCheckpoint & { readonly index: number; readonly signatures: readonly Verified[] } {
  const { index, hashes, checkpoint } = parseTlogProof(bytes);
  const opened = openCheckpoint(checkpoint, log);
  if (!verifyInclusion({ index, size: opened.size }, leafHash(entry), hashes, opened.root))
    throw new InvalidProof(`the entry is not the one at position ${index} of the log of ${log.origin}`);
  return { ...opened, index };
}
