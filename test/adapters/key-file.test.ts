// Tests the log's key file: it is created once for its owner only, and afterwards only read or extended.
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addSigningKey, KeyFileError, openKeyFile } from '../../adapters/node/key-file.ts';
import { identityOf, vkeysOf } from '../../domain/log/log-identity.ts';
import { formatNote, parseNote, signNote, verifyNote } from '../../events/log/note.ts';
import { vectors } from '../support/logs/tlog-vectors.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chancery-key-'));
  path = join(folder, 'log.key');
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes a key file with this content, readable by its owner only. */
async function given(text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o600);
}

test('the first start creates a key that only its owner may read, and leaves no other file', async () => {
  const [signer] = await openKeyFile(path, 'archive.example/log');
  expect(signer?.name).toBe('archive.example/log');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['log.key']);
  expect(await readFile(path, 'utf8')).toMatch(
    /^PRIVATE\+KEY\+archive\.example\/log\+[0-9a-f]{8}\+\S{44}\n$/,
  );
});
test('the default origin is unique and stays', async () => {
  const [made, other] = [await openKeyFile(path), await openKeyFile(join(folder, 'other.key'))];
  expect(made[0]?.name).toMatch(/^chancery\.local\/[0-9a-f]{16}$/);
  expect(other[0]?.name).not.toBe(made[0]?.name);
  expect(vkeysOf(await openKeyFile(path))).toEqual(vkeysOf(made));
});
test('if many processes start concurrently, one creates the key and all read it', async () => {
  const opened = await Promise.all(Array.from({ length: 8 }, () => openKeyFile(path)));
  expect(new Set(opened.flatMap(vkeysOf)).size).toBe(1);
  expect(await readdir(folder)).toEqual(['log.key']);
});
test.each(['', 'a b', 'a+b', 'a\nb'])(
  'an origin that a note cannot contain is refused: %j',
  async (origin) => {
    await expect(openKeyFile(path, origin)).rejects.toThrow(/cannot be a log's origin/);
    expect(await readdir(folder)).toEqual([]);
  },
);

describe('an existing key file', () => {
  test('a key of the file signs what its verifier key verifies', async () => {
    const identity = identityOf(await openKeyFile(path));
    const note = parseNote(formatNote(await signNote('text\n', identity.signers)));
    expect(verifyNote(note, identity.verifiers)).toHaveLength(1);
  });
  test('a key file of another program is read', async () => {
    await given(`${vectors.log.goSignerKey}\n`);
    expect(vkeysOf(await openKeyFile(path))).toEqual([vectors.log.vkey]);
  });
  test('an added key has the same origin, and both keys sign', async () => {
    const [first] = await openKeyFile(path);
    const added = await addSigningKey(path);
    const both = await openKeyFile(path);
    expect(vkeysOf(both)).toEqual(vkeysOf([first, added].filter((signer) => signer !== undefined)));
    expect(both[1]?.name).toBe(first?.name);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['log.key']);
    expect((await signNote('text\n', both)).signatures).toHaveLength(2);
  });
  test('a key is not added to a missing file', async () => {
    await expect(addSigningKey(path)).rejects.toThrow(KeyFileError);
    expect(await readdir(folder)).toEqual([]);
  });
  test('a key file of another origin than the configured one is refused', async () => {
    await openKeyFile(path, 'archive.example/log');
    await expect(openKeyFile(path, 'archive.example/other')).rejects.toThrow(
      /belong to the origin archive\.example\/log, not to archive\.example\/other: set CHANCERY_ORIGIN/,
    );
  });
  test('a key file that other users may read is refused', async () => {
    await openKeyFile(path);
    await chmod(path, 0o640);
    await expect(openKeyFile(path)).rejects.toThrow(/chmod 600/);
  });
  const [, , , key = ''] = /^(.*\+)(.{8})\+(.*)$/.exec(vectors.log.goSignerKey) ?? [];
  test.each([
    ['zero bytes', ''],
    ['white space', ' \n\n'],
    ['no key', 'a key\n'],
    ['a verifier key', `${vectors.log.vkey}\n`],
    ['half a key', `${vectors.log.goSignerKey.slice(0, -8)}\n`],
    ['a key of another ID', `PRIVATE+KEY+${vectors.log.name}+00000000+${key}\n`],
    ['a key of another name', `PRIVATE+KEY+other+${vectors.log.keyIdHex}+${key}\n`],
    ['a key and something else', `${vectors.log.goSignerKey}\nmore\n`],
  ])('a key file with %s is refused and stays unchanged', async (_, text) => {
    await given(text);
    await expect(openKeyFile(path)).rejects.toThrow(KeyFileError);
    expect(await readFile(path, 'utf8')).toBe(text);
  });
});
