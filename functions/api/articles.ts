// Articles: archived, read with every passage that something rests on, and their exact bytes.
import { z } from '@hono/zod-openapi';
import { articleGiven } from '../../events/article.ts';
import { articleId } from '../../events/pieces.ts';
import { archiveArticle } from '../../domain/archive.ts';
import { article } from '../../domain/article.ts';
import { fold } from '../../domain/aggregate.ts';
import { Refusal } from '../../domain/errors.ts';
import { namesIn } from '../../domain/queries/actors.ts';
import { dependentsOf, passagesOf } from '../../domain/queries/dossiers.ts';
import { positionOfView } from '../../domain/queries/rows.ts';
import { historyOf } from '../../domain/record.ts';
import { articleKey } from '../../domain/resolve.ts';
import { article as articleView } from '../../domain/views/article.ts';
import { uncoded } from '../../domain/views/uncoded.ts';
import type { ApiArchive } from './archive.ts';
import { recordedSchema } from './commands.ts';
import { route, type App } from './route.ts';
import { answerWrite, requestOf } from './write.ts';

const params = z.object({ id: articleId });

export function articleRoutes(app: App, archive: ApiArchive): void {
  route(
    app,
    {
      method: 'post',
      path: '/articles',
      tag: 'articles',
      summary:
        'Archives an article; the same text again is the same article, from another publisher an appearance of it',
      body: articleGiven,
      answers: {
        201: { description: 'Archived', schema: recordedSchema },
        200: { description: 'This text was archived already', schema: recordedSchema },
      },
    },
    async (c, { body, sent }) => {
      const recorded = await archiveArticle(archive, body, requestOf(c, archive, sent));
      const isNew = recorded.events.length > 0 && recorded.revision === 1;
      return answerWrite(c, archive, 'article', recorded.stream, recorded, isNew ? 201 : 200);
    },
  );

  route(
    app,
    {
      method: 'get',
      path: '/articles/{id}',
      tag: 'articles',
      summary:
        'What the archive knows of an article: every passage that something rests on, and what is uncoded',
      params,
      answers: { 200: { description: 'The article' } },
    },
    async (c, { params: { id } }) => {
      const { status: _, fields, ...state } = await archived(archive, id);
      const position = await positionOfView(archive.views, articleView);
      const passages = await passagesOf(archive.views, id);
      const coded = passages.filter((passage) => passage.in === 'text' && !passage.thing.retracted);
      const source = state.withdrawn ? undefined : await archive.source(id);
      return c.json({
        id,
        ...fields,
        ...state,
        passages,
        ...(source ? { uncoded: uncoded(source.text, fields.language, coded) } : {}),
        position: position ?? null,
      });
    },
  );

  route(
    app,
    {
      method: 'get',
      path: '/articles/{id}/source',
      tag: 'articles',
      summary: 'The exact bytes that came in',
      params,
      answers: {
        200: { description: 'The text, as it was archived', schema: z.string(), type: 'text/plain' },
      },
    },
    async (c, { params: { id } }) => {
      const { withdrawn, text } = await archived(archive, id);
      if (withdrawn)
        throw new Refusal('article-withdrawn', `this article was withdrawn: ${withdrawn.reason}`, {
          withdrawn,
        });
      const blob = await archive.articles.get(articleKey(id));
      if (!blob) throw new Error(`the text of ${id} is missing from the archive's files`);
      c.header('ETag', `"${text.sha256}"`);
      // A text never changes, but it may be withdrawn.
      c.header('Cache-Control', 'no-cache');
      c.header('Content-Type', 'text/plain; charset=utf-8');
      return c.body(Uint8Array.from(blob.bytes));
    },
  );

  route(
    app,
    {
      method: 'get',
      path: '/articles/{id}/dependents',
      tag: 'articles',
      summary: 'What rests on this article; with sole=true, on this article alone',
      params,
      query: z.object({ sole: z.enum(['true', 'false']).optional() }),
      answers: { 200: { description: 'Meetings, statements and opinions' } },
    },
    async (c, { params: { id }, query }) => {
      await archived(archive, id);
      const position = await positionOfView(archive.views, articleView);
      const items = await dependentsOf(archive.views, id, query.sole === 'true');
      return c.json({ items, actors: await namesIn(archive.views, items), position: position ?? null });
    },
  );
}

async function archived({ store }: ApiArchive, id: string) {
  const history = await historyOf(store)(id);
  const state = fold(article, history);
  if (state.status === 'none') throw new Refusal('not-found', `no such article: ${id}`);
  return { ...state, revision: history.at(-1)?.revision };
}
