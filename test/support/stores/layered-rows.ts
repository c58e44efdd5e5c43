// Row stores in memory that begin with the rows of a history that was folded before: many cases share those, and each
// has only its own rows to compare. A version that is appended again with another body is an error.
import type { RowStore, RowStores, ScanPage } from '../../../domain/projections/rows/row-store.ts';
import type { RowVersion } from '../../../domain/projections/rows/row.ts';
import { storesIn } from './memory-row-store.ts';
import { byUtf8 } from './memory-table.ts';

type Bodies = Map<number, string | undefined>;
export type Layer = Map<string, Map<string, Bodies>>;

const jsonOf = (body: object | undefined): string | undefined => body && JSON.stringify(body);

function bodiesAt(layer: Layer, partition: string, sort: string): Bodies {
  const sorts = layer.get(partition) ?? new Map<string, Bodies>();
  const bodies = sorts.get(sort) ?? new Map<number, string | undefined>();
  layer.set(partition, sorts.set(sort, bodies));
  return bodies;
}

export function layerOf(versions: Iterable<RowVersion>): Layer {
  const layer: Layer = new Map();
  for (const { partition, sort, position, body } of versions)
    bodiesAt(layer, partition, sort).set(position, jsonOf(body));
  return layer;
}

export interface LayeredRows extends RowStore {
  /** The versions that were appended and are not in the layer below, as text, one a line, in order. */
  readonly text: () => string;
  readonly has: (version: RowVersion) => boolean;
}

const NOTHING: Layer = new Map();

export function layeredRows(below: Layer = NOTHING): LayeredRows {
  const own: Layer = new Map();
  const layers = [below, own];

  function find({ partition, sort, position }: RowVersion): Bodies | undefined {
    return layers
      .map((layer) => layer.get(partition)?.get(sort))
      .find((bodies) => bodies?.has(position) === true);
  }

  function append(version: RowVersion): void {
    const { partition, sort, position, body } = version;
    const known = find(version);
    const json = jsonOf(body);
    if (!known) bodiesAt(own, partition, sort).set(position, json);
    else if (known.get(position) !== json)
      throw new Error(
        `${partition} ${sort} at ${position} was ${known.get(position)} and is appended as ${json}`,
      );
  }

  const versionsIn = (layer: Layer): RowVersion[] =>
    [...layer].flatMap(([partition, sorts]) =>
      [...sorts].flatMap(([sort, bodies]) =>
        [...bodies].map(([position, json]): RowVersion => ({
          partition,
          sort,
          position,
          ...(json === undefined ? {} : { body: JSON.parse(json) }),
        })),
      ),
    );

  return {
    append: async (versions) => versions.forEach(append),
    range: async function* (partition, { at, from = '', below: end, descending = false }) {
      const keysOf = (layer: Layer): string[] => [...(layer.get(partition)?.keys() ?? [])];
      const wanted = (end === `${from}\0` ? [from] : [...new Set(layers.flatMap(keysOf))])
        .filter((sort) => byUtf8(sort, from) >= 0 && (end === undefined || byUtf8(sort, end) < 0))
        .sort((a, b) => (descending ? byUtf8(b, a) : byUtf8(a, b)));
      for (const sort of wanted) {
        const bodies = new Map(layers.flatMap((layer) => [...(layer.get(partition)?.get(sort) ?? [])]));
        const position = Math.max(...[...bodies.keys()].filter((each) => each <= at));
        const json = bodies.get(position);
        if (json !== undefined) yield { sort, position, body: JSON.parse(json) };
      }
    },
    scan: async (): Promise<ScanPage> => ({ versions: layers.flatMap(versionsIn) }),
    has: (version) => find(version) !== undefined,
    text: () =>
      versionsIn(own)
        .map(({ partition, sort, position, body }) => JSON.stringify([partition, sort, position, body]))
        .sort()
        .join('\n'),
  };
}

export interface LayeredStores extends RowStores {
  readonly of: (generation: number) => LayeredRows;
}

/** `layers` by generation; others begin empty when they are built. */
export const layeredStores = (layers: Readonly<Record<number, Layer>> = {}): LayeredStores =>
  storesIn(
    new Map(Object.entries(layers).map(([number, layer]) => [Number(number), layeredRows(layer)] as const)),
    layeredRows,
    (store) => ({ ...store, resume: async () => {}, complete: async () => {} }),
  );
