// Routes of articles: archive one, read it with its passages, its source text and its dependents.
import { z } from '@hono/zod-openapi';
import { articleInput } from '../../../events/article-events.ts';
import { articleId } from '../../../events/shared-pieces.ts';
import { archiveArticle } from '../../../domain/recording/archive-article.ts';
import { article, type FieldDifference } from '../../../domain/recording/article.ts';
import { readArticle } from '../../../domain/recording/stored-article.ts';
import { foldEvents } from '../../../domain/recording/aggregate.ts';
import { Refusal } from '../../../domain/errors.ts';
import { namesIn } from '../../../domain/queries/actors/actor-names.ts';
import {
  articleViews,
  codedParts,
  listDependents,
  listPassages,
} from '../../../domain/queries/articles/article-dependents.ts';
import { listChangedDependents, shownWithChanges } from '../../../domain/queries/changes/archive-diff.ts';
import type { Reading } from '../../../domain/projections/rows/reading.ts';
import { historyAsOf } from '../../../domain/recording/stream-history.ts';
import { historyOf } from '../../../domain/recording/handle-command.ts';
import { clipText } from '../../../domain/projections/state/clip.ts';
import { uncodedSentencesOf } from '../../../domain/queries/articles/uncoded-sentences.ts';
import { absent, NOW, type AskedPoint } from '../support/absent.ts';
import { articleSchema, summariesSchema } from '../schemas/resource-schemas.ts';
import type { ApiContext } from '../api-context.ts';
import { recordedSchema } from './command-routes.ts';
import { changedSinceQuery } from '../support/as-of.ts';
import { answerPage, openChanges, openPage, pageQuery } from '../support/pagination.ts';
import { route, type App } from '../support/define-route.ts';
import { respondToWrite, requestOf } from '../support/write-response.ts';

const params = z.object({ id: articleId });

const archivedSchema = recordedSchema.extend({
  differs: z
    .array(z.object({ field: z.string(), archived: z.string().optional(), sent: z.string() }))
    .optional()
    .describe(
      'If the text is archived already: the fields whose sent values differ from the archived ones. They were not recorded',
    ),
  advice: z.string().optional().describe('With differs: what to do if the sent values are right'),
});

const adviceFor = (id: string, differs: readonly FieldDifference[]): string =>
  `This text is archived with other values of ${differs.map(({ field }) => field).join(', ')}. If the sent values are right, correct the article with POST /articles/${id}/corrections; if the text appeared twice, add the other appearance with POST /articles/${id}/appearances.`;

export function articleRoutes(app: App, archive: ApiContext): void {
  route(
    app,
    {
      method: 'post',
      path: '/articles',
      tag: 'articles',
      summary:
        'Archives an article. The same text again is the same article; from another publisher it is an appearance of it',
      body: articleInput,
      answers: {
        201: { description: 'Archived', schema: archivedSchema },
        200: { description: 'This text was archived already', schema: archivedSchema },
      },
    },
    async (c, { body, sent }) => {
      const recorded = await archiveArticle(archive, body, requestOf(c, archive, sent));
      const isNew = recorded.events.length > 0 && recorded.revision === 1;
      const { stream, differs } = recorded;
      const more = differs ? { differs, advice: adviceFor(stream, differs) } : {};
      return respondToWrite(c, archive, 'article', stream, recorded, isNew ? 201 : 200, more);
    },
  );

  route(
    app,
    {
      method: 'get',
      path: '/articles/{id}',
      tag: 'articles',
      summary: 'An article, the passages that records cite as evidence, and its sentences without a record',
      params,
      query: z.object(pageQuery),
      answers: { 200: { description: 'The article, and a page of its passages', schema: articleSchema } },
    },
    async (c, { params: { id }, query }) => {
      const { reading, request } = await openPage(archive, articleViews, query);
      const past = { asOf: query.asOf, at: query.asOf === undefined ? undefined : reading.at };
      const { status: _, fields, ...state } = await archived(archive, id, past);
      const { items: passages, next } = await listPassages(reading, id, request);
      const now = await archived(archive, id);
      const sentences = now.withdrawn ? undefined : await uncodedOf(archive, reading, id);
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
      summary: 'The exact bytes of the text',
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
      // Revalidated on each use: a text never changes, but may be withdrawn.
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
      summary: 'Records with evidence in this article; with sole=true, only in this article',
      params,
      query: z.object({
        sole: z.enum(['true', 'false']).optional(),
        changedSince: changedSinceQuery,
        ...pageQuery,
      }),
      answers: { 200: { description: 'Meetings, statements and opinions', schema: summariesSchema } },
    },
    async (c, { params: { id }, query }) => {
      const asked = ['changedSince', query.changedSince] as const;
      const { reading, request, since } = await openChanges(archive, articleViews, query, asked);
      const past = { asOf: query.asOf, at: query.asOf === undefined ? undefined : reading.at };
      await archived(archive, id, past);
      const of = { articleId: id, sole: query.sole === 'true' };
      const page =
        query.changedSince === undefined
          ? await listDependents(reading, of, request)
          : shownWithChanges(await listChangedDependents(reading, since, of, request));
      return answerPage(c, reading, { ...page, actors: await namesIn(reading, page.items) });
    },
  );
}

const MAX_SENTENCES = 200;
const MAX_CHARACTERS = 1_000;

/** Returns the first sentences that no record cites, and the number of all such sentences. */
async function uncodedOf(archive: ApiContext, reading: Reading, id: string) {
  const { text } = await archive.source(id);
  const sentences = uncodedSentencesOf(text, await codedParts(reading, id));
  const first = sentences.slice(0, MAX_SENTENCES);
  return {
    uncoded: first.map((sentence) => ({ ...sentence, text: clipText(sentence.text, MAX_CHARACTERS) })),
    uncodedCount: sentences.length,
  };
}

/**
 * Returns the state of an article now, or as of a position.
 *
 * @throws Refusal if the archive does not have it
 */
async function archived(archive: ApiContext, id: string, point: AskedPoint = NOW) {
  const { at } = point;
  const history =
    at === undefined ? await historyOf(archive.store)(id) : (await historyAsOf(archive, id, at)).events;
  const state = foldEvents(article, history);
  if (state.status === 'none') throw await absent(archive, `article ${id}`, point);
  return { ...state, revision: history.at(-1)?.revision };
}
