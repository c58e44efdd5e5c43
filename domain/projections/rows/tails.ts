// Partitions that are sorted by position, such as the deltas of sums, kept in the memory of a process: it reads only what
// was appended since it read last.
import { countBefore } from '../../binary-search.ts';
import type { RowStore } from './row-store.ts';
import { positionKey } from './row.ts';

export interface TailRow<B> {
  readonly position: number;
  readonly body: B;
}

/**
 * Returns a function that reads on up to a position, and gives `add` each row once, in order. Rows up to that position
 * must have been appended. It reads one range at a time; one that failed is read again by the next call.
 */
export function tail<B>(
  store: RowStore,
  partition: string,
  from: number,
  add: (row: TailRow<B>) => void,
): (at: number) => Promise<void> {
  let readTo = from - 1;
  let reading = Promise.resolve();

  async function readOn(at: number): Promise<void> {
    if (readTo >= at) return;
    const range = { from: positionKey(readTo + 1), below: positionKey(at + 1), at };
    const found = await Array.fromAsync(store.range(partition, range));
    for (const { position, body } of found) add({ position, body: body as B });
    readTo = at;
  }

  return async (at) => {
    if (readTo >= at) return;
    const mine = reading.then(() => readOn(at));
    reading = mine.catch(() => {});
    await mine;
  };
}

export interface Tails {
  /** The rows of a partition from position `from` up to `at`, in order. Rows up to `at` must have been appended. */
  read<B>(partition: string, from: number, at: number): Promise<readonly TailRow<B>[]>;
}

/** The open windows of all groups of sums, and some older ones. */
const MAX_TAILS = 16;

/** The tails of one generation. */
export function tailsOf(store: RowStore): Tails {
  const tails = new Map<
    string,
    { readonly rows: TailRow<unknown>[]; readonly readOn: (at: number) => Promise<void> }
  >();

  /** The tail that was used last is the last in the map. */
  function tailFrom(partition: string, from: number) {
    const key = `${partition} ${from}`;
    const rows: TailRow<unknown>[] = [];
    const found = tails.get(key) ?? { rows, readOn: tail(store, partition, from, (row) => rows.push(row)) };
    tails.delete(key);
    tails.set(key, found);
    for (const oldest of tails.keys()) if (tails.size > MAX_TAILS) tails.delete(oldest);
    return found;
  }

  return {
    read: async <B>(partition: string, from: number, at: number) => {
      if (at < from) return [];
      const { rows, readOn } = tailFrom(partition, from);
      await readOn(at);
      const known = rows as TailRow<B>[];
      return known.slice(
        0,
        countBefore(known.length, (index) => (known[index]?.position ?? 0) <= at),
      );
    },
  };
}
