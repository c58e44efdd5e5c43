// The contract of every blob store: one creator for each key, one replacer for each etag, complete objects.
// Each test uses new keys, so that the suite can run on a store that contains other objects.
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

    /** Returns the bytes under a key in lower-case hex. */
    const stored = async (key: string): Promise<string | undefined> => {
      const blob = await blobs.get(key);
      return blob && hex(blob.bytes);
    };
    const etagOf = async (key: string): Promise<string> => {
      const blob = await blobs.get(key);
      if (blob === undefined) throw new Error(`${key} is absent`);
      return blob.etag;
    };

    test('get returns undefined for a missing object', async () => {
      expect(await blobs.get(freshKey())).toBeUndefined();
      expect(await blobs.get(`${freshKey()}/deeper/still`)).toBeUndefined();
    });

    test('an object is created once: a second creation is the same or different and changes nothing', async () => {
      const key = freshKey();
      expect(await blobs.create(key, utf8('first'))).toBe('created');
      expect(await blobs.create(key, utf8('first'))).toBe('same');
      expect(await blobs.create(key, utf8('other'))).toBe('different');
      expect(await blobs.create(key, utf8('first and more'))).toBe('different');
      expect(await blobs.create(key, utf8(''))).toBe('different');
      expect(await stored(key)).toBe(hex(utf8('first')));
    });

    test('of 16 concurrent creations with different bytes, one creates the object', async () => {
      for (let round = 0; round < 5; round++) {
        const key = freshKey();
        const rivals = Array.from({ length: 16 }, (_, rival) => utf8(`rival ${rival}`));
        const answers = await Promise.all(rivals.map((bytes) => blobs.create(key, bytes)));
        expect(answers.toSorted()).toEqual(['created', ...Array.from({ length: 15 }, () => 'different')]);
        expect(await stored(key)).toBe(rivals.map(hex)[answers.indexOf('created')]);
      }
    });

    test('of 16 concurrent creations with the same bytes, one creates the object and 15 find the same', async () => {
      const key = freshKey();
      const answers = await Promise.all(Array.from({ length: 16 }, () => blobs.create(key, utf8('same'))));
      expect(answers.toSorted()).toEqual(['created', ...Array.from({ length: 15 }, () => 'same')]);
    });

    test('an object is replaced if it still has the etag', async () => {
      const key = freshKey();
      await blobs.create(key, utf8('one'));
      const one = await etagOf(key);
      expect(await blobs.replace(key, utf8('two'), one)).toBe(true);
      expect(await blobs.replace(key, utf8('three'), one)).toBe(false);
      expect(await stored(key)).toBe(hex(utf8('two')));
      expect(await blobs.replace(key, utf8('three'), await etagOf(key))).toBe(true);
      expect(await stored(key)).toBe(hex(utf8('three')));
    });

    test('an etag stays the same while the object does, and differs for another object', async () => {
      const key = freshKey();
      await blobs.create(key, utf8('one'));
      const one = await etagOf(key);
      expect(await etagOf(key)).toBe(one);
      await blobs.replace(key, utf8('two'), one);
      expect(await etagOf(key)).not.toBe(one);
    });

    test('an object is put without an etag only if it does not exist', async () => {
      const key = freshKey();
      expect(await blobs.replace(key, utf8('one'), undefined)).toBe(true);
      expect(await blobs.replace(key, utf8('one'), undefined)).toBe(false);
      expect(await blobs.replace(key, utf8('two'), undefined)).toBe(false);
      expect(await stored(key)).toBe(hex(utf8('one')));
    });

    test('a missing object cannot be replaced with any etag', async () => {
      const [key, other] = [freshKey(), freshKey()];
      await blobs.create(other, utf8('other'));
      expect(await blobs.replace(key, utf8('one'), await etagOf(other))).toBe(false);
      expect(await blobs.get(key)).toBeUndefined();
    });

    test('of 16 concurrent replacements of one etag, one wins', async () => {
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

    test('of 16 concurrent puts of a missing object, one wins', async () => {
      const key = freshKey();
      const rivals = Array.from({ length: 16 }, (_, rival) => utf8(`rival ${rival}`));
      const won = await Promise.all(rivals.map((bytes) => blobs.replace(key, bytes, undefined)));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await stored(key)).toBe(rivals.map(hex)[won.indexOf(true)]);
    });

    test.each([
      ['zero bytes', new Uint8Array()],
      ['every byte value', Uint8Array.from({ length: 256 }, (_, byte) => byte)],
      ['text with a byte order mark and CRLF', utf8('\ufeffÀ la une\r\n北京 😀')],
      ['3 MB', new Uint8Array(createHash('shake256', { outputLength: 3_000_000 }).update('large').digest())],
    ])('stored bytes are returned exactly: %s', async (_, bytes) => {
      const key = freshKey();
      expect(await blobs.create(key, bytes)).toBe('created');
      expect((await stored(key)) === hex(bytes)).toBe(true);
      expect(await blobs.create(key, bytes)).toBe('same');
      expect(await blobs.replace(key, bytes, await etagOf(key))).toBe(true);
      expect((await stored(key)) === hex(bytes)).toBe(true);
    });

    test('keys can be paths as in the log and the articles', async () => {
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

    test('a key can have one segment', async () => {
      const key = `a${randomUUID()}`;
      expect(await blobs.create(key, utf8(key))).toBe('created');
      expect(await stored(key)).toBe(hex(utf8(key)));
    });

    test('many objects are put concurrently', async () => {
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
