// Live rows that a rebuild cannot read, because they are damaged or missing. The rebuild folds a new generation and then
// awaits a decision, because another read would fail too.
import { Damaged } from '../../errors.ts';
import type { RowStore, RowStores } from '../rows/row-store.ts';

export class LiveRowsUnreadable extends Error {
  override readonly name = 'LiveRowsUnreadable';
}

/** Returns the live rows for reading. Reads reject with `LiveRowsUnreadable` if the rows are damaged. */
export function liveRows(rows: RowStores, generation: number): RowStore {
  const store = rows.open(generation);
  return {
    ...store,
    range: async function* (partition, range) {
      try {
        yield* store.range(partition, range);
      } catch (error) {
        throw unreadable(error);
      }
    },
    scan: async (after) => {
      try {
        return await store.scan(after);
      } catch (error) {
        throw unreadable(error);
      }
    },
  };
}

const unreadable = (error: unknown): unknown =>
  error instanceof Damaged ? new LiveRowsUnreadable(error.message, { cause: error }) : error;
