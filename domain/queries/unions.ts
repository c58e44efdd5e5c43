// How many things several sums count together, each thing once: what merged actors have a part in, how often they met.
// Counting such a union reads whole lists, so that a process remembers it, and goes on with the deltas of later events.
import type { Reading } from '../projections/rows/reading.ts';
import { deltasAfter, WINDOW, type Delta } from '../projections/rows/sums.ts';

/** By name, such as that of a kind of thing. */
export type Union = Readonly<Record<string, number>>;

export interface Unions {
  /** Tells these sums from all others. */
  readonly key: string;
  /** A partition of these sums, or of their group. */
  readonly partition: string;
  /** The name under which the union counts what this delta counts; undefined if it is of another sum. */
  readonly nameOf: (delta: Delta) => string | undefined;
}

interface Remembered {
  readonly at: number;
  readonly counts: Union;
}

/** By the rows that they were counted from, the unions that were asked for last. */
const remembered = new WeakMap<Reading['tails'], Map<string, Remembered>>();
const MAX_REMEMBERED = 5_000;

/** The union of sums, which `count` counts if this process did not count it a moment ago. */
export async function unionOf(reading: Reading, unions: Unions, count: () => Promise<Union>): Promise<Union> {
  const { tails, at } = reading;
  const known = remembered.get(tails) ?? new Map<string, Remembered>();
  remembered.set(tails, known);
  const last = known.get(unions.key);
  const isNear = last && last.at <= at && at <= last.at + WINDOW;
  const counts = isNear ? await countedOn(reading, unions, last) : await count();
  if (!last || last.at < at) {
    known.delete(unions.key);
    known.set(unions.key, { at, counts });
    for (const oldest of known.keys()) if (known.size > MAX_REMEMBERED) known.delete(oldest);
  }
  return counts;
}

/** The deltas of an event name each of the sums that counts its thing before the event, after it, or both. */
async function countedOn(reading: Reading, { partition, nameOf }: Unions, last: Remembered): Promise<Union> {
  const counts: Record<string, number> = { ...last.counts };
  for (const deltas of await deltasAfter(reading, partition, last.at)) {
    const own = deltas.filter((delta) => nameOf(delta) !== undefined);
    const [first] = own;
    if (!first) continue;
    const name = nameOf(first) ?? '';
    const was = own.some(([, , , by]) => by <= 0);
    const is = own.some(([, , , by]) => by >= 0);
    if (was !== is) counts[name] = (counts[name] ?? 0) + (is ? 1 : -1);
  }
  return counts;
}
