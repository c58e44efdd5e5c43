// Row stores in memory, for tests: they keep the port's contract, and bodies leave and enter them only as JSON. A store may
// begin with the rows of a history that was folded before: many cases share those, and each has only its own to compare.
import type { NewRowStore, RowStores } from '../../../domain/projections/rows/row-store.ts';
import type { RowVersion } from '../../../domain/projections/rows/row.ts';
import { byUtf8 } from './memory-table.ts';

export interface MemoryRowStore extends NewRowStore {
  /** The versions that were appended and are not in the layer below, as text, one a line, in order. */
  readonly text: () => string;
  readonly has: (version: RowVersion) => boolean;
}

type Bodies = Map<number, string | undefined>;
/** By partition, sort key and position. */
export type Layer = Map<string, Map<string, Bodies>>;

const jsonOf = (body: object | undefined): string | undefined => body && JSON.stringify(body);

function put(layer: Layer, { partition, sort, position, body }: RowVersion): void {
  const sorts = layer.get(partition) ?? new Map<string, Bodies>();
  const bodies = sorts.get(sort) ?? new Map<number, string | undefined>();
  layer.set(partition, sorts.set(sort, bodies.set(position, jsonOf(body))));
}

export function layerOf(versions: Iterable<RowVersion>): Layer {
  const layer: Layer = new Map();
  for (const version of versions) put(layer, version);
  return layer;
}

/** Makes a row store above the layer `below`. Its `append` throws if a version exists with another body. */
export function memoryRowStore(below: Layer = new Map()): MemoryRowStore {
  const own: Layer = new Map();
  const layers = [below, own];

  const bodiesOf = (partition: string, sort: string): Bodies[] =>
    layers.flatMap((layer) => layer.get(partition)?.get(sort) ?? []);
  const find = ({ partition, sort, position }: RowVersion): Bodies | undefined =>
    bodiesOf(partition, sort).find((bodies) => bodies.has(position));

  function append(version: RowVersion): void {
    const { partition, sort, position, body } = version;
    const known = find(version);
    if (!known) put(own, version);
    else if (known.get(position) !== jsonOf(body))
      throw new Error(`${partition} ${sort} at ${position} is ${known.get(position)}, not ${jsonOf(body)}`);
  }

  function sortsIn(partition: string, from: string, end: string | undefined): string[] {
    if (end === `${from}\0`) return [from];
    const sorts = new Set(layers.flatMap((layer) => [...(layer.get(partition)?.keys() ?? [])]));
    return [...sorts].filter(
      (sort) => byUtf8(sort, from) >= 0 && (end === undefined || byUtf8(sort, end) < 0),
    );
  }

  return {
    append: async (versions) => versions.forEach(append),
    range: async function* (partition, { at, from = '', below: end, descending = false }) {
      const sorts = sortsIn(partition, from, end);
      for (const sort of sorts.sort((a, b) => (descending ? byUtf8(b, a) : byUtf8(a, b)))) {
        const all = bodiesOf(partition, sort);
        const positions = all.flatMap((bodies) => [...bodies.keys()]).filter((each) => each <= at);
        const position = Math.max(...positions);
        const json = all.find((bodies) => bodies.has(position))?.get(position);
        if (json !== undefined) yield { sort, position, body: JSON.parse(json) };
      }
    },
    // Each partition is a page.
    scan: async (after = '-1') => {
      const page = Number(after) + 1;
      const partitions = [...new Set(layers.flatMap((layer) => [...layer.keys()]))];
      const partition = partitions[page] ?? '';
      const versions = layers
        .flatMap((layer) => [...(layer.get(partition) ?? [])])
        .flatMap(([sort, bodies]) =>
          [...bodies].map(([position, json]): RowVersion => ({
            partition,
            sort,
            position,
            ...(json === undefined ? {} : { body: JSON.parse(json) }),
          })),
        );
      return { versions, ...(page + 1 < partitions.length ? { next: String(page) } : {}) };
    },
    resume: async () => {},
    complete: async () => {},
    has: (version) => find(version) !== undefined,
    text: () => [...textOf(own)].sort().join('\n'),
  };
}

function* textOf(layer: Layer): Generator<string> {
  for (const [partition, sorts] of layer)
    for (const [sort, bodies] of sorts)
      for (const [position, json] of bodies) yield JSON.stringify([partition, sort, position, json]);
}

export interface MemoryRowStores extends RowStores {
  /** The store of a generation that exists. */
  readonly of: (generation: number) => MemoryRowStore;
}

/** `layers` by generation; others begin empty when they are built. */
export function memoryRowStores(layers: Readonly<Record<number, Layer>> = {}): MemoryRowStores {
  const stores = new Map(
    Object.entries(layers).map(([number, layer]) => [Number(number), memoryRowStore(layer)] as const),
  );
  function of(generation: number): MemoryRowStore {
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
      const store = stores.get(generation) ?? memoryRowStore();
      stores.set(generation, store);
      return store;
    },
    drop: async (generation) => {
      stores.delete(generation);
    },
    list: async () => [...stores.keys()],
  };
}
