// Articles: archived, read with every passage that something rests on, and their exact bytes.
import { z } from '@hono/zod-openapi';
import { articleGiven } from '../../events/article.ts';
import { articleId } from '../../events/pieces.ts';
import { archiveArticle } from '../../domain/archive.ts';
import { article } from '../../domain/article.ts';
import { readArticle } from '../../domain/article-bytes.ts';
import { fold } from '../../domain/aggregate.ts';
import { Refusal } from '../../domain/errors.ts';
import { namesIn } from '../../domain/queries/actors.ts';
import { articleViews, codedParts, listDependents, listPassages } from '../../domain/queries/articles.ts';
import { listChangedDependents, shownWithChanges } from '../../domain/queries/diff.ts';
import type { Reading } from '../../domain/queries/reading.ts';
import { historyAsOf } from '../../domain/history.ts';
import { historyOf } from '../../domain/record.ts';
import { clipText } from '../../domain/views/clip.ts';
import { uncoded } from '../../domain/views/uncoded.ts';
import { articleSchema, summariesSchema } from './answers.ts';
import type { ApiArchive } from './archive.ts';
import { recordedSchema } from './commands.ts';
import { changedSinceQuery } from './as-of.ts';
import { answerPage, openPage, pageQuery, positionSince } from './page.ts';
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
        'What the archive knows of an article: the passages that something rests on, and what is uncoded',
      params,
      query: z.object(pageQuery),
      answers: { 200: { description: 'The article, and a page of its passages', schema: articleSchema } },
    },
    async (c, { params: { id }, query }) => {
      const { reading, request } = await openPage(archive, articleViews, query);
      const past = query.asOf === undefined ? undefined : reading.at;
      const { status: _, fields, ...state } = await archived(archive, id, past);
      const { items: passages, next } = await listPassages(reading, id, request);
      const now = await archived(archive, id);
      const sentences = now.withdrawn ? undefined : await uncodedOf(archive, reading, id, fields.language);
      const shown = { id, ...fields, ...state, passages, ...sentences };
      return answerPage(c, reading, { ...shown, ...(next === undefined ? {} : { next }) });
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
      const bytes = await readArticle(archive, id);
      c.header('ETag', `"${text.sha256}"`);
      // A text never changes, but it may be withdrawn.
      c.header('Cache-Control', 'no-cache');
      c.header('Content-Type', 'text/plain; charset=utf-8');
      return c.body(Uint8Array.from(bytes));
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
      query: z.object({
        sole: z.enum(['true', 'false']).optional(),
        changedSince: changedSinceQuery,
        ...pageQuery,
      }),
      answers: { 200: { description: 'Meetings, statements and opinions', schema: summariesSchema } },
    },
    async (c, { params: { id }, query }) => {
      const { reading, request } = await openPage(archive, articleViews, query);
      await archived(archive, id, query.asOf === undefined ? undefined : reading.at);
      const of = { articleId: id, sole: query.sole === 'true' };
      const since = await positionSince(
        archive,
        reading,
        ['changedSince', query.changedSince],
        ['asOf', query.asOf],
      );
      const page =
        query.changedSince === undefined
          ? await listDependents(reading, of, request)
          : shownWithChanges(await listChangedDependents(reading, since, of, request));
      return answerPage(c, reading, { ...page, actors: await namesIn(reading, page.items) });
    },
  );
}

const MOST_SENTENCES = 200;
const MOST_CHARACTERS = 1_000;

/** The first sentences that nothing rests on, and how many there are. */
async function uncodedOf(archive: ApiArchive, reading: Reading, id: string, language: string) {
  const { text } = await archive.source(id);
  const sentences = uncoded(text, language, await codedParts(reading, id));
  const first = sentences.slice(0, MOST_SENTENCES);
  return {
    uncoded: first.map((sentence) => ({ ...sentence, text: clipText(sentence.text, MOST_CHARACTERS) })),
    uncodedCount: sentences.length,
  };
}

/** As of a position, or as it is now. */
async function archived(archive: ApiArchive, id: string, at?: number) {
  const history = at === undefined ? await historyOf(archive.store)(id) : await historyAsOf(archive, id, at);
  const state = fold(article, history);
  if (state.status === 'none')
    throw new Refusal(
      'not-found',
      `no such article${at === undefined ? '' : ` as of position ${at}`}: ${id}`,
    );
  return { ...state, revision: history.at(-1)?.revision };
}
