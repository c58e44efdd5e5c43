// What an actor has a part in, counted together with what those have a part in that are merged into it: what names two
// of them counts once.
import { actors, countsKey } from '../views/actors.ts';
import type { Counts } from '../views/counts.ts';
import { BESIDE, idIn, type SummaryKind } from '../views/facts.ts';
import { timeline, type PlaceRow } from '../views/timeline.ts';
import { readRows, readSources, type Reading } from './reading.ts';

/** Of one actor as it is kept; of several, the largest as it is kept and what the others have beside it. */
export async function countsOf(reading: Reading, group: readonly string[]): Promise<Counts> {
  const kept = await readRows<Counts>(reading, actors, group.map(countsKey));
  const all = group.map((id, index) => ({ id, counts: kept[index] ?? {} }));
  const [largest, ...others] = all.toSorted((a, b) => total(b.counts) - total(a.counts));
  if (!largest) return {};
  const counts: Partial<Record<keyof Counts, number>> = { ...largest.counts };
  for (const beside of BESIDE) {
    const ids = others.map(({ id }) => id);
    for (const sort of await onlyIn(reading, beside, largest.id, ids)) {
      const id = idIn(sort);
      const kind = `${id.slice(0, id.indexOf('-')) as SummaryKind}s` as const;
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
  }
  return counts;
}

const total = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Where things stand in the lists of the others, and not in that of the largest; without those that are retracted. */
async function onlyIn(
  reading: Reading,
  beside: string,
  largest: string,
  others: readonly string[],
): Promise<string[]> {
  if (others.length === 0) return [];
  const sources = others.map((id) => ({ view: timeline, partition: `actor/${id}${beside}` }));
  const sorts: string[] = [];
  for await (const { sort, body } of readSources<PlaceRow>(reading, sources))
    if (!body.retracted) sorts.push(sort);
  const partition = `actor/${largest}${beside}`;
  const known = await readRows(
    reading,
    timeline,
    sorts.map((sort) => ({ partition, sort })),
  );
  return sorts.filter((_, index) => known[index] === undefined);
}
