// What changed between two positions of the log, each thing once, with its state before and after; and what of a list
// did, saying how.
import { actors, type ActorRow } from '../views/actors.ts';
import { article, type ArticleHead, type DependentRow } from '../views/article.ts';
import { idIn } from '../views/facts.ts';
import type { Summary } from '../views/summary.ts';
import { timeline } from '../views/timeline.ts';
import { changedThings, changesSince, isMoved, rowsOf } from './changed.ts';
import { actorsCompared, articlesCompared, thingsCompared, type Difference } from './compared.ts';
import { matching, type TimelineFilter } from './filter.ts';
import { bytesOf, pageOf, type Page, type PageRequest } from './pages.ts';
import { asOf, readSources, type Reading, type Row } from './reading.ts';
import { weighSummary } from './things.ts';

/** A thing as lists show it, and what became of it. */
export type ChangedSummary = Summary & Pick<Difference, 'changes'>;

export const shownWithChanges = ({ items, ...page }: Page<Difference<Summary>>): Page<ChangedSummary> => ({
  ...page,
  items: items.map(({ after, changes }) => ({ ...after, changes })),
});

/** What it reads. */
export const diffViews = [timeline, actors, article] as const;

/** Everything that changed after position `since`: things, actors and articles, in the order of the latest event. */
export function listDifferences(
  reading: Reading,
  since: number,
  request: PageRequest,
): Promise<Page<Difference>> {
  const then = asOf(reading, since);
  const rows = changesSince(reading, diffViews, since, request);
  const resolve = async (group: readonly Row<object>[]) => {
    const ids = group.map(({ sort }) => idIn(sort));
    const found = new Map<string, Difference>();
    for (const each of await thingsCompared(then, reading, ids.filter(isThingId))) found.set(each.id, each);
    for (const each of await actorsCompared(then, reading, ids.filter(isOf('actor'))))
      found.set(each.id, each);
    for (const each of await articlesCompared(then, reading, ids.filter(isOf('article'))))
      found.set(each.id, each);
    return ids.map((id) => changedOnly(found.get(id)));
  };
  return pageOf(rows, request, resolve, weigh);
}

/** What of a list of the timeline changed after position `since`: it passes the filter now, or did then. */
export async function listChangedThings(
  reading: Reading,
  since: number,
  filter: TimelineFilter,
  request: PageRequest,
): Promise<Page<Difference<Summary>>> {
  const then = asOf(reading, since);
  const [passedThen, passesNow] = [await matching(then, filter), await matching(reading, filter)];
  const rows = changedThings(
    { reading, matching: passesNow },
    { reading: then, matching: passedThen },
    since,
    request,
  );
  const resolve = comparing(then, reading, (each, { sort }) =>
    // What has an event of its own comes with that.
    isMoved(sort) && each.position > since
      ? undefined
      : listed(each, each.before !== undefined && passedThen.thing(each.before), passesNow.thing(each.after)),
  );
  return pageOf(rows, request, resolve, weigh);
}

/** What of the things that rest on an article, now or then, changed after position `since`. */
export async function listChangedDependents(
  reading: Reading,
  since: number,
  { articleId, sole }: { readonly articleId: string; readonly sole: boolean },
  request: PageRequest,
): Promise<Page<Difference<Summary>>> {
  const then = asOf(reading, since);
  const [restedThen, restsNow] = [
    await dependentsAsOf(then, articleId, sole),
    await dependentsAsOf(reading, articleId, sole),
  ];
  const rows = rowsOf(reading, [...new Set([...restedThen, ...restsNow])], since, request);
  return pageOf(
    rows,
    request,
    comparing(then, reading, (each) => listed(each, restedThen.has(each.id), restsNow.has(each.id))),
    weigh,
  );
}

/** What became of the things whose ids end these rows, where `list` has it. */
const comparing =
  (
    then: Reading,
    now: Reading,
    list: (each: Difference<Summary>, row: Row<object>) => Difference<Summary> | undefined,
  ) =>
  async (rows: readonly Row<object>[]): Promise<(Difference<Summary> | undefined)[]> => {
    const ids = rows.map(({ sort }) => idIn(sort));
    const found = new Map((await thingsCompared(then, now, ids)).map((each) => [each.id, each]));
    return rows.map((row) => {
      const each = found.get(idIn(row.sort));
      return each && list(each, row);
    });
  };

async function dependentsAsOf(
  reading: Reading,
  articleId: string,
  sole: boolean,
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  const source = { view: article, partition: `dependents/${articleId}` };
  for await (const { sort, body } of readSources<DependentRow>(reading, [source]))
    if (!sole || body.sole) ids.add(sort);
  return ids;
}

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

const weigh = ({ before, after, ...others }: Difference): number =>
  bytesOf(others) + sizeOf(after) + (before ? sizeOf(before) : 0);
const sizeOf = (state: Summary | ActorRow | ArticleHead): number =>
  'fields' in state ? weighSummary(state) : bytesOf(state);
