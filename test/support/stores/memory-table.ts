// A table in memory, for tests: it keeps the port's contract, and items leave it and enter it only as JSON.
import { TooLarge, type Item, type StoredItem, type Table } from '../../../domain/ports.ts';

const MAX_BODY_BYTES = 350 * 1_024;

export interface MemoryTable extends Table {
  /** Every item, in the order of partition and sort key, without its version. */
  readonly items: () => Item[];
  /** Another table with the same items and versions. */
  readonly copy: () => MemoryTable;
}

interface Stored {
  readonly version: number;
  readonly json: string;
}

export function memoryTable(
  partitions: Map<string, Map<string, Stored>> = new Map<string, Map<string, Stored>>(),
): MemoryTable {
  const sorted = new Map<string, readonly string[]>();

  const standing = (partition: string, sort: string) => partitions.get(partition)?.get(sort);
  const itemOf = (partition: string, sort: string): StoredItem | undefined => {
    const stored = standing(partition, sort);
    if (!stored) return undefined;
    const { json, ...others } = stored;
    return { partition, sort, body: JSON.parse(json), ...others };
  };
  const sortsOf = (partition: string): readonly string[] => {
    const known = sorted.get(partition) ?? [...(partitions.get(partition)?.keys() ?? [])].sort(byUtf8);
    sorted.set(partition, known);
    return known;
  };
  const write = ({ partition, sort }: Item, json: string): void => {
    const items = partitions.get(partition) ?? new Map<string, Stored>();
    partitions.set(partition, items);
    const before = items.get(sort);
    if (!before) sorted.delete(partition);
    items.set(sort, { version: (before?.version ?? 0) + 1, json });
  };

  return {
    get: async (partition, sort) => itemOf(partition, sort),
    compareAndPut: async (item, version) => {
      const json = jsonOf(item);
      if ((standing(item.partition, item.sort)?.version ?? 0) !== version) return false;
      write(item, json);
      return true;
    },
    batchPut: async (items) => {
      const jsons = items.map((item) => [item, jsonOf(item)] as const);
      for (const [item, json] of jsons) write(item, json);
    },
    batchDelete: async (keys) => {
      for (const { partition, sort } of keys) {
        if (partitions.get(partition)?.delete(sort)) sorted.delete(partition);
      }
    },
    range: async function* (partition, { from = '', below, descending = false } = {}) {
      const sorts = sortsOf(partition).filter(
        (sort) => byUtf8(sort, from) >= 0 && (below === undefined || byUtf8(sort, below) < 0),
      );
      for (const sort of descending ? sorts.toReversed() : sorts) {
        const item = itemOf(partition, sort);
        if (item) yield item;
      }
    },
    copy: () => memoryTable(new Map([...partitions].map(([name, items]) => [name, new Map(items)]))),
    items: () =>
      [...partitions.keys()].sort(byUtf8).flatMap((partition) =>
        sortsOf(partition).flatMap((sort) => {
          const item = itemOf(partition, sort);
          if (!item) return [];
          const { version: _, ...bare } = item;
          return [bare];
        }),
      ),
  };
}

function jsonOf({ partition, sort, body }: Item): string {
  const json = JSON.stringify(body) as string | undefined;
  if (json === undefined) throw new TypeError(`the body of ${partition} ${sort} is not JSON`);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_BODY_BYTES) throw new TooLarge(`item ${partition} ${sort}`, bytes, MAX_BODY_BYTES);
  return json;
}

/** Compares strings by their UTF-8 bytes. That order differs from the UTF-16 order only if there are surrogates. */
export function byUtf8(a: string, b: string): number {
  if (a === b) return 0;
  if (/[\ud800-\udfff]/.test(a + b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}
