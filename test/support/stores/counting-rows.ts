// Counts the ranges, rows and read units that are read from a row store. Read units are those of strongly consistent
// reads of current versions on DynamoDB: one per 4 KB, and at least one per range.
import type { RowStore } from '../../../domain/projections/rows/row-store.ts';

export interface ReadCounts {
  readonly ranges: number;
  readonly rows: number;
  readonly units: number;
}

export interface CountingRows {
  readonly store: RowStore;
  readonly reset: () => void;
  readonly counts: () => ReadCounts;
}

const UNIT_BYTES = 4_096;

export function countingRows(store: RowStore): CountingRows {
  let [ranges, rows, units] = [0, 0, 0];
  return {
    store: {
      ...store,
      range: async function* (partition, range) {
        ranges++;
        let bytes = 1;
        try {
          for await (const row of store.range(partition, range)) {
            rows++;
            bytes += Buffer.byteLength(partition + row.sort + JSON.stringify(row.body));
            yield row;
          }
        } finally {
          units += Math.ceil(bytes / UNIT_BYTES);
        }
      },
    },
    reset: () => {
      [ranges, rows, units] = [0, 0, 0];
    },
    counts: () => ({ ranges, rows, units }),
  };
}
