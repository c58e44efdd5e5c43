// Reads of an article's bytes are verified against the digest that its id names.
import { expect, test } from 'vitest';
import { sha256 } from '../../../adapters/node/ids.ts';
import { articleKey, findArticle, readArticle } from '../../../domain/recording/stored-article.ts';
import { Damaged } from '../../../domain/errors.ts';
import { sourceReader } from '../../../domain/recording/resolve-references.ts';
import { memoryBlobs } from '../../support/stores/memory-blobs.ts';

const text = Buffer.from('They met.');
const id = `article-${sha256(text)}`;

test('the bytes of an article are returned if their digest is the one that its id names', async () => {
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

test('missing bytes are damage only if the caller needs them', async () => {
  const articles = memoryBlobs();
  expect(await findArticle({ articles, sha256 }, id)).toBeUndefined();
  await expect(readArticle({ articles, sha256 }, id)).rejects.toThrow('its bytes are missing from storage');
});

test('a source that could not be verified is read from storage again when it is next asked for', async () => {
  const articles = memoryBlobs();
  const source = sourceReader({ articles, sha256 });
  await expect(source(id)).rejects.toThrow(Damaged);
  await articles.create(articleKey(id), text);
  expect((await source(id)).text).toBe('They met.');
});
