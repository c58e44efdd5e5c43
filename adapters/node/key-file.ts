// The keys of the log in a file that only its owner may read: one a line, as golang.org/x/mod/sumdb/note writes
// signer keys. Made with a fresh key at the first start; while a key is replaced, it holds two.
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

/** A key file that cannot be used, and what to do about it. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

/** What stands before the 32 bytes of a seed in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The keys in this file. Where there is none, it is made with a fresh key of this origin, `chancery.local/…` without
 * one, and is durable when this resolves. Throws KeyFileError.
 */
export async function openKeyFile(path: string, origin?: string): Promise<Signer[]> {
  const signers = (await readKeys(path)) ?? (await makeKeys(path, origin));
  const other = signers.find(({ name }) => origin !== undefined && name !== origin);
  if (other)
    throw new KeyFileError(
      `the keys in ${path} are of the log ${other.name}, not ${origin}: a log keeps its origin; set CHANCERY_ORIGIN to ${other.name}, or begin another log with another key file`,
    );
  return signers;
}

/** Adds a fresh key of the same origin; from the next start on both sign. Throws KeyFileError where there is none. */
export async function addKey(path: string): Promise<Signer> {
  const [first] = (await readKeys(path)) ?? [];
  if (!first)
    throw new KeyFileError(`${path} is missing: it is made when the archive starts for the first time`);
  const line = freshLine(first.name);
  await writeOwn(path, `${await readFile(path, 'utf8')}${line}\n`, (file) => rename(file, path));
  return signerOf(path, line);
}

async function readKeys(path: string): Promise<Signer[] | undefined> {
  const text = await readFile(path, 'utf8').catch(absent);
  if (text === undefined) return undefined;
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0)
    throw new KeyFileError(
      `${path} can be read by others: chmod 600 it, and replace the key if they may have`,
    );
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new KeyFileError(`${path} has no key: bring it back from a backup`);
  return lines.map((line) => signerOf(path, line));
}

/** Whoever comes first names it; everybody reads what stands there. */
async function makeKeys(path: string, origin: string | undefined): Promise<Signer[]> {
  const text = `${freshLine(origin)}\n`;
  await writeOwn(path, text, async (file) => {
    await link(file, path).catch(present);
    await unlink(file);
  });
  const signers = await readKeys(path);
  if (!signers) throw new KeyFileError(`${path} is gone again`);
  return signers;
}

/** A crash within leaves a file beside it that nobody reads, or the whole file. */
async function writeOwn(path: string, text: string, name: (file: string) => Promise<void>): Promise<void> {
  const passing = `${path}.${randomUUID()}`;
  const file = await open(passing, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await name(passing);
  await syncFolder(dirname(path));
}

/** `PRIVATE+KEY+name+key ID+base64(type and seed)` */
function freshLine(origin?: string): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const publicKey = publicOf(privateKey);
  const name = origin ?? `chancery.local/${hash('sha256', publicKey).slice(0, 16)}`;
  if (!isKeyName(name))
    throw new KeyFileError(
      `${JSON.stringify(name)} cannot be a log's origin: it is a URL without scheme, spaces and plus signs`,
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
    throw new KeyFileError(`${path} has a line that is no signer key: bring it back from a backup`);
  const der = Buffer.concat([PKCS8, Uint8Array.from(seed)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = publicOf(key);
  if (keyIdOf(name, publicKey, ED25519) !== id)
    throw new KeyFileError(
      `${path} has a key whose ID is not that of its name and bytes: bring it back from a backup`,
    );
  return { name, publicKey, sign: async (message) => sign(null, message, key) };
}

const publicOf = (key: KeyObject): Uint8Array =>
  Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');

function absent(error: unknown): undefined {
  if (!isCode(error, 'ENOENT')) throw error;
}

function present(error: unknown): void {
  if (!isCode(error, 'EEXIST')) throw error;
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
