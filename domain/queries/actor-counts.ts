// What an actor has a part in, counted together with the actors that are merged into it: a thing that names two of them
// counts once.
import { ACTOR_COUNTS } from '../projections/actors.ts';
import { partsOf, readParts, readRows, type Reading, type Row } from '../projections/reading.ts';
import { deltasAfter, WINDOW, type Sums } from '../projections/sums.ts';
import { listKey } from '../projections/thing.ts';
import { actorList, type ActorListRow } from '../projections/timeline.ts';
import type { Counts } from '../views/counts.ts';
import { listedIn } from './things.ts';

/** What a group of merged actors has a part in, and as of when. */
interface Union {
  readonly at: number;
  readonly counts: Counts;
}

/** The groups that were counted last, by the rows that they were counted from: counting reads whole lists. */
const lastUnions = new WeakMap<Reading['tails'], Map<string, Union>>();
const MAX_UNIONS = 1_000;

/** From the sums of these actors. A group that was counted a moment ago is not counted anew: deltas say what came since. */
export async function countsOf(
  reading: Reading,
  group: readonly string[],
  sums: ReadonlyMap<string, Sums>,
): Promise<Counts> {
  const [largest = '', ...others] = group.toSorted((a, b) => total(sums.get(b)) - total(sums.get(a)));
  const own = { ...sums.get(largest) };
  if (others.length === 0) return own;
  const { tails, at } = reading;
  const unions = lastUnions.get(tails) ?? new Map<string, Union>();
  lastUnions.set(tails, unions);
  const key = group.toSorted().join(' ');
  const last = unions.get(key);
  const counts =
    last && last.at <= at && at <= last.at + WINDOW
      ? await countsSince(reading, group, last)
      : await countsWith(reading, largest, others, own);
  if (!last || last.at < at) {
    unions.delete(key);
    unions.set(key, { at, counts });
    for (const oldest of unions.keys()) if (unions.size > MAX_UNIONS) unions.delete(oldest);
  }
  return Object.fromEntries(
    Object.entries({ ...own, ...counts }).filter(([kind, count]) => count > 0 || kind in own),
  );
}

/** An event's deltas name every member of the group that its thing names before it, after it, or both. */
async function countsSince(reading: Reading, group: readonly string[], last: Union): Promise<Counts> {
  const counts: Record<string, number> = { ...last.counts };
  for (const deltas of await deltasAfter(reading, ACTOR_COUNTS, last.at)) {
    const members = deltas.filter(([, actor]) => group.includes(actor));
    const [, , kind = ''] = members[0] ?? [];
    const was = members.some(([, , , by]) => by <= 0);
    const is = members.some(([, , , by]) => by >= 0);
    if (was !== is) counts[kind] = (counts[kind] ?? 0) + (is ? 1 : -1);
  }
  return counts;
}

/** The counts of the largest, and what the others have that it does not have. */
async function countsWith(
  reading: Reading,
  largest: string,
  others: readonly string[],
  own: Counts,
): Promise<Counts> {
  const counts: Record<string, number> = { ...own };
  for (const sort of await onlyIn(reading, largest, others)) {
    const kind = `${sort.slice(sort.lastIndexOf('~') + 1).split('-')[0]}s`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

const total = (sums: Sums = {}): number => Object.values(sums).reduce((sum, count) => sum + count, 0);

/** Where things are in the lists of the others and not in that of the largest, unless they are retracted. */
async function onlyIn(reading: Reading, largest: string, others: readonly string[]): Promise<string[]> {
  const rows: Row<ActorListRow>[] = [];
  const parts = others.flatMap((id) => partsOf(actorList(id), {}));
  for await (const row of readParts<ActorListRow>(reading, parts)) if (!row.body.retracted) rows.push(row);
  const same = await readRows(
    reading,
    rows.map((row) => listKey(actorList(largest), listedIn(row))),
  );
  return rows.filter((_, index) => same[index] === undefined).map(({ sort }) => sort);
}
