// Counts the union of several sums, each record once: the records of merged actors, or their meetings. Counting reads whole
// lists, so a process caches the result and continues with the deltas of later events.
import type { Reading } from '../projections/rows/reading.ts';
import { deltasAfter, WINDOW_POSITIONS, type Delta } from '../projections/rows/sums.ts';

/** Counts by name, such as `meetings`. */
export type Union = Readonly<Record<string, number>>;

export interface UnionDefinition {
  /** Identifies the union in the cache. */
  readonly key: string;
  /** A partition of the group of sums. */
  readonly partition: string;
  /** Returns the name under which the union counts the record of a delta; undefined if the delta is of another sum. */
  readonly nameOf: (delta: Delta) => string | undefined;
}

interface CachedUnion {
  readonly at: number;
  readonly counts: Union;
}

/** The latest unions, by generation and key. */
const cache = new WeakMap<Reading['recentRows'], Map<string, CachedUnion>>();
const MAX_CACHED = 5_000;

/** Returns the union of sums. Calls `count` unless the cache has it as of a position within the last window. */
export async function unionOf(
  reading: Reading,
  unions: UnionDefinition,
  count: () => Promise<Union>,
): Promise<Union> {
  const { recentRows, at } = reading;
  const cached = cache.get(recentRows) ?? new Map<string, CachedUnion>();
  cache.set(recentRows, cached);
  const last = cached.get(unions.key);
  const isNear = last && last.at <= at && at <= last.at + WINDOW_POSITIONS;
  const counts = isNear ? await withLaterDeltas(reading, unions, last) : await count();
  if (!last || last.at < at) {
    cached.delete(unions.key);
    cached.set(unions.key, { at, counts });
    for (const oldest of cached.keys()) if (cached.size > MAX_CACHED) cached.delete(oldest);
  }
  return counts;
}

/** Adds later events. The deltas of an event name each sum that counts its record before the event, after it, or both. */
async function withLaterDeltas(
  reading: Reading,
  { partition, nameOf }: UnionDefinition,
  last: CachedUnion,
): Promise<Union> {
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
