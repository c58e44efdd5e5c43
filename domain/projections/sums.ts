// Sums over many streams, such as how many statements name an actor. Each event writes its deltas as rows. When a window
// of positions is complete, a snapshot adds them to the snapshot before. The value at a position is the newest snapshot
// plus the deltas after it.
import { positionKey } from '../generation.ts';
import type { RowStore } from './row-store.ts';
import { keyText, type Addend, type Row, type RowKey, type RowVersion } from './row.ts';

/** The sums at one key, by name. */
export type Sums = Readonly<Record<string, number>>;

/** What an event adds to the sums of one partition. */
export type Deltas = readonly (readonly [sort: string, name: string, by: number])[];

/** Positions in a window. */
export const WINDOW = 1_024;

/** The last position of the window that contains this position. */
export const windowEnd = (position: number): number => position - (position % WINDOW) + WINDOW - 1;

/** By position, what events add to the sums of a partition. */
export const DELTAS = 'deltas/';

/** One row for each partition whose sums the event changes. */
export function deltaRows(before: readonly Row[], after: readonly Row[], position: number): RowVersion[] {
  const deltas = new Map<string, Addend & { by: number }>();
  const add = (rows: readonly Row[], by: number): void => {
    for (const row of rows) {
      if (!('adds' in row)) continue;
      const text = `${keyText(row)}\u0001${row.adds}`;
      deltas.set(text, { ...row, by: (deltas.get(text)?.by ?? 0) + by });
    }
  };
  add(after, 1);
  add(before, -1);
  const changed = [...deltas.values()].filter(({ by }) => by !== 0);
  return [...Map.groupBy(changed, ({ partition }) => partition)].map(([partition, sums]) => ({
    partition: DELTAS + partition,
    sort: positionKey(position),
    position,
    body: sums.map(({ sort, adds, by }) => [sort, adds, by]) satisfies Deltas,
  }));
}

/**
 * The snapshot at the end of a window: the new values of the sums that changed within it. `versions` are all versions
 * that events of this window write; those that are no deltas are ignored. `valueBefore` returns a sum as of the snapshot
 * before.
 */
export function snapshot(
  end: number,
  versions: readonly RowVersion[],
  valueBefore: (key: RowKey) => Sums | undefined,
): RowVersion[] {
  const sums = new Map<string, RowKey & { values: Sums }>();
  for (const { partition, body } of versions) {
    if (!partition.startsWith(DELTAS)) continue;
    for (const [sort, name, by] of body as Deltas) {
      const key = { partition: partition.slice(DELTAS.length), sort };
      const text = keyText(key);
      const values = sums.get(text)?.values ?? valueBefore(key) ?? {};
      sums.set(text, { ...key, values: plus(values, name, by) });
    }
  }
  return [...sums.values()].map(({ values, ...key }) => ({ ...key, position: end, body: values }));
}

/**
 * Reads the sums of a partition as of position `at`, by sort key. Snapshots of all windows that end at or before `at`
 * must have been appended.
 */
export async function sumsAt(store: RowStore, partition: string, at: number): Promise<Map<string, Sums>> {
  const sums = new Map<string, Sums>();
  for await (const { sort, body } of store.range(partition, { at })) sums.set(sort, body as Sums);
  await addDeltas(store, partition, at, sums);
  return sums;
}

/** The same for some keys, without reading the snapshots of all others. Keys that have no sums yet are left out. */
export async function sumsOf(
  store: RowStore,
  partition: string,
  at: number,
  sorts: Iterable<string>,
): Promise<Map<string, Sums>> {
  const wanted = new Set(sorts);
  const sums = new Map<string, Sums>();
  for (const sort of wanted)
    for await (const { body } of store.range(partition, { at, from: sort, below: `${sort}\0` }))
      sums.set(sort, body as Sums);
  await addDeltas(store, partition, at, sums, (sort) => wanted.has(sort));
  return sums;
}

/** Adds the deltas of the window that is not complete at this position. */
async function addDeltas(
  store: RowStore,
  partition: string,
  at: number,
  sums: Map<string, Sums>,
  isWanted: (sort: string) => boolean = () => true,
): Promise<void> {
  const from = positionKey(windowEnd(at + 1) - WINDOW + 1);
  for await (const { body } of store.range(DELTAS + partition, { from, at })) {
    for (const [sort, name, by] of body as Deltas)
      if (isWanted(sort)) sums.set(sort, plus(sums.get(sort) ?? {}, name, by));
  }
}

const plus = (values: Sums, name: string, by: number): Sums => ({
  ...values,
  [name]: (values[name] ?? 0) + by,
});

/** The row that adds 1 to this sum. */
export const addend = (partition: string, sort: string, adds: string): Addend => ({ partition, sort, adds });
