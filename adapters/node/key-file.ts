// Stores the signing keys of the log in a file that only its owner may read. Each line is a signer key in the format of
// golang.org/x/mod/sumdb/note. The first start creates the file; a key rotation adds a second key.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  randomUUID,
  sign,
  type KeyObject,
} from 'node:crypto';
import { link, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ED25519, isKeyName, keyIdOf } from '../../events/log/keys.ts';
import type { Signer } from '../../domain/ports.ts';
import { syncFolder } from '../files/folder.ts';

/** Reports why a key file cannot be used, and what to do. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

/** The bytes that precede the 32 bytes of a seed in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Reads the keys of a file. If the file does not exist, creates it durably with a new key of `origin`; the default is
 * `chancery.local/…`.
 * @throws KeyFileError if the file cannot be used or has keys of another origin
 */
export async function openKeyFile(path: string, origin?: string): Promise<Signer[]> {
  const signers = (await readKeys(path)) ?? (await makeKeys(path, origin));
  const other = signers.find(({ name }) => origin !== undefined && name !== origin);
  if (other)
    throw new KeyFileError(
      `the keys in ${path} belong to the origin ${other.name}, not to ${origin}: set CHANCERY_ORIGIN to ${other.name}, or begin another log with another key file`,
    );
  return signers;
}

/** Adds a new key of the same origin. Both keys sign after the next start. @throws KeyFileError if there is no key */
export async function addSigningKey(path: string): Promise<Signer> {
  const [first] = (await readKeys(path)) ?? [];
  if (!first) throw new KeyFileError(`${path} is missing: start the archive once to create it`);
  const line = freshLine(first.name);
  await writeOwn(path, `${await readFile(path, 'utf8')}${line}\n`, (file) => rename(file, path));
  return signerOf(path, line);
}

async function readKeys(path: string): Promise<Signer[] | undefined> {
  const text = await readFile(path, 'utf8').catch(ignoreMissing);
  if (text === undefined) return undefined;
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0)
    throw new KeyFileError(
      `${path} can be read by other users: run chmod 600 on it, and replace the key if another user may have read it`,
    );
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new KeyFileError(`${path} has no key: restore it from a backup`);
  return lines.map((line) => signerOf(path, line));
}

/** Creates the file, unless another process was faster, and reads its keys. */
async function makeKeys(path: string, origin: string | undefined): Promise<Signer[]> {
  const text = `${freshLine(origin)}\n`;
  await writeOwn(path, text, async (file) => {
    await link(file, path).catch(ignoreExisting);
    await unlink(file);
  });
  const signers = await readKeys(path);
  if (!signers) throw new KeyFileError(`${path} was removed while it was created: start again`);
  return signers;
}

/** Writes a temporary file and calls `name` to rename it. A crash leaves the temporary file or the complete file. */
async function writeOwn(path: string, text: string, name: (file: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await name(temporary);
  await syncFolder(dirname(path));
}

/** Creates a key and returns its line: `PRIVATE+KEY+name+key ID+base64(type and seed)`. */
function freshLine(origin?: string): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const publicKey = publicOf(privateKey);
  const name = origin ?? `chancery.local/${hash('sha256', publicKey).slice(0, 16)}`;
  if (!isKeyName(name))
    throw new KeyFileError(
      `${JSON.stringify(name)} cannot be a log's origin: use a URL without scheme, spaces and plus signs`,
    );
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8.length);
  const key = Buffer.of(ED25519, ...seed).toString('base64');
  return `PRIVATE+KEY+${name}+${keyIdOf(name, publicKey, ED25519)}+${key}`;
}

function signerOf(path: string, line: string): Signer {
  const [, name = '', id, base64 = ''] =
    /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line.trim()) ?? [];
  const [type, ...seed] = Buffer.from(base64, 'base64');
  if (type !== ED25519 || seed.length !== 32)
    throw new KeyFileError(`${path} has a line that is not a signer key: restore the file from a backup`);
  const der = Buffer.concat([PKCS8, Uint8Array.from(seed)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = publicOf(key);
  if (keyIdOf(name, publicKey, ED25519) !== id)
    throw new KeyFileError(
      `${path} has a key whose ID does not match its name and bytes: restore the file from a backup`,
    );
  return { name, publicKey, sign: async (message) => sign(null, message, key) };
}

const publicOf = (key: KeyObject): Uint8Array =>
  Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');

function ignoreMissing(error: unknown): undefined {
  if (!isCode(error, 'ENOENT')) throw error;
}

function ignoreExisting(error: unknown): void {
  if (!isCode(error, 'EEXIST')) throw error;
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
