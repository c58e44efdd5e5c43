// Tests that the bytes of an article are verified against the digest in its id on every read.
import { expect, test } from 'vitest';
import { sha256 } from '../../../adapters/node/ids.ts';
import { articleKey, findArticle, readArticle } from '../../../domain/recording/stored-article.ts';
import { Damaged } from '../../../domain/errors.ts';
import { articleTextReader } from '../../../domain/recording/resolve-references.ts';
import { memoryBlobs } from '../../support/stores/memory-blobs.ts';

const text = Buffer.from('They met.');
const id = `article-${sha256(text)}`;

test('the bytes of an article are returned if their digest is the one in its id', async () => {
  const articles = memoryBlobs();
  await articles.create(articleKey(id), text);
  expect(Buffer.from(await readArticle({ articles, sha256 }, id))).toEqual(text);
});

test('bytes with another digest are never returned', async () => {
  const articles = memoryBlobs();
  await articles.create(articleKey(id), Buffer.from('They quarrelled.'));
  await expect(findArticle({ articles, sha256 }, id)).rejects.toThrow(Damaged);
  await expect(readArticle({ articles, sha256 }, id)).rejects.toThrow(/its stored bytes is [0-9a-f]{64}/);
});

test('missing bytes of an article are an error only for a caller that needs them', async () => {
  const articles = memoryBlobs();
  expect(await findArticle({ articles, sha256 }, id)).toBeUndefined();
  await expect(readArticle({ articles, sha256 }, id)).rejects.toThrow('its bytes are missing from storage');
});

test('the text of an article that could not be verified is read from storage again on the next call', async () => {
  const articles = memoryBlobs();
  const source = articleTextReader({ articles, sha256 });
  await expect(source(id)).rejects.toThrow(Damaged);
  await articles.create(articleKey(id), text);
  expect((await source(id)).text).toBe('They met.');
});
