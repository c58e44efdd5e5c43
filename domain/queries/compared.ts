// What became of things, actors and articles between two positions of the log: their states then and now.
import { actorKey, actors, type ActorRow } from '../views/actors.ts';
import { article, type ArticleHead } from '../views/article.ts';
import type { SummaryKind } from '../views/facts.ts';
import type { Grounds } from '../views/grounds.ts';
import type { Summary } from '../views/summary.ts';
import { timeline } from '../views/timeline.ts';
import { actorChanges, articleChanges, thingChanges, type Change, type ThingAsOf } from './comparison.ts';
import { readRows, type Reading } from './reading.ts';
import { summariesOf } from './things.ts';

/** What became of one thing: `before` is absent where it was not there yet. */
export interface Difference<S = Summary | ActorRow | ArticleHead> {
  readonly id: string;
  readonly kind: SummaryKind | 'actor' | 'article';
  /** Of its latest event in the log. */
  readonly position: number;
  readonly changes: readonly Change[];
  readonly before?: S;
  readonly after: S;
}

export async function thingsCompared(
  then: Reading,
  now: Reading,
  ids: readonly string[],
): Promise<Difference<Summary>[]> {
  const [before, after] = await Promise.all([thingsAsOf(then, ids), thingsAsOf(now, ids)]);
  return ids.flatMap((id, index) => {
    const [was, is] = [before[index], after[index]];
    if (!is) return [];
    const { kind, position } = is.summary;
    const states = { ...(was ? { before: was.summary } : {}), after: is.summary };
    return [{ id, kind, position, changes: thingChanges(was, is), ...states }];
  });
}

async function thingsAsOf(reading: Reading, ids: readonly string[]): Promise<(ThingAsOf | undefined)[]> {
  const [summaries, grounds] = await Promise.all([
    summariesOf(reading, ids),
    readRows<Grounds>(
      reading,
      timeline,
      ids.map((id) => ({ partition: `thing/${id}`, sort: 'grounds' })),
    ),
  ]);
  return summaries.map((summary, index) => {
    const rests = grounds[index];
    return summary && rests && { summary, grounds: rests };
  });
}

export async function actorsCompared(
  then: Reading,
  now: Reading,
  ids: readonly string[],
): Promise<Difference<ActorRow>[]> {
  const rows = (reading: Reading) => readRows<ActorRow>(reading, actors, ids.map(actorKey));
  return compared(ids, 'actor', await Promise.all([rows(then), rows(now)]), actorChanges);
}

export async function articlesCompared(
  then: Reading,
  now: Reading,
  ids: readonly string[],
): Promise<Difference<ArticleHead>[]> {
  const keys = ids.map((sort) => ({ partition: 'head', sort }));
  const rows = (reading: Reading) => readRows<ArticleHead>(reading, article, keys);
  return compared(ids, 'article', await Promise.all([rows(then), rows(now)]), articleChanges);
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
