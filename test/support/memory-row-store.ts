// A row store in memory, for tests: it keeps the port's contract, and bodies leave it and enter it only as JSON.
import type { RowStore } from '../../domain/projections/row-store.ts';
import type { RowVersion } from '../../domain/projections/row.ts';
import { byUtf8 } from './memory-table.ts';

export interface MemoryRowStore extends RowStore {
  /** All versions as text, one a line, in order. */
  readonly text: () => string;
}

type Versions = Map<number, string | undefined>;

export function memoryRowStore(): MemoryRowStore {
  const partitions = new Map<string, Map<string, Versions>>();

  function add({ partition, sort, position, body }: RowVersion): void {
    const rows = partitions.get(partition) ?? new Map<string, Versions>();
    partitions.set(partition, rows);
    const versions = rows.get(sort) ?? new Map<number, string | undefined>();
    rows.set(sort, versions);
    if (!versions.has(position)) versions.set(position, body && JSON.stringify(body));
  }

  return {
    append: async (versions) => versions.forEach(add),
    range: async function* (partition, { at, from = '', below, descending = false }) {
      const rows = [...(partitions.get(partition) ?? [])]
        .filter(([sort]) => byUtf8(sort, from) >= 0 && (below === undefined || byUtf8(sort, below) < 0))
        .sort(([a], [b]) => (descending ? byUtf8(b, a) : byUtf8(a, b)));
      for (const [sort, versions] of rows) {
        const position = Math.max(...[...versions.keys()].filter((each) => each <= at));
        const json = versions.get(position);
        if (json !== undefined) yield { sort, position, body: JSON.parse(json) };
      }
    },
    text: () =>
      [...partitions]
        .flatMap(([partition, rows]) =>
          [...rows].flatMap(([sort, versions]) =>
            [...versions].map(([position, json]) => JSON.stringify([partition, sort, position, json])),
          ),
        )
        .sort()
        .join('\n'),
  };
}
