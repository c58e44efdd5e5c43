// Counts what is read from a table, as one is charged for it: calls, and the items that they give.
import type { Table } from '../../domain/ports.ts';

export interface CountingTable extends Table {
  readonly reset: () => void;
  readonly counts: () => { readonly calls: number; readonly rows: number };
}

export function countingTable(table: Table): CountingTable {
  let [calls, rows] = [0, 0];
  return {
    ...table,
    reset: () => {
      [calls, rows] = [0, 0];
    },
    counts: () => ({ calls, rows }),
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
