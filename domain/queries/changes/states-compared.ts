// Compares the states of records, actors and articles as of two positions of the log.
import { ARTICLE_HEADS } from '../../projections/rows/row-keys.ts';
import type { ArticleHead as HeadRow } from '../../projections/views/article-view.ts';
import { readDirectory, readRow, type Reading } from '../../projections/rows/reading.ts';
import { recordsAsOf } from '../../projections/rows/thing-by-id.ts';
import type { Actor } from '../../projections/rows/actor-directory.ts';
import type { ArticleHead } from '../../projections/views/article-view.ts';
import type { RecordKind } from '../../projections/state/summary-shape.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';
import { slicesOf } from '../../concurrency.ts';
import { actorChanges, articleChanges, recordChanges, type Change } from './comparison.ts';

/** The changes of one resource. `before` is absent if the resource did not exist then. */
export interface Difference<S = Summary | Actor | ArticleHead> {
  readonly id: string;
  readonly kind: RecordKind | 'actor' | 'article';
  /** Position of its latest event. */
  readonly position: number;
  readonly changes: readonly Change[];
  readonly before?: S;
  readonly after: S;
}

export async function compareRecords(
  then: Reading,
  now: Reading,
  ids: readonly string[],
): Promise<Difference<Summary>[]> {
  const [before, after] = await Promise.all([recordsAsOf(then, ids), recordsAsOf(now, ids)]);
  return ids.flatMap((id, index) => {
    const [was, is] = [before[index], after[index]];
    if (!is) return [];
    const { kind, position } = is.summary;
    const states = { ...(was ? { before: was.summary } : {}), after: is.summary };
    return [{ id, kind, position, changes: recordChanges(was, is), ...states }];
  });
}

export async function compareActors(
  then: Reading,
  now: Reading,
  ids: readonly string[],
): Promise<Difference<Actor>[]> {
  const states = async (reading: Reading) => ids.map((await readDirectory(reading)).actor);
  return compared(ids, 'actor', await Promise.all([states(then), states(now)]), actorChanges);
}

export async function compareArticles(
  then: Reading,
  now: Reading,
  ids: readonly string[],
): Promise<Difference<ArticleHead>[]> {
  return compared(ids, 'article', await Promise.all([headsOf(then, ids), headsOf(now, ids)]), articleChanges);
}

/** Reads the heads of these articles, in the order of the ids. */
export async function headsOf(
  reading: Reading,
  ids: readonly string[],
): Promise<(ArticleHead | undefined)[]> {
  const heads: (ArticleHead | undefined)[] = [];
  const headOf = async (id: string) => {
    const row = await readRow<HeadRow>(reading, ARTICLE_HEADS, id);
    return row && { ...row.body, position: row.position };
  };
  for (const [, wave] of slicesOf(ids)) heads.push(...(await Promise.all(wave.map(headOf))));
  return heads;
}

const compared = <S extends { readonly position: number }>(
  ids: readonly string[],
  kind: Difference['kind'],
  [before, after]: [readonly (S | undefined)[], readonly (S | undefined)[]],
  changesOf: (before: S | undefined, after: S) => Change[],
): Difference<S>[] =>
  ids.flatMap((id, index) => {
    const [was, is] = [before[index], after[index]];
    if (!is) return [];
    const changes = changesOf(was, is);
    return [{ id, kind, position: is.position, changes, ...(was ? { before: was } : {}), after: is }];
  });
