// Runs processes whose calls to shared stores take effect in an order that a seed decides. A write may also time out for its
// caller and be applied at any later time.
import { setImmediate } from 'node:timers/promises';
import type { RowStore, RowStores } from '../../domain/projections/rows/row-store.ts';
import type { Table } from '../../domain/ports.ts';
import type { Seeded } from './seeded.ts';

/** The error that the caller of a late write gets. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

export interface Interleaving {
  readonly table: (table: Table) => Table;
  readonly rows: (rows: RowStores) => RowStores;
  /** Runs the processes until all have ended, then applies all late writes. A process ends if it does not catch TimedOut. */
  readonly run: (processes: readonly (() => Promise<void>)[]) => Promise<void>;
}

export function interleaving(random: Seeded, lateness = 0.08): Interleaving {
  const pending: (() => Promise<void>)[] = [];
  const atTheEnd: (() => Promise<void>)[] = [];

  function call<T>(run: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      pending.push(() => run().then(resolve, reject));
    });
  }

  async function write<T>(run: () => Promise<T>): Promise<T> {
    if (!random.chance(lateness)) return call(run);
    // The store may reject a late write.
    const apply = async (): Promise<void> => {
      await run().catch(() => undefined);
    };
    (random.chance(0.3) ? atTheEnd : pending).push(apply);
    throw new TimedOut('the write timed out; it may be applied later');
  }

  async function* each<T>(items: () => AsyncIterable<T>): AsyncGenerator<T> {
    yield* await call(() => Array.fromAsync(items()));
  }

  async function applyOne(): Promise<void> {
    const [apply] = pending.splice(random.below(pending.length), 1);
    await apply?.();
  }

  const rowStore = (store: RowStore): RowStore => ({
    append: (versions) => write(() => store.append(versions)),
    range: (partition, range) => each(() => store.range(partition, range)),
    scan: (after) => call(() => store.scan(after)),
  });

  return {
    table: (table) => ({
      get: (partition, sort) => call(() => table.get(partition, sort)),
      compareAndPut: (item, version) => write(() => table.compareAndPut(item, version)),
      batchPut: (items) => write(() => table.batchPut(items)),
      batchDelete: (keys) => write(() => table.batchDelete(keys)),
      range: (partition, range) => each(() => table.range(partition, range)),
    }),
    rows: (rows) => ({
      open: (generation) => rowStore(rows.open(generation)),
      build: async (generation) => {
        const store = await write(() => rows.build(generation));
        return {
          ...rowStore(store),
          resume: (next) => write(() => store.resume(next)),
          complete: () => write(() => store.complete()),
        };
      },
      drop: (generation) => write(() => rows.drop(generation)),
      list: () => call(() => rows.list()),
    }),
    run: async (processes) => {
      const active = new Set(processes);
      const failures: unknown[] = [];
      for (const process of processes)
        void process()
          .catch((error: unknown) => {
            if (!(error instanceof TimedOut)) failures.push(error);
          })
          .finally(() => active.delete(process));
      while (active.size > 0 && failures.length === 0) {
        await setImmediate();
        if (pending.length > 0) await applyOne();
      }
      if (failures.length > 0) throw failures[0];
      pending.push(...atTheEnd.splice(0));
      while (pending.length > 0) await applyOne();
    },
  };
}
