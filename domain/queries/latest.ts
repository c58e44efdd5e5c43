// When an actor or a topic was last seen: the latest date among the things in its list that are not retracted.
import { span } from '../../events/date.ts';
import { idIn } from '../views/facts.ts';
import { dateOf } from '../views/summary.ts';
import { timeline, type PlaceRow } from '../views/timeline.ts';
import { readSources, type Reading } from './reading.ts';
import { summariesOf } from './things.ts';

/** EDTF; of these partitions of the timeline, and of the wide things in each. */
export async function latestOf(reading: Reading, partitions: readonly string[]): Promise<string | undefined> {
  const lists = partitions.flatMap((partition) => [partition, `${partition}/wide`]);
  const ids = await Promise.all(lists.map((partition) => latestIn(reading, partition)));
  const found = await summariesOf(
    reading,
    ids.filter((id) => id !== undefined),
  );
  const dates = found.flatMap((summary) => (summary ? dateOf(summary.fields) : []));
  return dates.toSorted((a, b) => (span(a).sort < span(b).sort ? -1 : 1)).at(-1);
}

async function latestIn(reading: Reading, partition: string): Promise<string | undefined> {
  for await (const { sort, body } of readSources<PlaceRow>(reading, timeline, [{ partition }], true))
    if (!body.retracted) return idIn(sort);
  return undefined;
}
