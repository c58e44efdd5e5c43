// What rests on an article: its passages, and the things whose evidence or original words they are.
import type { Passage } from '../queries/articles.ts';
import { pageOf, type Page, type PageRequest } from '../queries/pages.ts';
import { weighSummary } from '../queries/things.ts';
import type { Summary as PositionedSummary } from '../views/summary.ts';
import { passagesOf, type PassageRow } from './article.ts';
import { beyond, readParts, type Reading } from './reading.ts';
import { summaryAt } from '../queries/things.ts';
import type { Listed } from './thing.ts';

/** A page of the passages that something rests on, in the order of the text. */
export function listPassages(
  reading: Reading,
  article: string,
  request: PageRequest,
): Promise<Page<Passage>> {
  const withThings = (rows: readonly { readonly body: PassageRow }[]) =>
    Promise.all(
      rows.map(async ({ body: { listed, ...passage } }): Promise<Passage | undefined> => {
        const summary = await summaryAt(reading, listed);
        if (!summary) return undefined;
        const { kind, status, retracted } = summary;
        return { ...passage, thing: { kind, status, ...(retracted ? { retracted } : {}) } };
      }),
    );
  return pageOf(passageRows(reading, article, request.after), request, withThings);
}

async function* passageRows(reading: Reading, article: string, after?: string) {
  const all = { partition: passagesOf(article) };
  const part = after === undefined ? all : beyond(all, after, false);
  for await (const { sort, position, body } of readParts<PassageRow>(reading, [part]))
    yield { sort, from: position, body };
}

/** At 32 KB each, with the names of their actors. */
const MAX_DEPENDENTS = 50;

/** A page of what rests on an article, by id; with `sole`, on this article alone. A disputing passage is no support. */
export async function listDependents(
  reading: Reading,
  { article, sole }: { readonly article: string; readonly sole: boolean },
  request: PageRequest,
): Promise<Page<PositionedSummary>> {
  const resting = new Map<string, Listed>();
  for await (const { body } of passageRows(reading, article))
    if (body.stance === 'supports') resting.set(body.id, body.listed);
  const { after = '' } = request;
  const ids = [...resting].filter(([id]) => id > after).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const summaries = (rows: readonly { readonly body: Listed }[]) =>
    Promise.all(
      rows.map(async ({ body }) => {
        const summary = await summaryAt(reading, body);
        const [only, another] = summary?.supportedBy ?? [];
        return sole && (only !== article || another !== undefined) ? undefined : summary;
      }),
    );
  const limit = Math.min(request.limit, MAX_DEPENDENTS);
  return pageOf(rowsOf(ids), { ...request, limit }, summaries, weighSummary);
}

async function* rowsOf(listed: readonly (readonly [id: string, Listed])[]) {
  for (const [sort, body] of listed) yield { sort, from: 0, body };
}
