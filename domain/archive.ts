// Archives an article: its bytes first, durably, then the event that names them.
import type { z } from 'zod';
import type { articleGiven } from '../events/article.ts';
import { article, articleIdOf } from './article.ts';
import { fold } from './aggregate.ts';
import { codePoints } from './evidence/characters.ts';
import type { BlobStore, Digest } from './ports.ts';
import { record, type Recorded, type Request, type World } from './record.ts';
import { articleKey, damaged } from './article-bytes.ts';

export interface Archive extends World {
  readonly articles: BlobStore;
  readonly sha256: Digest;
}

/** The article's id is its text's digest: the same text again is the same article, elsewhere it is an appearance. */
export async function archiveArticle(
  world: Archive,
  { text, ...fields }: z.output<typeof articleGiven>,
  request: Request,
): Promise<Recorded> {
  const bytes = new TextEncoder().encode(text);
  const sha256 = world.sha256(bytes);
  const id = articleIdOf(sha256);
  const stored = await world.articles.create(articleKey(id), bytes);
  if (stored === 'different') throw damaged(id, 'other bytes are stored under its digest');
  // A crash here leaves bytes that no event names: harmless, and the same bytes when the article is archived again.
  return record(
    world,
    {
      stream: id,
      body: fields,
      decide: (history) =>
        article.decide(fold(article, history), {
          type: 'archive',
          text: { sha256, bytes: bytes.length, characters: codePoints(text) },
          fields,
        }),
    },
    { ...request, claims: true },
  );
}
