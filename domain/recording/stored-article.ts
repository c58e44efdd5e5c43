// Reads an article's bytes from storage. Its id contains their digest, so every read is verified.
import { Damaged } from '../errors.ts';
import type { BlobStore, Digest } from '../ports.ts';

export interface StoredArticles {
  readonly articles: Pick<BlobStore, 'get'>;
  readonly sha256: Digest;
}

/** Returns the storage key of an article: the SHA-256 of its bytes in hex. */
export const articleKey = (id: string): string => id.slice('article-'.length);

/** Returns the bytes of an article, or undefined if storage does not have them. @throws Damaged if they are altered */
export async function findArticle(
  { articles, sha256 }: StoredArticles,
  id: string,
): Promise<Uint8Array | undefined> {
  const blob = await articles.get(articleKey(id));
  if (!blob) return undefined;
  const digest = sha256(blob.bytes);
  if (digest !== articleKey(id)) throw damaged(id, `the SHA-256 of its stored bytes is ${digest}`);
  return blob.bytes;
}

/** Returns the bytes of an article that has been archived. @throws Damaged if they are missing or altered */
export async function readArticle(stored: StoredArticles, id: string): Promise<Uint8Array> {
  const bytes = await findArticle(stored, id);
  if (!bytes) throw damaged(id, 'its bytes are missing from storage');
  return bytes;
}

export const damaged = (id: string, what: string): Damaged =>
  new Damaged(
    `the text of ${id} is damaged: ${what}. Nothing was recorded; the operator must restore it from a backup (docs/operating.md)`,
  );

/** Decodes UTF-8 and keeps a byte order mark. @throws TypeError if the bytes are not UTF-8 */
export const decodeText = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
