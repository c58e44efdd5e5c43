// The log's key file: made once, for its owner only, and then only ever read, or added to.
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addKey, KeyFileError, openKeyFile } from '../../adapters/node/key-file.ts';
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

/** A key file with this in it, as its owner has it. */
async function given(text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o600);
}

describe('at the first start', () => {
  test('a key is made that only its owner may read, and nothing is left beside it', async () => {
    const [signer] = await openKeyFile(path, 'archive.example/log');
    expect(signer?.name).toBe('archive.example/log');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['log.key']);
    expect(await readFile(path, 'utf8')).toMatch(
      /^PRIVATE\+KEY\+archive\.example\/log\+[0-9a-f]{8}\+\S{44}\n$/,
    );
  });
  test('the origin is one of its own where none is given, and stays', async () => {
    const [made, other] = [await openKeyFile(path), await openKeyFile(join(folder, 'other.key'))];
    expect(made[0]?.name).toMatch(/^chancery\.local\/[0-9a-f]{16}$/);
    expect(other[0]?.name).not.toBe(made[0]?.name);
    expect(vkeysOf(await openKeyFile(path))).toEqual(vkeysOf(made));
  });
  test('of many at once one makes it, and all have the same', async () => {
    const opened = await Promise.all(Array.from({ length: 8 }, () => openKeyFile(path)));
    expect(new Set(opened.flatMap(vkeysOf)).size).toBe(1);
    expect(await readdir(folder)).toEqual(['log.key']);
  });
  test.each(['', 'a b', 'a+b', 'a\nb'])(
    'an origin that cannot stand in a note is refused: %j',
    async (origin) => {
      await expect(openKeyFile(path, origin)).rejects.toThrow(/cannot be a log's origin/);
      expect(await readdir(folder)).toEqual([]);
    },
  );
});

describe('a key file', () => {
  test('signs what its verifier key verifies', async () => {
    const identity = identityOf(await openKeyFile(path));
    const note = parseNote(formatNote(await signNote('text\n', identity.signers)));
    expect(verifyNote(note, identity.verifiers)).toHaveLength(1);
  });
  test('of another maker is read', async () => {
    await given(`${vectors.log.goSignerKey}\n`);
    expect(vkeysOf(await openKeyFile(path))).toEqual([vectors.log.vkey]);
  });
  test('has a second key added, of the same origin, and both sign', async () => {
    const [first] = await openKeyFile(path);
    const added = await addKey(path);
    const both = await openKeyFile(path);
    expect(vkeysOf(both)).toEqual(vkeysOf([first, added].filter((signer) => signer !== undefined)));
    expect(both[1]?.name).toBe(first?.name);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['log.key']);
    expect((await signNote('text\n', both)).signatures).toHaveLength(2);
  });
  test('is not added to where there is none', async () => {
    await expect(addKey(path)).rejects.toThrow(KeyFileError);
    expect(await readdir(folder)).toEqual([]);
  });
  test('of another origin than the one that is set is refused', async () => {
    await openKeyFile(path, 'archive.example/log');
    await expect(openKeyFile(path, 'archive.example/other')).rejects.toThrow(
      /are of the log archive\.example\/log, not archive\.example\/other: .* set CHANCERY_ORIGIN/,
    );
  });
  test('that others may read is refused', async () => {
    await openKeyFile(path);
    await chmod(path, 0o640);
    await expect(openKeyFile(path)).rejects.toThrow(/chmod 600/);
  });
  const [, , , key = ''] = /^(.*\+)(.{8})\+(.*)$/.exec(vectors.log.goSignerKey) ?? [];
  test.each([
    ['nothing', ''],
    ['white space', ' \n\n'],
    ['no key', 'a key\n'],
    ['a verifier key', `${vectors.log.vkey}\n`],
    ['half a key', `${vectors.log.goSignerKey.slice(0, -8)}\n`],
    ['a key of another ID', `PRIVATE+KEY+${vectors.log.name}+00000000+${key}\n`],
    ['a key of another name', `PRIVATE+KEY+other+${vectors.log.keyIdHex}+${key}\n`],
    ['a key and something else', `${vectors.log.goSignerKey}\nmore\n`],
  ])('with %s in it is refused, and left as it is', async (_, text) => {
    await given(text);
    await expect(openKeyFile(path)).rejects.toThrow(KeyFileError);
    expect(await readFile(path, 'utf8')).toBe(text);
  });
});
