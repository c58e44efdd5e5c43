// Live rows that a rebuild cannot read, because they are damaged or missing. The rebuild folds a new generation without
// them and then waits: reading them again would fail again.
import { Damaged } from '../../errors.ts';
import type { RowStore, RowStores } from '../rows/row-store.ts';
import { noDrift } from './drift.ts';
import type { Rebuild } from './rebuild-record.ts';

export class LiveUnreadable extends Error {
  override readonly name = 'LiveUnreadable';
}

/** The live rows, to be read only. @throws LiveUnreadable if they are damaged. */
export function liveRows(rows: RowStores, generation: number): RowStore {
  const store = rows.open(generation);
  return {
    append: async () => {
      throw new Error('a comparison appends no rows');
    },
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
  error instanceof Damaged ? new LiveUnreadable(error.message, { cause: error }) : error;

/** A check goes on as if it had found drift. Else the rebuild waits, with a drift report that says why. */
export function withoutLive(rebuild: Rebuild, { message }: LiveUnreadable): Rebuild {
  if (rebuild.phase === 'checking') return { ...rebuild, phase: 'folding', checkpoints: {} };
  const { upTo = {}, scan } = rebuild.comparison ?? {};
  const last = Math.max(0, ...Object.values(upTo)) - 1;
  return {
    ...rebuild,
    phase: 'drifted',
    drift: { ...noDrift(last, scan?.rows ?? 0), unreadable: message },
  };
}
