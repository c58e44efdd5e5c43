// Row stores in memory, for tests: they keep the port's contract, and bodies leave and enter them only as JSON.
import type { NewRowStore, RowStore, RowStores } from '../../../domain/projections/rows/row-store.ts';
import type { RowVersion } from '../../../domain/projections/rows/row.ts';
import { byUtf8 } from './memory-table.ts';

export interface MemoryRowStore extends NewRowStore {
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
      const rows = rowsBetween(partitions.get(partition) ?? new Map<string, Versions>(), from, below);
      rows.sort(([a], [b]) => (descending ? byUtf8(b, a) : byUtf8(a, b)));
      for (const [sort, versions] of rows) {
        const position = Math.max(...[...versions.keys()].filter((each) => each <= at));
        const json = versions.get(position);
        if (json !== undefined) yield { sort, position, body: JSON.parse(json) };
      }
    },
    // Each partition is a page.
    scan: async (after = '-1') => {
      const page = Number(after) + 1;
      const [partition = '', rows = []] = [...partitions][page] ?? [];
      const versions = [...rows].flatMap(([sort, versions]) =>
        [...versions].map(([position, json]): RowVersion => ({
          partition,
          sort,
          position,
          ...(json === undefined ? {} : { body: JSON.parse(json) }),
        })),
      );
      return { versions, ...(page + 1 < partitions.size ? { next: String(page) } : {}) };
    },
    resume: async () => {},
    complete: async () => {},
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

function rowsBetween(
  rows: ReadonlyMap<string, Versions>,
  from: string,
  below: string | undefined,
): [sort: string, Versions][] {
  const one = rows.get(from);
  if (below === `${from}\0`) return one ? [[from, one]] : [];
  return [...rows].filter(
    ([sort]) => byUtf8(sort, from) >= 0 && (below === undefined || byUtf8(sort, below) < 0),
  );
}

export interface MemoryRowStores extends RowStores {
  /** The store of a generation that exists. */
  readonly of: (generation: number) => MemoryRowStore;
}

export const memoryRowStores = (): MemoryRowStores =>
  storesIn(new Map<number, MemoryRowStore>(), memoryRowStore, (store) => store);

/** The stores of generations in a map; `create` makes that of a new generation, and `built` what builds it. */
export function storesIn<S extends RowStore>(
  stores: Map<number, S>,
  create: () => S,
  built: (store: S) => NewRowStore,
): RowStores & { readonly of: (generation: number) => S } {
  function of(generation: number): S {
    const store = stores.get(generation);
    if (!store) throw new Error(`there are no rows of generation ${generation}`);
    return store;
  }

  return {
    of,
    open: (generation) => ({
      append: async (versions) => of(generation).append(versions),
      range: async function* (partition, range) {
        yield* of(generation).range(partition, range);
      },
      scan: async (after) => of(generation).scan(after),
    }),
    build: async (generation) => {
      const store = stores.get(generation) ?? create();
      stores.set(generation, store);
      return built(store);
    },
    drop: async (generation) => {
      stores.delete(generation);
    },
    list: async () => [...stores.keys()],
  };
}
