// Rows of what changed, in the order of the latest event of each. Where a filter names an actor or a topic of which
// there is little, its own list is read whole and sorted; else the list of all changes is read, and most of it may pass.
import { positionKey } from '../generation.ts';
import { changeKey } from '../views/changes.ts';
import { idIn } from '../views/facts.ts';
import { timeline } from '../views/timeline.ts';
import type { View } from '../views/view.ts';
import { listsOfActor, narrowest, type Matching } from './filter.ts';
import { beyond, type PageRequest } from './pages.ts';
import { readSources, type Reading, type Row } from './reading.ts';
import { summariesOf } from './things.ts';

/** A list of at most so many things is read whole. */
const FEW = 1_000;

type Order = Pick<PageRequest, 'after' | 'descending'>;

/** Everything in these views whose latest event is after position `since`. */
export function changesSince(
  reading: Reading,
  views: readonly View[],
  since: number,
  { after, descending = false }: Order,
): AsyncGenerator<Row<object>> {
  const sources = views.map((view) =>
    beyond({ view, partition: 'changes', from: positionKey(since + 1) }, after, descending),
  );
  return readSources(reading, sources, descending);
}

/** Lists of the timeline as of the position of a reading. */
interface Lists {
  readonly reading: Reading;
  readonly matching: Matching;
}

/** What passes, or may pass, of the timeline and has an event after position `since`; as of the first reading. */
export async function* thingsByChange(
  lists: readonly [Lists, ...Lists[]],
  since: number,
  order: Order,
): AsyncGenerator<Row<object>> {
  const [{ reading }] = lists;
  const few = await fewIn(lists);
  yield* few ? rowsOf(reading, few, since, order) : changesSince(reading, [timeline], since, order);
}

/**
 * What passes now or then, or may pass, of the timeline: first what only the merges of actors may have brought into the
 * lists or taken out of them, by date; then what has an event after position `since`.
 */
export async function* changedThings(
  now: Lists,
  then: Lists,
  since: number,
  order: Order,
): AsyncGenerator<Row<object>> {
  const { after, descending = false } = order;
  const inMoved = after !== undefined && isMoved(after) ? after.slice(MOVED.length) : undefined;
  const changed = (order: Order) => thingsByChange([now, then], since, order);
  const whole = { descending };
  if (descending && inMoved === undefined) yield* changed(order);
  if (inMoved !== undefined) yield* moved(now, then, { after: inMoved, descending });
  else if (descending || after === undefined) yield* moved(now, then, whole);
  if (!descending) yield* changed(inMoved === undefined ? order : whole);
}

/** Begins the sort keys of what only merges may have moved: below every position. */
const MOVED = '!';
export const isMoved = (sort: string): boolean => sort.startsWith(MOVED);

/** What stands in the lists of actors that count for the filter only then, or only now. */
async function* moved(
  now: Lists,
  then: Lists,
  { after, descending = false }: Order,
): AsyncGenerator<Row<object>> {
  const ids = now.matching.lists.flatMap(({ role }, index) => {
    const [was, is] = [then.matching.lists[index]?.role?.ids ?? [], role?.ids ?? []];
    return [...without(was, is), ...without(is, was)];
  });
  const sources = [...new Set(ids)].flatMap((id) => listsOfActor(now.matching, id));
  const parts = sources.map((source) => beyond(source, after, descending));
  for await (const row of readSources<object>(now.reading, parts, descending))
    yield { ...row, sort: MOVED + row.sort };
}

const without = (ids: readonly string[], others: readonly string[]): string[] =>
  ids.filter((id) => !others.includes(id));

/** Things by their latest event, where that is after position `since`. */
export async function* rowsOf(
  reading: Reading,
  ids: readonly string[],
  since: number,
  { after, descending = false }: Order,
): AsyncGenerator<Row<object>> {
  const found = await summariesOf(reading, ids);
  const sorts = found
    .flatMap((summary) =>
      summary && summary.position > since ? changeKey(summary.position, summary.id) : [],
    )
    .filter((sort) => after === undefined || (descending ? sort < after : sort > after))
    .toSorted();
  for (const sort of descending ? sorts.toReversed() : sorts) yield { sort, from: since, body: {} };
}

/** Ids of all that stands in these lists; undefined where there is too much, or where they are lists of everything. */
async function fewIn(lists: readonly Lists[]): Promise<string[] | undefined> {
  const ids = new Set<string>();
  for (const { reading, matching } of lists) {
    const { sources } = await narrowest(reading, matching);
    if (sources.some(({ partition }) => partition.startsWith('kind/'))) return undefined;
    for await (const { sort } of readSources(reading, sources)) {
      ids.add(idIn(sort));
      if (ids.size > FEW) return undefined;
    }
  }
  return [...ids];
}
