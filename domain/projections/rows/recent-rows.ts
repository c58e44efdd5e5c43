// Keeps partitions that are sorted by position, such as deltas of sums, in the memory of a process. It reads only rows
// that were appended since its last read.
import { countBefore } from '../../binary-search.ts';
import type { RowStore } from './row-store.ts';
import { positionKey } from './row-keys.ts';

export interface PositionedRow<B> {
  readonly position: number;
  readonly body: B;
}

/**
 * Returns a function that reads the new rows up to a position and passes each row once, in order, to `add`. Rows up to
 * that position must have been appended. Calls run one after another. The next call repeats a failed read.
 */
export function incrementalReader<B>(
  store: RowStore,
  partition: string,
  from: number,
  add: (row: PositionedRow<B>) => void,
): (at: number) => Promise<void> {
  let readTo = from - 1;
  let lastRead = Promise.resolve();

  async function readUpTo(at: number): Promise<void> {
    if (readTo >= at) return;
    const range = { from: positionKey(readTo + 1), below: positionKey(at + 1), at };
    const rows = await Array.fromAsync(store.range(partition, range));
    for (const { position, body } of rows) add({ position, body: body as B });
    readTo = at;
  }

  return async (at) => {
    if (readTo >= at) return;
    const read = lastRead.then(() => readUpTo(at));
    lastRead = read.catch(() => {});
    await read;
  };
}

export interface RecentRows {
  /**
   * Returns the rows of a partition from position `from` up to `at`, in order. Rows up to `at` must have been appended.
   */
  read<B>(partition: string, from: number, at: number): Promise<readonly PositionedRow<B>[]>;
}

/** Maximum number of partitions in memory: enough for the open windows of all groups of sums, and some older windows. */
const MAX_PARTITIONS = 16;

/** Returns the recent rows of one generation. */
export function recentRowsOf(store: RowStore): RecentRows {
  const recentRows = new Map<
    string,
    { readonly rows: PositionedRow<unknown>[]; readonly readUpTo: (at: number) => Promise<void> }
  >();

  /** Returns a tail, and moves it to the end of the map, so that the least recently used tail is dropped first. */
  function tailFrom(partition: string, from: number) {
    const key = `${partition} ${from}`;
    const rows: PositionedRow<unknown>[] = [];
    const used = recentRows.get(key) ?? {
      rows,
      readUpTo: incrementalReader(store, partition, from, (row) => rows.push(row)),
    };
    recentRows.delete(key);
    recentRows.set(key, used);
    for (const oldest of recentRows.keys()) if (recentRows.size > MAX_PARTITIONS) recentRows.delete(oldest);
    return used;
  }

  return {
    read: async <B>(partition: string, from: number, at: number) => {
      if (at < from) return [];
      const { rows, readUpTo } = tailFrom(partition, from);
      await readUpTo(at);
      const known = rows as PositionedRow<B>[];
      return known.slice(
        0,
        countBefore(known.length, (index) => (known[index]?.position ?? 0) <= at),
      );
    },
  };
}
