// What changed between two positions of the log, each thing once, with its state before and after; and what of a list
// did, saying how.
import { actors } from '../../projections/views/actors-view.ts';
import { article } from '../../projections/views/article-view.ts';
import { directory, readingAt, type Reading } from '../../projections/rows/reading.ts';
import { timeline } from '../../projections/views/timeline-view.ts';
import type { Actor } from '../../projections/rows/actor-directory.ts';
import type { ArticleHead } from '../../projections/views/article-view.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';
import { dependentIds, type DependentFilter } from '../articles/article-dependents.ts';
import {
  changedThings,
  changesOf,
  changesSince,
  isLatest,
  MAX_CHANGES,
  type Change,
} from './changed-streams.ts';
import { actorsCompared, articlesCompared, thingsCompared, type Difference } from './states-compared.ts';
import { matching, type TimelineFilter } from '../timeline/timeline-filter.ts';
import { pageOf, type Page, type PageRequest } from '../paging.ts';
import { jsonSize } from '../../projections/state/json-size.ts';
import { weighSummary } from '../timeline/summaries.ts';

/** A thing as lists show it, and what became of it. */
export type ChangedSummary = Summary & Pick<Difference, 'changes'>;

export const shownWithChanges = ({ items, ...page }: Page<Difference<Summary>>): Page<ChangedSummary> => ({
  ...page,
  items: items.map(({ after, changes }) => ({ ...after, changes })),
});

/** What it reads, beside the log; things as far as the timeline has them. */
export const diffViews = [timeline, actors, article] as const;

/** Everything that changed after position `since`: things, actors and articles, in the order of the latest event. */
export async function listDifferences(
  reading: Reading,
  since: number,
  request: PageRequest,
): Promise<Page<Difference>> {
  const then = readingAt(reading, since);
  const changed = (await directory(reading)).changedAfter(since);
  const changedActors = new Map(changed.map(({ position, id }) => [position, id]));
  // The stream of merges changes the actors that it names.
  const changedBy = async (stream: string, position: number) => {
    if (stream.startsWith('actor-')) return changedActors.get(position);
    return (await isLatest(reading, stream, position)) ? stream : undefined;
  };
  const resolve = async (rows: readonly Change[]) => {
    const ids = rows.flatMap(({ id }) => id ?? []);
    const found = new Map<string | undefined, Difference>();
    for (const each of await thingsCompared(then, reading, ids.filter(isThingId))) found.set(each.id, each);
    for (const each of await actorsCompared(then, reading, ids.filter(isOf('actor'))))
      found.set(each.id, each);
    for (const each of await articlesCompared(then, reading, ids.filter(isOf('article'))))
      found.set(each.id, each);
    return rows.map(({ id }) => changedOnly(found.get(id)));
  };
  const rows = changesSince(reading, changedBy, since, request);
  return pageOf(rows, { rows: MAX_CHANGES, ...request }, resolve, weighDifference);
}

/** What of a list of the timeline changed after position `since`: it passes the filter now, or did then. */
export async function listChangedThings(
  reading: Reading,
  since: number,
  filter: TimelineFilter,
  request: PageRequest,
): Promise<Page<Difference<Summary>>> {
  const then = readingAt(reading, since);
  const [passedThen, passesNow] = [await matching(then, filter), await matching(reading, filter)];
  const rows = changedThings(
    { reading, matching: passesNow },
    { reading: then, matching: passedThen },
    since,
    request,
  );
  const resolve = comparing(then, reading, (each, { position }) =>
    // What has an event of its own comes with that.
    position === undefined && each.position > since
      ? undefined
      : listed(each, each.before !== undefined && passedThen.thing(each.before), passesNow.thing(each.after)),
  );
  return pageOf(rows, { rows: MAX_CHANGES, ...request }, resolve, weighDifference);
}

/** What of the things that rest on an article, now or then, changed after position `since`. */
export async function listChangedDependents(
  reading: Reading,
  since: number,
  filter: DependentFilter,
  request: PageRequest,
): Promise<Page<Difference<Summary>>> {
  const then = readingAt(reading, since);
  const [restedThen, restsNow] = [await dependentIds(then, filter), await dependentIds(reading, filter)];
  const rows = changesOf(reading, [...new Set([...restedThen, ...restsNow])], since, request);
  return pageOf(
    rows,
    { rows: MAX_CHANGES, ...request },
    comparing(then, reading, (each) => listed(each, restedThen.has(each.id), restsNow.has(each.id))),
    weighDifference,
  );
}

/** What became of the things of these rows, if `list` has it. */
const comparing =
  (
    then: Reading,
    now: Reading,
    list: (each: Difference<Summary>, row: Change) => Difference<Summary> | undefined,
  ) =>
  async (rows: readonly Change[]): Promise<(Difference<Summary> | undefined)[]> => {
    const ids = rows.flatMap(({ id }) => id ?? []);
    const compared = await thingsCompared(then, now, ids);
    const found = new Map<string | undefined, Difference<Summary>>(compared.map((each) => [each.id, each]));
    return rows.map((row) => {
      const each = found.get(row.id);
      return each && list(each, row);
    });
  };

const isThingId = (id: string): boolean => !id.startsWith('actor-') && !id.startsWith('article-');
const isOf = (kind: string) => (id: string) => id.startsWith(`${kind}-`);

/** A thing that was there already may have come into the list, or have left it. */
function listed(each: Difference<Summary>, before: boolean, now: boolean): Difference<Summary> | undefined {
  if (!before && !now) return undefined;
  if (each.before === undefined || before === now) return changedOnly(each);
  return { ...each, changes: [...each.changes, now ? 'entered' : 'left'] };
}

/** Where all that was done was undone again, nothing changed. */
const changedOnly = <D extends Difference>(each: D | undefined): D | undefined =>
  each && each.changes.length > 0 ? each : undefined;

const weighDifference = ({ before, after, ...others }: Difference): number =>
  jsonSize(others, 0) + sizeOf(after) + (before ? sizeOf(before) : 0);
const sizeOf = (state: Summary | Actor | ArticleHead): number =>
  'fields' in state ? weighSummary(state) : jsonSize(state, 0);
