// Rows of what changed, in the order of the latest event of each. Where a filter names an actor or a topic of which
// there is little, its own list is read whole and sorted; else the list of all changes is read, and most of it may pass.
import { positionKey } from '../generation.ts';
import { changeKey } from '../views/changes.ts';
import { idIn } from '../views/facts.ts';
import { timeline } from '../views/timeline.ts';
import type { View } from '../views/view.ts';
import { narrowest, type Matching } from './filter.ts';
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

/** What passes, or may pass, of the timeline: each reading brings the lists as they stood at its own position. */
export async function* changedThings(
  reading: Reading,
  lists: readonly { readonly reading: Reading; readonly matching: Matching }[],
  since: number,
  order: Order,
): AsyncGenerator<Row<object>> {
  const few = await fewIn(lists);
  yield* few ? rowsOf(reading, few, since, order) : changesSince(reading, [timeline], since, order);
}

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
async function fewIn(
  lists: readonly { readonly reading: Reading; readonly matching: Matching }[],
): Promise<string[] | undefined> {
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
