// Counts what is read from a table and written, as one is charged for it: calls, and items.
import type { Table } from '../../domain/ports.ts';

export interface CountingTable extends Table {
  readonly reset: () => void;
  /** Calls that read, the items that they gave, and items written or removed. */
  readonly counts: () => { readonly calls: number; readonly rows: number; readonly written: number };
}

export function countingTable(table: Table): CountingTable {
  let [calls, rows, written] = [0, 0, 0];
  return {
    ...table,
    reset: () => {
      [calls, rows, written] = [0, 0, 0];
    },
    counts: () => ({ calls, rows, written }),
    putAll: (items) => {
      written += items.length;
      return table.putAll(items);
    },
    removeAll: (keys) => {
      written += keys.length;
      return table.removeAll(keys);
    },
    getAll: async (keys) => {
      const found = await table.getAll(keys);
      calls++;
      rows += found.length;
      return found;
    },
    range: async function* (partition, range) {
      calls++;
      for await (const item of table.range(partition, range)) {
        rows++;
        yield item;
      }
    },
  };
}
