// The passages of an article that records name, the coded parts of its text, and the records that depend on it.
import { actors } from '../../projections/views/actors-view.ts';
import {
  article,
  type Passage as ArticlePassage,
  type PassageRow,
} from '../../projections/views/article-view.ts';
import { type DateListKey, passagesOf } from '../../projections/rows/row-keys.ts';
import { readMerged, type Reading, type ReadRow } from '../../projections/rows/reading.ts';
import { timeline } from '../../projections/views/timeline-view.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';
import { slicesOf } from '../../concurrency.ts';
import { pageOf, readPage, type Page, type PageRequest } from '../paging.ts';
import { summariesAt, weighSummary } from '../timeline/summaries.ts';

/** The read models that these queries need. */
export const articleViews = [article, timeline, actors] as const;

/** A passage of an article, and the record that names it. */
export interface Passage extends ArticlePassage {
  readonly thing: Pick<Summary, 'kind' | 'status'> & Partial<Pick<Summary, 'retracted'>>;
}

/** Lists the passages of an article that records name, in the order of the text. */
export const listPassages = (
  reading: Reading,
  articleId: string,
  request: PageRequest,
): Promise<Page<Passage>> =>
  readPage(reading, passageParts(articleId), request, (rows: readonly ReadRow<PassageRow>[]) =>
    withThings(reading, rows),
  );

const passageParts = (articleId: string) => [{ partition: passagesOf(articleId) }];

async function withThings(
  reading: Reading,
  rows: readonly ReadRow<PassageRow>[],
): Promise<(Passage | undefined)[]> {
  const summaries = await summariesAt(
    reading,
    rows.map(({ body }) => body.listed),
  );
  return rows.map(({ body: { listed: _, ...passage } }, index) => {
    const summary = summaries[index];
    if (!summary) return undefined;
    const { kind, status, retracted } = summary;
    return { ...passage, thing: { kind, status, ...(retracted ? { retracted } : {}) } };
  });
}

/** Returns the parts of the text that records name which are not retracted. Offsets are code points. */
export async function codedParts(
  reading: Reading,
  articleId: string,
): Promise<{ start: number; end: number }[]> {
  const parts: { start: number; end: number }[] = [];
  const rows = await Array.fromAsync(readMerged<PassageRow>(reading, passageParts(articleId)));
  for (const [, wave] of slicesOf(rows))
    for (const passage of await withThings(reading, wave))
      if (passage?.in === 'text' && !passage.thing.retracted)
        parts.push({ start: passage.start, end: passage.end });
  return parts;
}

export interface DependentFilter {
  readonly articleId: string;
  /** True if only records that no other article supports are listed. */
  readonly sole: boolean;
}

/** Records of at most 32 KB each, with the names of their actors. */
const MAX_DEPENDENTS = 50;

/** Lists the records that this article supports, by id; with `sole`, only those that no other article supports. */
export async function listDependents(
  reading: Reading,
  { articleId, sole }: DependentFilter,
  request: PageRequest,
): Promise<Page<Summary>> {
  const { after, descending = false } = request;
  const sign = descending ? -1 : 1;
  const isLeft = (id: string) => after === undefined || (descending ? id < after : id > after);
  const resting = [...(await restingOn(reading, articleId))]
    .filter(([id]) => isLeft(id))
    .toSorted(([a], [b]) => (a < b ? -sign : sign));
  const resolve = async (rows: readonly { readonly body: DateListKey }[]) => {
    const summaries = await summariesAt(
      reading,
      rows.map(({ body }) => body),
    );
    return summaries.map((summary) =>
      summary && (!sole || restsAlone(summary, articleId)) ? summary : undefined,
    );
  };
  const limit = Math.min(request.limit, MAX_DEPENDENTS);
  return pageOf(rowsOf(resting), { ...request, limit }, resolve, weighSummary);
}

/** Returns the ids of all records that `listDependents` lists. */
export async function dependentIds(
  reading: Reading,
  { articleId, sole }: DependentFilter,
): Promise<ReadonlySet<string>> {
  const resting = await restingOn(reading, articleId);
  if (!sole) return new Set(resting.keys());
  const summaries = await summariesAt(reading, [...resting.values()]);
  return new Set(
    summaries.flatMap((summary) => (summary && restsAlone(summary, articleId) ? summary.id : [])),
  );
}

async function restingOn(reading: Reading, articleId: string): Promise<ReadonlyMap<string, DateListKey>> {
  const resting = new Map<string, DateListKey>();
  for await (const { body } of readMerged<PassageRow>(reading, passageParts(articleId)))
    if (body.stance === 'supports') resting.set(body.id, body.listed);
  return resting;
}

function restsAlone({ supportedBy: [first, second] }: Summary, articleId: string): boolean {
  return first === articleId && second === undefined;
}

async function* rowsOf(listed: readonly (readonly [id: string, DateListKey])[]) {
  for (const [sort, body] of listed) yield { sort, body };
}
