// What an actor has a part in, counted together with the actors that are merged into it: a thing that names two of them
// counts once.
import type { Counts } from '../views/counts.ts';
import { ACTOR_COUNTS } from './actors.ts';
import { partsOf, readParts, type Reading } from './reading.ts';
import { sumsOf } from './sums.ts';
import { actorList, type ActorListRow } from './timeline.ts';

/** Without names of kinds of which there are none. */
export async function countsOf(reading: Reading, group: readonly string[]): Promise<Counts> {
  const sums = await sumsOf(reading, ACTOR_COUNTS, group);
  const [largest = '', ...others] = group.toSorted((a, b) => total(sums.get(b)) - total(sums.get(a)));
  const counts: Record<string, number> = { ...sums.get(largest) };
  for (const sort of await onlyIn(reading, largest, others)) {
    const kind = `${sort.slice(sort.lastIndexOf('~') + 1).split('-')[0]}s`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

const total = (counts: Counts = {}): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Where things are in the lists of the others and not in that of the largest, unless they are retracted. */
async function onlyIn(reading: Reading, largest: string, others: readonly string[]): Promise<string[]> {
  if (others.length === 0) return [];
  const sorts: string[] = [];
  const parts = others.flatMap((id) => partsOf(actorList(id), {}));
  for await (const { sort, body } of readParts<ActorListRow>(reading, parts)) {
    if (body.retracted) continue;
    const same = partsOf(actorList(largest), {}).map((part) => ({ ...part, from: sort, below: `${sort}\0` }));
    const { done } = await readParts(reading, same).next();
    if (done) sorts.push(sort);
  }
  return sorts;
}
