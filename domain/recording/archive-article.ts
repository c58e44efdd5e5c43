// Archives an article: its bytes first, durably, then the event that names them.
import type { z } from 'zod';
import type { articleGiven } from '../../events/article-events.ts';
import { article, articleIdOf, differencesFrom, type ArticleState, type FieldDifference } from './article.ts';
import { foldEvents } from './aggregate.ts';
import { codePoints } from '../evidence/folding/characters.ts';
import type { BlobStore, Digest } from '../ports.ts';
import { record, type Recorded, type Request, type CommandContext } from './handle-command.ts';
import { articleKey, damaged } from './stored-article.ts';

export interface ArchiveContext extends CommandContext {
  readonly articles: BlobStore;
  readonly sha256: Digest;
}

export interface ArchivedArticle extends Recorded {
  /** Of a text that was archived before: what was sent and is not as it is archived. It was not recorded. */
  readonly differs?: readonly FieldDifference[];
}

/** The article's id is its text's digest: the same text again is the same article, elsewhere it is an appearance. */
export async function archiveArticle(
  world: ArchiveContext,
  { text, ...fields }: z.output<typeof articleGiven>,
  request: Request,
): Promise<ArchivedArticle> {
  const bytes = new TextEncoder().encode(text);
  const sha256 = world.sha256(bytes);
  const id = articleIdOf(sha256);
  const stored = await world.articles.create(articleKey(id), bytes);
  if (stored === 'different') throw damaged(id, 'other bytes are stored under its digest');
  // A crash here leaves bytes that no event names: harmless, and the same bytes when the article is archived again.
  let before: ArticleState = article.initial;
  const recorded = await record(
    world,
    {
      stream: id,
      body: fields,
      decide: (history) => {
        before = foldEvents(article, history);
        const measured = { sha256, bytes: bytes.length, characters: codePoints(text) };
        return article.decide(before, { type: 'archive', text: measured, fields });
      },
    },
    { ...request, claims: true },
  );
  const differs = recorded.replayed ? [] : differencesFrom(before, fields);
  return differs.length === 0 ? recorded : { ...recorded, differs };
}
