// What rests on an article: its passages, where its text is coded, and its dependents.
import { actors } from '../views/actors.ts';
import { article, type DependentRow, type PassageRow } from '../views/article.ts';
import type { Summary } from '../views/summary.ts';
import { timeline } from '../views/timeline.ts';
import { weighSummary, summariesOf } from './things.ts';
import { readPage, type Page, type PageRequest } from './pages.ts';
import { readSources, type Reading, type Row } from './reading.ts';

/** What these read. */
export const articleViews = [article, timeline, actors] as const;

/** A passage of an article, and what rests on it. */
export interface Passage extends PassageRow {
  readonly thing: Pick<Summary, 'kind' | 'status'> & Partial<Pick<Summary, 'retracted'>>;
}

const passages = (articleId: string) => [{ view: article, partition: `passages/${articleId}` }];

/** A page of the passages of an article that something rests on, in the order of the text. */
export const listPassages = (
  reading: Reading,
  articleId: string,
  request: PageRequest,
): Promise<Page<Passage>> =>
  readPage<PassageRow, Passage>(reading, passages(articleId), request, (rows) => withThings(reading, rows));

async function withThings(
  reading: Reading,
  rows: readonly Row<PassageRow>[],
): Promise<(Passage | undefined)[]> {
  const summaries = await summariesOf(
    reading,
    rows.map(({ body }) => body.id),
  );
  return rows.map(({ body }, index) => {
    const summary = summaries[index];
    if (!summary) return undefined;
    const { kind, status, retracted } = summary;
    return { ...body, thing: { kind, status, ...(retracted ? { retracted } : {}) } };
  });
}

const GROUP = 500;

/** Where the text of an article is coded: every passage that something rests on which is not retracted. */
export async function codedParts(
  reading: Reading,
  articleId: string,
): Promise<{ start: number; end: number }[]> {
  const parts: { start: number; end: number }[] = [];
  let group: Row<PassageRow>[] = [];
  const add = async (): Promise<void> => {
    for (const passage of await withThings(reading, group))
      if (passage?.in === 'text' && !passage.thing.retracted)
        parts.push({ start: passage.start, end: passage.end });
    group = [];
  };
  for await (const row of readSources<PassageRow>(reading, passages(articleId)))
    if (group.push(row) === GROUP) await add();
  await add();
  return parts;
}

/** At 32 KB each, with the names of their actors. */
const MOST_DEPENDENTS = 50;

/** What rests on this article, by id; with `sole`, on this article alone. A disputing passage is no support. */
export async function listDependents(
  reading: Reading,
  { articleId, sole }: { readonly articleId: string; readonly sole: boolean },
  request: PageRequest,
): Promise<Page<Summary>> {
  const resolve = async (rows: readonly Row<DependentRow>[]) => {
    const wanted = rows.map(({ body }) => (!sole || body.sole ? body.id : undefined));
    const ids = wanted.filter((id) => id !== undefined);
    const found = await summariesOf(reading, ids);
    const summaries = new Map(ids.map((id, index) => [id, found[index]]));
    return wanted.map((id) => (id === undefined ? undefined : summaries.get(id)));
  };
  const limit = Math.min(request.limit, MOST_DEPENDENTS);
  return readPage<DependentRow, Summary>(
    reading,
    [{ view: article, partition: `dependents/${articleId}` }],
    { ...request, limit },
    resolve,
    weighSummary,
  );
}
