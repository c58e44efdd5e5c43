// Tests that stored items can always be decompressed, because the dictionary is frozen.
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commitOf, itemOf } from '../../../adapters/dynamodb/commit-item.ts';
import { compressed, decompressed } from '../../../adapters/dynamodb/compression.ts';
import { dictionaryWith } from '../../../adapters/dynamodb/dictionary.ts';
import type { Commit } from '../../../domain/ports.ts';
import { segmentsCommit } from '../../support/segments.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const texts = ({ events }: Commit): string[] => events.map((event) => new TextDecoder().decode(event));

test('the compression dictionary is the one that existing items were written with', () => {
  expect(createHash('sha256').update(dictionaryWith('')).digest('hex')).toBe(
    'f9bee6d0511f2073803c692e08c7981dfef90811727fb276e1b5c82fe76661fc',
  );
});

test('an item that was compressed long ago is decompressed', () => {
  const stored = Buffer.from(
    'SKgsUo6itdfNasMwDAfwVym9O8iy44+cdtgj5D4USx6laVK6QXvZu4+4eE1hGxtsZ1+E9UP66z8mi/bsOSVnDCBbpsgOffaYMGjDpKNpM8HgZEhobJCsxYALogkMZmwrIrQ3Rf1yS5zncmMIb3bT5nEpv7npgqqLXss4+CSGIaBRYNRPohhNE6lB0r7Ervu3+UAnxTsax/lqrsTYbtuXA6jWtl1jPMqSzP5M5Grjdlg93jX2CTQOrQer2hC18uBQBYOsPGrrsxCD2G/JsrzsH+RCh+MozXx6/prwr5c21//5MHzti+0hdDp26JvocWV4nTDe3gFLQdx7',
    'base64',
  );
  const event = new TextDecoder().decode(decompressed(stored, 'meeting-delhi'));
  expect(JSON.parse(event)).toMatchObject({ subject: 'meeting-delhi', data: { title: 'Talks in Delhi' } });
});

test('any bytes are restored after compression', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3_000 }), fc.string(), (bytes, near) => {
      expect(Buffer.from(decompressed(compressed(bytes, near), near)).equals(bytes)).toBe(true);
    }),
  );
});

test.each([0, 1, 100, 10_000, 300_000])('%d bytes are restored after compression', (length) => {
  const bytes = new Uint8Array(createHash('shake256', { outputLength: length }).update('any').digest());
  expect(Buffer.from(decompressed(compressed(bytes))).equals(bytes)).toBe(true);
});

describe('compressed bytes that were altered', () => {
  const commit = segmentsCommit(1, 1, 'whole');
  const item = itemOf(commit);

  test('a commit cannot be decompressed as a commit of another stream', () => {
    expect(texts(commitOf(item))).toEqual(texts(commit));
    expect(() => commitOf({ ...item, stream: { S: 'statement-other' } })).toThrow('Bad dictionary');
  });

  test('a commit with an altered byte cannot be decompressed', () => {
    const bytes = item['zlib']?.B ?? new Uint8Array();
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte));
      expect(() => commitOf({ ...item, zlib: { B: changed } })).toThrow(Error);
    }
  });

  test('bytes that are not compressed text cannot be decompressed', () => {
    expect(() => decompressed(utf8('{"plain":1}'))).toThrow('incorrect header check');
    expect(() => decompressed(compressed(utf8('cut short')).subarray(0, 8))).toThrow(
      'unexpected end of file',
    );
  });
});
