// Archives an article: stores its bytes durably, and then appends the event that names them.
import type { z } from 'zod';
import type { articleInput } from '../../events/article-events.ts';
import { article, articleIdOf, differencesFrom, type ArticleState, type FieldDifference } from './article.ts';
import { foldEvents } from './aggregate.ts';
import { codePoints } from '../evidence/normalization/characters.ts';
import type { BlobStore, Digest } from '../ports.ts';
import { handleCommand, type CommandResult, type Request, type CommandContext } from './handle-command.ts';
import { articleKey, damaged } from './stored-article.ts';

export interface ArchiveContext extends CommandContext {
  readonly articles: BlobStore;
  readonly sha256: Digest;
}

export interface ArchivedArticle extends CommandResult {
  /** The sent fields that differ from those archived earlier with the same text. They were not recorded. */
  readonly differs?: readonly FieldDifference[];
}

/**
 * Archives an article under the digest of its text. The same text of another publisher is an appearance of the article.
 * @throws Refusal, for example if the article was withdrawn
 */
export async function archiveArticle(
  context: ArchiveContext,
  { text, ...fields }: z.output<typeof articleInput>,
  request: Request,
): Promise<ArchivedArticle> {
  const bytes = new TextEncoder().encode(text);
  const sha256 = context.sha256(bytes);
  const id = articleIdOf(sha256);
  const stored = await context.articles.create(articleKey(id), bytes);
  if (stored === 'different') throw damaged(id, 'other bytes are stored under its digest');
  // A crash here leaves bytes that no event names. They do no harm: archiving the article again stores the same bytes.
  let before: ArticleState = article.initial;
  const recorded = await handleCommand(
    context,
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
