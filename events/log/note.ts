// Signed notes (C2SP signed-note): a text, a blank line, and signature lines. Ed25519 by the log's own keys, and
// timestamped cosignatures (C2SP tlog-cosignature, `cosignature/v1`) by witnesses.
import { fromBase64, toBase64 } from './base64.ts';
import {
  COSIGNATURE,
  ED25519,
  InvalidNote,
  isKeyName,
  keyIdOf,
  type SignatureType,
  type Verifier,
} from './keys.ts';

export interface Note {
  /** Ends with a newline, which is signed with it. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** One signature line. */
export interface NoteSignature {
  readonly name: string;
  /** Four bytes in hex: with the name it says which key this is of. */
  readonly keyId: string;
  /** What follows the key ID: of Ed25519 64 bytes, of a cosignature 8 bytes of time before them. */
  readonly signature: Uint8Array;
}

/** A key that signs notes; where it lies is its own matter. */
export interface NoteSigner {
  readonly name: string;
  /** 32 bytes (RFC 8032). */
  readonly publicKey: Uint8Array;
  /** The Ed25519 signature of these bytes: 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** A signature that was verified; a cosignature says when it was made, in seconds since 1970. */
export interface Verified {
  readonly name: string;
  readonly keyId: string;
  readonly type: SignatureType;
  readonly time?: number;
}

/** A note may have so many signatures (the specification asks for 16) and bytes, and no more is looked at. */
const MAX_SIGNATURES = 100;
const MAX_BYTES = 1_000_000;

export function parseNote(bytes: Uint8Array): Note {
  if (bytes.length > MAX_BYTES) throw new InvalidNote(`a note of ${bytes.length} bytes is over ${MAX_BYTES}`);
  const all = decoded(bytes);
  // The text may have blank lines of its own: signatures come after the last one.
  const end = all.lastIndexOf('\n\n');
  if (end < 0) throw new InvalidNote('the note has no blank line before its signatures');
  const lines = all.slice(end + 2);
  if (!lines.endsWith('\n'))
    throw new InvalidNote('the note does not end with a newline after its signatures');
  return { text: all.slice(0, end + 1), signatures: parseSignatures(lines) };
}

function decoded(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new InvalidNote('the note is not UTF-8', { cause: error });
  }
  // oxlint-disable-next-line no-control-regex -- a note may have none of them but the newline
  if (/[\0-\x09\x0b-\x1f]/.test(text)) throw new InvalidNote('the note has a control character');
  return text;
}

/** Signature lines, each ended by a newline, of which there is at least one. */
export function parseSignatures(lines: string): NoteSignature[] {
  const all = lines.split('\n').slice(0, -1);
  if (all.length > MAX_SIGNATURES)
    throw new InvalidNote(`a note of ${all.length} signatures is over ${MAX_SIGNATURES}`);
  if (all.length === 0) throw new InvalidNote('the note has no signature');
  return all.map((line) => {
    const [dash, name = '', base64 = '', ...more] = line.split(' ');
    const bytes = fromBase64(base64);
    if (dash !== '—' || !isKeyName(name) || more.length > 0 || !bytes || bytes.length < 5)
      throw new InvalidNote(`this is no signature of a note: ${line}`);
    return { name, keyId: hex(bytes.subarray(0, 4)), signature: bytes.slice(4) };
  });
}

export function formatNote({ text, signatures }: Note): Uint8Array {
  if (!text.endsWith('\n')) throw new InvalidNote('the text of a note ends with a newline');
  return utf8(`${text}\n${signatures.map(signatureLine).join('')}`);
}

export function signatureLine({ name, keyId, signature }: NoteSignature): string {
  const id = Uint8Array.from({ length: 4 }, (_, index) =>
    parseInt(keyId.slice(index * 2, index * 2 + 2), 16),
  );
  return `— ${name} ${toBase64(Uint8Array.of(...id, ...signature))}\n`;
}

/** The text, signed by each of these keys. */
export async function signNote(text: string, signers: readonly NoteSigner[]): Promise<Note> {
  const message = utf8(text);
  const signatures = await Promise.all(
    signers.map(async (signer) => ({
      name: signer.name,
      keyId: keyIdOf(signer.name, signer.publicKey, ED25519),
      signature: await signer.sign(message),
    })),
  );
  return { text, signatures };
}

/** A witness's signature of a note's text, made at `time`, in whole seconds since 1970. */
export async function cosign(text: string, time: number, signer: NoteSigner): Promise<NoteSignature> {
  const signature = new Uint8Array(72);
  new DataView(signature.buffer).setBigUint64(0, BigInt(time));
  signature.set(await signer.sign(cosignedMessage(text, time)), 8);
  return { name: signer.name, keyId: keyIdOf(signer.name, signer.publicKey, COSIGNATURE), signature };
}

const cosignedMessage = (text: string, time: number): Uint8Array =>
  utf8(`cosignature/v1\ntime ${time}\n${text}`);

/**
 * The note's signatures by these keys. Signatures of other keys are ignored. Throws InvalidNote where one by these
 * keys does not verify, or none is by them.
 */
export function verifyNote({ text, signatures }: Note, verifiers: readonly Verifier[]): Verified[] {
  const verified = signatures.flatMap((signature) => {
    const verifier = verifiers.find(
      ({ name, keyId }) => name === signature.name && keyId === signature.keyId,
    );
    return verifier ? [verifySignature(text, signature, verifier)] : [];
  });
  if (verified.length === 0)
    throw new InvalidNote(
      `the note has no signature of ${verifiers.map(({ name, keyId }) => `${name}+${keyId}`).join(', ')}`,
    );
  return verified;
}

function verifySignature(text: string, { signature }: NoteSignature, verifier: Verifier): Verified {
  const { name, keyId, type } = verifier;
  if (type === ED25519) {
    if (!verifier.verify(utf8(text), signature)) throw notVerified(verifier);
    return { name, keyId, type };
  }
  const time = signature.length === 72 ? Number(dataView(signature).getBigUint64(0)) : Number.NaN;
  if (!Number.isSafeInteger(time) || !verifier.verify(cosignedMessage(text, time), signature.subarray(8)))
    throw notVerified(verifier);
  return { name, keyId, type, time };
}

const notVerified = ({ name, keyId }: Verifier): InvalidNote =>
  new InvalidNote(`the signature of ${name}+${keyId} does not verify`);

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const dataView = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);
