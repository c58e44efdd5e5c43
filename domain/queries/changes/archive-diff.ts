// Differences between two positions of the log: each changed resource once, with its state before and after. The same for
// one list, with the records that entered or left it.
import { actors } from '../../projections/views/actors-view.ts';
import { article } from '../../projections/views/article-view.ts';
import { readDirectory, readingAt, type Reading } from '../../projections/rows/reading.ts';
import { timeline } from '../../projections/views/timeline-view.ts';
import type { Actor } from '../../projections/rows/actor-directory.ts';
import type { ArticleHead } from '../../projections/views/article-view.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';
import { dependentIds, type DependentFilter } from '../articles/article-dependents.ts';
import {
  changedRecords,
  changesOf,
  changesSince,
  isLatest,
  MAX_CHANGES,
  type ChangedResource,
} from './changed-streams.ts';
import { compareActors, compareArticles, compareRecords, type Difference } from './states-compared.ts';
import { matching, type TimelineFilter } from '../timeline/timeline-filter.ts';
import { pageOf, type Page, type PageRequest } from '../paging.ts';
import { jsonSize } from '../../projections/state/json-size.ts';
import { weighSummary } from '../timeline/summaries.ts';

/** A record as lists show it, with its changes. */
export type ChangedSummary = Summary & Pick<Difference, 'changes'>;

export const shownWithChanges = ({ items, ...page }: Page<Difference<Summary>>): Page<ChangedSummary> => ({
  ...page,
  items: items.map(({ after, changes }) => ({ ...after, changes })),
});

/** The read models that differences need, besides the log. */
export const diffViews = [timeline, actors, article] as const;

/** Lists the records, actors and articles that changed after position `since`, by their latest event. */
export async function listDifferences(
  reading: Reading,
  since: number,
  request: PageRequest,
): Promise<Page<Difference>> {
  const then = readingAt(reading, since);
  const changed = (await readDirectory(reading)).changedAfter(since);
  const changedActors = new Map(changed.map(({ position, id }) => [position, id]));
  // Events of the stream of merges change actors too, so the directory says which actor an event changed.
  const changedBy = async (stream: string, position: number) => {
    if (stream.startsWith('actor-')) return changedActors.get(position);
    return (await isLatest(reading, stream, position)) ? stream : undefined;
  };
  const resolve = async (rows: readonly ChangedResource[]) => {
    const ids = rows.flatMap(({ id }) => id ?? []);
    const found = new Map<string | undefined, Difference>();
    for (const each of await compareRecords(then, reading, ids.filter(isThingId))) found.set(each.id, each);
    for (const each of await compareActors(then, reading, ids.filter(isOf('actor'))))
      found.set(each.id, each);
    for (const each of await compareArticles(then, reading, ids.filter(isOf('article'))))
      found.set(each.id, each);
    return rows.map(({ id }) => changedOnly(found.get(id)));
  };
  const rows = changesSince(reading, changedBy, since, request);
  return pageOf(rows, { rows: MAX_CHANGES, ...request }, resolve, weighDifference);
}

/** Lists the changes after position `since` of records that pass the filter now, or passed it then. */
export async function listChangedRecords(
  reading: Reading,
  since: number,
  filter: TimelineFilter,
  request: PageRequest,
): Promise<Page<Difference<Summary>>> {
  const then = readingAt(reading, since);
  const [passedThen, passesNow] = [await matching(then, filter), await matching(reading, filter)];
  const rows = changedRecords(
    { reading, matching: passesNow },
    { reading: then, matching: passedThen },
    since,
    request,
  );
  const resolve = comparing(then, reading, (each, { position }) =>
    // A record with an event after `since` is listed at that event.
    position === undefined && each.position > since
      ? undefined
      : listed(
          each,
          each.before !== undefined && passedThen.passes(each.before),
          passesNow.passes(each.after),
        ),
  );
  return pageOf(rows, { rows: MAX_CHANGES, ...request }, resolve, weighDifference);
}

/** Lists the changes after position `since` of records that depend on an article now, or did then. */
export async function listChangedDependents(
  reading: Reading,
  since: number,
  filter: DependentFilter,
  request: PageRequest,
): Promise<Page<Difference<Summary>>> {
  const then = readingAt(reading, since);
  const [dependedThen, dependNow] = [await dependentIds(then, filter), await dependentIds(reading, filter)];
  const rows = changesOf(reading, [...new Set([...dependedThen, ...dependNow])], since, request);
  return pageOf(
    rows,
    { rows: MAX_CHANGES, ...request },
    comparing(then, reading, (each) => listed(each, dependedThen.has(each.id), dependNow.has(each.id))),
    weighDifference,
  );
}

/** Returns a function that compares the records of rows, and keeps what `list` returns for each. */
const comparing =
  (
    then: Reading,
    now: Reading,
    list: (each: Difference<Summary>, row: ChangedResource) => Difference<Summary> | undefined,
  ) =>
  async (rows: readonly ChangedResource[]): Promise<(Difference<Summary> | undefined)[]> => {
    const ids = rows.flatMap(({ id }) => id ?? []);
    const compared = await compareRecords(then, now, ids);
    const found = new Map<string | undefined, Difference<Summary>>(compared.map((each) => [each.id, each]));
    return rows.map((row) => {
      const each = found.get(row.id);
      return each && list(each, row);
    });
  };

const isThingId = (id: string): boolean => !id.startsWith('actor-') && !id.startsWith('article-');
const isOf = (kind: string) => (id: string) => id.startsWith(`${kind}-`);

/** Adds `entered` or `left` if a record that existed before moved into the list or out of it. */
function listed(each: Difference<Summary>, before: boolean, now: boolean): Difference<Summary> | undefined {
  if (!before && !now) return undefined;
  if (each.before === undefined || before === now) return changedOnly(each);
  return { ...each, changes: [...each.changes, now ? 'entered' : 'left'] };
}

/** Returns undefined if all changes were reverted. */
const changedOnly = <D extends Difference>(each: D | undefined): D | undefined =>
  each && each.changes.length > 0 ? each : undefined;

const weighDifference = ({ before, after, ...others }: Difference): number =>
  jsonSize(others, 0) + sizeOf(after) + (before ? sizeOf(before) : 0);
const sizeOf = (state: Summary | Actor | ArticleHead): number =>
  'fields' in state ? weighSummary(state) : jsonSize(state, 0);
