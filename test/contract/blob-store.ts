// The contract of every blob store: one creation per key, one replacement per etag, whole objects. Each test uses new keys,
// so a suite may run against a store that has other objects.
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlobStore } from '../../domain/ports.ts';

export interface OpenBlobStore {
  readonly blobs: BlobStore;
  close(): Promise<void>;
}

export function blobStoreContract(name: string, open: () => Promise<OpenBlobStore>): void {
  describe(`${name} keeps the contract of a blob store`, () => {
    let opened: OpenBlobStore;
    let blobs: BlobStore;
    beforeAll(async () => {
      opened = await open();
      ({ blobs } = opened);
    });
    afterAll(() => opened.close());

    /** Returns the bytes of a key, in lower-case hex. */
    const stored = async (key: string): Promise<string | undefined> => {
      const blob = await blobs.get(key);
      return blob && hex(blob.bytes);
    };
    const etagOf = async (key: string): Promise<string> => {
      const blob = await blobs.get(key);
      if (blob === undefined) throw new Error(`the store has no object ${key}`);
      return blob.etag;
    };

    test('get returns undefined for a key without an object', async () => {
      expect(await blobs.get(freshKey())).toBeUndefined();
      expect(await blobs.get(`${freshKey()}/deeper/still`)).toBeUndefined();
    });

    test('create stores the first bytes of a key, and later answers whether its bytes are the same', async () => {
      const key = freshKey();
      expect(await blobs.create(key, utf8('first'))).toBe('created');
      expect(await blobs.create(key, utf8('first'))).toBe('same');
      expect(await blobs.create(key, utf8('other'))).toBe('different');
      expect(await blobs.create(key, utf8('first and more'))).toBe('different');
      expect(await blobs.create(key, utf8(''))).toBe('different');
      expect(await stored(key)).toBe(hex(utf8('first')));
    });

    test('one of sixteen concurrent creations with different bytes succeeds', async () => {
      for (let round = 0; round < 5; round++) {
        const key = freshKey();
        const rivals = Array.from({ length: 16 }, (_, rival) => utf8(`rival ${rival}`));
        const answers = await Promise.all(rivals.map((bytes) => blobs.create(key, bytes)));
        expect(answers.toSorted()).toEqual(['created', ...Array.from({ length: 15 }, () => 'different')]);
        expect(await stored(key)).toBe(rivals.map(hex)[answers.indexOf('created')]);
      }
    });

    test('one of sixteen concurrent creations with the same bytes creates the object, and fifteen answer same', async () => {
      const key = freshKey();
      const answers = await Promise.all(Array.from({ length: 16 }, () => blobs.create(key, utf8('same'))));
      expect(answers.toSorted()).toEqual(['created', ...Array.from({ length: 15 }, () => 'same')]);
    });

    test('replace changes an object only if it still has the given etag', async () => {
      const key = freshKey();
      await blobs.create(key, utf8('one'));
      const one = await etagOf(key);
      expect(await blobs.replace(key, utf8('two'), one)).toBe(true);
      expect(await blobs.replace(key, utf8('three'), one)).toBe(false);
      expect(await stored(key)).toBe(hex(utf8('two')));
      expect(await blobs.replace(key, utf8('three'), await etagOf(key))).toBe(true);
      expect(await stored(key)).toBe(hex(utf8('three')));
    });

    test('an etag stays the same until the object changes', async () => {
      const key = freshKey();
      await blobs.create(key, utf8('one'));
      const one = await etagOf(key);
      expect(await etagOf(key)).toBe(one);
      await blobs.replace(key, utf8('two'), one);
      expect(await etagOf(key)).not.toBe(one);
    });

    test('replace without an etag creates an object only if the key has no object', async () => {
      const key = freshKey();
      expect(await blobs.replace(key, utf8('one'), undefined)).toBe(true);
      expect(await blobs.replace(key, utf8('one'), undefined)).toBe(false);
      expect(await blobs.replace(key, utf8('two'), undefined)).toBe(false);
      expect(await stored(key)).toBe(hex(utf8('one')));
    });

    test('replace with the etag of another object does not create an object', async () => {
      const [key, other] = [freshKey(), freshKey()];
      await blobs.create(other, utf8('other'));
      expect(await blobs.replace(key, utf8('one'), await etagOf(other))).toBe(false);
      expect(await blobs.get(key)).toBeUndefined();
    });

    test('one of sixteen concurrent replacements of one etag succeeds', async () => {
      const key = freshKey();
      await blobs.create(key, utf8('zero'));
      for (let round = 0; round < 5; round++) {
        const etag = await etagOf(key);
        const rivals = Array.from({ length: 16 }, (_, rival) => utf8(`round ${round}, rival ${rival}`));
        const won = await Promise.all(rivals.map((bytes) => blobs.replace(key, bytes, etag)));
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await stored(key)).toBe(rivals.map(hex)[won.indexOf(true)]);
      }
    });

    test('one of sixteen concurrent replacements without an etag succeeds', async () => {
      const key = freshKey();
      const rivals = Array.from({ length: 16 }, (_, rival) => utf8(`rival ${rival}`));
      const won = await Promise.all(rivals.map((bytes) => blobs.replace(key, bytes, undefined)));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await stored(key)).toBe(rivals.map(hex)[won.indexOf(true)]);
    });

    test.each([
      ['no bytes', new Uint8Array()],
      ['all 256 bytes', Uint8Array.from({ length: 256 }, (_, byte) => byte)],
      ['text with a byte order mark and CRLF', utf8('\ufeffÀ la une\r\n北京 😀')],
      ['3 MB', new Uint8Array(createHash('shake256', { outputLength: 3_000_000 }).update('large').digest())],
    ])('a blob store returns exactly the bytes that it got: %s', async (_, bytes) => {
      const key = freshKey();
      expect(await blobs.create(key, bytes)).toBe('created');
      expect((await stored(key)) === hex(bytes)).toBe(true);
      expect(await blobs.create(key, bytes)).toBe('same');
      expect(await blobs.replace(key, bytes, await etagOf(key))).toBe(true);
      expect((await stored(key)) === hex(bytes)).toBe(true);
    });

    test('a blob store accepts all keys that the log and the articles use', async () => {
      const root = freshKey();
      const keys = [
        'a',
        'a.p/1',
        'a.p/17',
        'checkpoint',
        'tile/entries/x001/x234/067',
        'tile/entries/x001/x234/067.p/17',
        'tile/0/x001/067',
        'articles/0f1e2d3c',
        'articles/0f1e2d3c.txt',
        'tile/0/x001/067.p/255',
      ];
      for (const key of keys) expect(await blobs.create(`${root}/${key}`, utf8(key))).toBe('created');
      for (const key of keys) expect(await stored(`${root}/${key}`)).toBe(hex(utf8(key)));
    });

    test('a key may have a single segment', async () => {
      const key = `a${randomUUID()}`;
      expect(await blobs.create(key, utf8(key))).toBe('created');
      expect(await stored(key)).toBe(hex(utf8(key)));
    });

    test('two hundred concurrent creations all succeed', async () => {
      const root = freshKey();
      const keys = Array.from({ length: 200 }, (_, n) => `${root}/${n % 7}/${n}`);
      const answers = await Promise.all(keys.map((key) => blobs.create(key, utf8(key))));
      expect(answers.every((answer) => answer === 'created')).toBe(true);
      for (const key of keys) expect(await stored(key)).toBe(hex(utf8(key)));
    });
  });
}

const freshKey = (): string => `test/${randomUUID()}`;
const utf8 = (string: string): Uint8Array => new TextEncoder().encode(string);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
