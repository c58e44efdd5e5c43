// Bounds what a run may write: by its deadline, or by its lease.
import type { Table } from './ports.ts';

/**
 * The same table, whose writes also end at a signal. `signal` is asked at each write, so that a renewed lease counts.
 * Reads are not bounded: they change nothing.
 */
export const writesUntil = (table: Table, signal: () => AbortSignal): Table => {
  const both = (given: AbortSignal | undefined): AbortSignal =>
    given ? AbortSignal.any([signal(), given]) : signal();
  return {
    ...table,
    putIf: (item, version, given) => table.putIf(item, version, both(given)),
    putAll: (items, given) => table.putAll(items, both(given)),
    removeAll: (keys, given) => table.removeAll(keys, both(given)),
  };
};
