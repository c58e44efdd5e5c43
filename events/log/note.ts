// Signs, reads and verifies notes (C2SP signed-note): a text, a blank line, and signature lines. The log's keys make
// Ed25519 signatures; witnesses make timestamped cosignatures (C2SP tlog-cosignature, `cosignature/v1`).
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
  /** Ends with a newline, which is part of the signed message. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** One signature line. */
export interface NoteSignature {
  readonly name: string;
  /** Four bytes in hex. Name and key ID together identify the key. */
  readonly keyId: string;
  /** The bytes after the key ID: 64 for Ed25519; a cosignature has 8 bytes of time before them. */
  readonly signature: Uint8Array;
}

/** A key that signs notes. The implementation decides where the private key is kept. */
export interface NoteSigner {
  readonly name: string;
  /** 32 bytes (RFC 8032). */
  readonly publicKey: Uint8Array;
  /** Returns the Ed25519 signature of a message: 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** A verified signature. `time` is set for cosignatures, in seconds since 1970. */
export interface Verified {
  readonly name: string;
  readonly keyId: string;
  readonly type: SignatureType;
  readonly time?: number;
}

/** Limits of a note. The specification demands support for 16 signatures. */
const MAX_SIGNATURES = 100;
const MAX_BYTES = 1_000_000;

export function parseNote(bytes: Uint8Array): Note {
  if (bytes.length > MAX_BYTES)
    throw new InvalidNote(`the note has ${bytes.length} bytes: at most ${MAX_BYTES} are allowed`);
  const all = decoded(bytes);
  // Signatures follow the last blank line, because the text may contain blank lines too.
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
  // oxlint-disable-next-line no-control-regex -- the newline is the only control character that a note may have
  if (/[\0-\x09\x0b-\x1f]/.test(text)) throw new InvalidNote('the note has a control character');
  return text;
}

/**
 * Reads signature lines. Each ends with a newline.
 * @throws InvalidNote if there is no line, there are too many, or a line is not a signature.
 */
export function parseSignatures(lines: string): NoteSignature[] {
  const all = lines.split('\n').slice(0, -1);
  if (all.length > MAX_SIGNATURES)
    throw new InvalidNote(`the note has ${all.length} signatures: at most ${MAX_SIGNATURES} are allowed`);
  if (all.length === 0) throw new InvalidNote('the note has no signature');
  return all.map((line) => {
    const [dash, name = '', base64 = '', ...more] = line.split(' ');
    const bytes = fromBase64(base64);
    if (dash !== '—' || !isKeyName(name) || more.length > 0 || !bytes || bytes.length < 5)
      throw new InvalidNote(`the line is not a signature of a note: ${line}`);
    return { name, keyId: hex(bytes.subarray(0, 4)), signature: bytes.slice(4) };
  });
}

export function formatNote({ text, signatures }: Note): Uint8Array {
  if (!text.endsWith('\n'))
    throw new InvalidNote('the text of the note does not end with a newline: append one');
  return utf8(`${text}\n${signatures.map(signatureLine).join('')}`);
}

export function signatureLine({ name, keyId, signature }: NoteSignature): string {
  const id = Uint8Array.from({ length: 4 }, (_, index) =>
    parseInt(keyId.slice(index * 2, index * 2 + 2), 16),
  );
  return `— ${name} ${toBase64(Uint8Array.of(...id, ...signature))}\n`;
}

/** Signs a text with each of these keys. */
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

/** Returns a witness's cosignature of a note's text at `time`, in whole seconds since 1970. */
export async function cosign(text: string, time: number, signer: NoteSigner): Promise<NoteSignature> {
  const signature = new Uint8Array(72);
  new DataView(signature.buffer).setBigUint64(0, BigInt(time));
  signature.set(await signer.sign(cosignedMessage(text, time)), 8);
  return { name: signer.name, keyId: keyIdOf(signer.name, signer.publicKey, COSIGNATURE), signature };
}

const cosignedMessage = (text: string, time: number): Uint8Array =>
  utf8(`cosignature/v1\ntime ${time}\n${text}`);

/**
 * Returns the note's signatures by these keys. Ignores signatures by other keys.
 * @throws InvalidNote if a signature by one of these keys is invalid, or all of them are missing.
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
