// When an actor or a topic was last seen, and whether it was within certain days: by what stands in its lists and is
// not retracted. A meeting that was only announced, or called off, was none.
import { isWithin, span } from '../../events/date.ts';
import { idIn, type SummaryKind } from '../views/facts.ts';
import { dateOf } from '../views/summary.ts';
import { timeline, type PlaceRow } from '../views/timeline.ts';
import { readSources, type Reading, type Source } from './reading.ts';
import { summariesOf } from './things.ts';
import { sourcesOf, type Window } from './window.ts';

/** The latest date (EDTF) in these partitions of the timeline. */
export async function latestOf(reading: Reading, partitions: readonly string[]): Promise<string | undefined> {
  const lists = partitions.flatMap((partition) => sourcesOf(timeline, partition, {}));
  const ids = await Promise.all(lists.map((list) => latestIn(reading, list)));
  const found = await summariesOf(
    reading,
    ids.filter((id) => id !== undefined),
  );
  const dates = found.flatMap((summary) => (summary ? dateOf(summary.fields) : []));
  return dates.toSorted((a, b) => (span(a).sort < span(b).sort ? -1 : 1)).at(-1);
}

async function latestIn(reading: Reading, list: Source): Promise<string | undefined> {
  for await (const { sort, body } of readSources<PlaceRow>(reading, [list], true))
    if (!body.retracted && !body.unheld) return idIn(sort);
  return undefined;
}

/** Is there something in these lists, of this kind where one is given, that may have happened within the window? */
export async function seenWithin(
  reading: Reading,
  lists: readonly Source[],
  window: Window,
  kind?: SummaryKind,
): Promise<boolean> {
  // The latest first: what begins within the days needs no second look.
  for await (const { sort, body } of readSources<PlaceRow>(reading, lists, true)) {
    if (body.retracted || body.unheld || (kind !== undefined && !sort.includes(`~${kind}-`))) continue;
    const [summary] = await summariesOf(reading, [idIn(sort)]);
    if (summary && isWithin(dateOf(summary.fields), window)) return true;
  }
  return false;
}
