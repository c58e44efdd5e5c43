// Sums over many streams, such as how many statements name an actor. Each event writes its deltas as rows. When a window
// of positions is complete, a snapshot adds them to the snapshot before. The value at a position is the newest snapshot
// plus the deltas after it.
//
// Partitions of sums whose names begin alike, up to a slash, form a group. The deltas of an event on one group are in one
// row.
import type { TailRow, Tails } from './tails.ts';
import type { RowRange, RowStore } from './row-store.ts';
import { wavesOf } from '../../concurrency.ts';
import { keyText, positionKey, type Addend, type Row, type RowKey, type RowVersion } from './row.ts';

/** The sums at one key, by name. */
export type Sums = Readonly<Record<string, number>>;

/** What an event adds to the sums of one group: if it changes one of them, also those that its stream keeps, by 0. */
export type Delta = readonly [partition: string, sort: string, name: string, by: number];
export type Deltas = readonly Delta[];

/** Positions in a window. */
export const WINDOW = 2_048;

/** The last position of the window that contains this position. */
export const windowEnd = (position: number): number => position - (position % WINDOW) + WINDOW - 1;

const DELTAS = '-deltas';

/** By position, what events add to the sums of a partition and of its group. */
export const deltasOf = (partition: string): string => {
  const slash = partition.indexOf('/');
  return (slash < 0 ? partition : partition.slice(0, slash)) + DELTAS;
};

/** So many deltas, at 200 bytes each, fit into a row. A meeting of many actors changes the sums of all pairs. */
const MAX_DELTAS = 150;

/** One row for each group whose sums the event changes; several if it changes many. */
export function deltaRows(before: readonly Row[], after: readonly Row[], position: number): RowVersion[] {
  const groups = new Map<string, Delta[]>();
  const add = ({ partition, sort, adds }: Addend, by: number): void => {
    const group = deltasOf(partition);
    const deltas = groups.get(group);
    const delta: Delta = [partition, sort, adds, by];
    if (deltas) deltas.push(delta);
    else groups.set(group, [delta]);
  };
  const earlier = new Map<string, Addend>();
  for (const row of before) if ('adds' in row) earlier.set(sumText(row), row);
  for (const row of after)
    if ('adds' in row) add(row, earlier.size > 0 && earlier.delete(sumText(row)) ? 0 : 1);
  for (const row of earlier.values()) add(row, -1);
  const rows: RowVersion[] = [];
  for (const [partition, deltas] of groups) {
    if (deltas.every(([, , , by]) => by === 0)) continue;
    for (let from = 0; from < deltas.length; from += MAX_DELTAS) {
      const sort = positionKey(position) + (from === 0 ? '' : `~${String(from).padStart(6, '0')}`);
      const body: Deltas = deltas.slice(from, from + MAX_DELTAS);
      rows.push({ partition, sort, position, body });
    }
  }
  return rows;
}

const sumText = (row: Addend): string => `${keyText(row)}\u0001${row.adds}`;

export interface SumsWriter {
  /** Takes the versions of a batch. Batches come in order; the first one begins at the position given before. */
  add(versions: readonly RowVersion[]): void;
  /** The snapshot at the end of a window, once all batches of the window are added: the new values of its sums. */
  snapshot(end: number): Promise<RowVersion[]>;
  /** What it knows after the snapshot at this end; another writer that uses it takes it over. */
  known(end: number): KnownSums;
}

/** The sums that a process knows as of the end of a window, by the text of their keys. */
export interface KnownSums {
  readonly end: number;
  readonly sums: Map<string, Sums>;
}

/** Sums that a writer remembers, so that it need not read those that change often. */
const MAX_REMEMBERED = 200_000;

/**
 * Writes the snapshots of one generation, from position `next` on. What it does not know it reads from the store. With
 * `all`, which has all sums as of the window before, by the text of their keys, it reads nothing.
 */
export function sumsWriter(
  store: RowStore,
  groups: readonly string[],
  next: number,
  all?: Map<string, Sums>,
  known?: KnownSums,
): SumsWriter {
  let open: RowVersion[] = [];
  const begin = next - (next % WINDOW);
  let values = all ?? (known?.end === begin - 1 ? known.sums : new Map<string, Sums>());
  /** Deltas that were written before `next`, in the window that is open there. */
  let earlier = next > begin && !all ? begin : undefined;

  async function readEarlier(): Promise<void> {
    if (earlier === undefined) return;
    const range = { from: positionKey(earlier), below: positionKey(next), at: next - 1 };
    const found: RowVersion[] = [];
    for (const partition of groups.map((group) => group + DELTAS))
      for await (const row of store.range(partition, range)) found.push({ partition, ...row });
    open = [...found, ...open];
    earlier = undefined;
  }

  /** Reads the sums of keys that it does not know, as of the window before. */
  async function readUnknown(
    keys: Iterable<readonly [text: string, key: RowKey]>,
    end: number,
  ): Promise<void> {
    const unknown = [...keys].filter(([text]) => !values.has(text));
    const read = async ([text, { partition, sort }]: (typeof unknown)[number]): Promise<void> => {
      for await (const { body } of store.range(partition, keyRange(sort, end - WINDOW)))
        return void values.set(text, body as Sums);
    };
    for (const [, wave] of wavesOf(unknown)) await Promise.all(wave.map(read));
  }

  return {
    add: (versions) => {
      for (const version of versions) if (version.partition.endsWith(DELTAS)) open.push(version);
    },
    snapshot: async (end) => {
      await readEarlier();
      const changed = new Map<string, RowKey & { readonly by: Record<string, number> }>();
      for (const { body, position } of open) {
        if (windowEnd(position) !== end)
          throw new Error(`position ${position} is not in the window to ${end}`);
        for (const [partition, sort, name, by] of body as Deltas) {
          if (by === 0) continue;
          const text = keyText({ partition, sort });
          let row = changed.get(text);
          if (row === undefined) changed.set(text, (row = { partition, sort, by: {} }));
          row.by[name] = (row.by[name] ?? 0) + by;
        }
      }
      open = [];
      if (!all) await readUnknown(changed, end);
      const rows: RowVersion[] = [];
      for (const [text, { partition, sort, by }] of changed) {
        const body: Record<string, number> = { ...values.get(text) };
        for (const name in by) body[name] = (body[name] ?? 0) + (by[name] ?? 0);
        values.set(text, body);
        rows.push({ partition, sort, position: end, body });
      }
      if (!all && values.size > MAX_REMEMBERED) values = new Map();
      return rows;
    },
    known: (end) => ({ end, sums: values }),
  };
}

/** The range of one key. */
const keyRange = (sort: string, at: number): RowRange => ({ at, from: sort, below: `${sort}\0` });

/** Adds the sums of a scanned version to what a writer must know to read nothing. Later versions come after earlier ones. */
export function addScanned(known: Map<string, Sums>, groups: readonly string[], version: RowVersion): void {
  const [group = ''] = version.partition.split('/', 1);
  if (groups.includes(group) && version.body) known.set(keyText(version), version.body as Sums);
}

/** A partition of sums, or a range of its keys. */
interface Part extends Pick<RowRange, 'from' | 'below'> {
  readonly partition: string;
}

interface SumsReading {
  readonly rows: RowStore;
  readonly tails: Tails;
  readonly at: number;
}

/**
 * Reads the sums of a partition as of a position, by sort key. Snapshots of all windows that end at or before `at` must
 * have been appended. Deltas of the window that is open then come from the process's memory.
 */
export async function sumsAt(
  { rows, tails, at }: SumsReading,
  partition: string,
): Promise<Map<string, Sums>> {
  const sums = new Map<string, Sums>();
  for await (const { sort, body } of rows.range(partition, { at })) sums.set(sort, body as Sums);
  return withDeltas(tails, partition, at, sums, () => true);
}

/** The same for some keys, without reading the snapshots of all others. Keys that have no sums yet are left out. */
export async function sumsOf(
  { rows, tails, at }: SumsReading,
  partition: string,
  sorts: Iterable<string>,
): Promise<Map<string, Sums>> {
  const wanted = new Set(sorts);
  const found = new Map<string, Sums>();
  const read = async (sort: string): Promise<void> => {
    for await (const { body } of rows.range(partition, keyRange(sort, at)))
      return void found.set(sort, body as Sums);
  };
  for (const [, wave] of wavesOf([...wanted])) await Promise.all(wave.map(read));
  return withDeltas(tails, partition, at, found, (sort) => wanted.has(sort));
}

/** The same for a range of keys, in their order. It reads only as far as the caller does. Sort keys must be ASCII. */
export async function* sumsIn(
  { rows, tails, at }: SumsReading,
  { partition, ...range }: Part,
  descending = false,
): AsyncGenerator<{ readonly sort: string; readonly sums: Sums }> {
  const { from = '', below } = range;
  const isWanted = (sort: string) => sort >= from && (below === undefined || sort < below);
  const open = await withDeltas(tails, partition, at, new Map(), isWanted);
  const ascending = [...open.keys()].toSorted();
  const left = descending ? ascending.toReversed() : ascending;
  for await (const { sort, body } of rows.range(partition, { ...range, at, descending })) {
    while (left[0] !== undefined && (descending ? left[0] > sort : left[0] < sort)) yield next();
    const more = left[0] === sort ? next().sums : {};
    yield {
      sort,
      sums: Object.entries(more).reduce((sums, [name, by]) => plus(sums, name, by), body as Sums),
    };
  }
  while (left.length > 0) yield next();

  function next() {
    const sort = left.shift() ?? '';
    return { sort, sums: open.get(sort) ?? {} };
  }
}

/** Adds the deltas of the window that is not complete at this position. */
async function withDeltas(
  tails: Tails,
  partition: string,
  at: number,
  sums: Map<string, Sums>,
  isWanted: (sort: string) => boolean,
): Promise<Map<string, Sums>> {
  const from = windowEnd(at + 1) - WINDOW + 1;
  for (const { body } of await tails.read<Deltas>(deltasOf(partition), from, at))
    for (const [of, sort, name, by] of body)
      if (of === partition && isWanted(sort)) sums.set(sort, plus(sums.get(sort) ?? {}, name, by));
  return sums;
}

/**
 * What each event after position `after` adds to the sums of a partition and of its group. Events of the last windows come
 * from memory.
 */
export async function deltasAfter(
  { tails, at }: Pick<SumsReading, 'tails' | 'at'>,
  partition: string,
  after: number,
): Promise<Deltas[]> {
  const rows: TailRow<Deltas>[] = [];
  for (let end = windowEnd(after + 1); end - WINDOW < at; end += WINDOW)
    rows.push(...(await tails.read<Deltas>(deltasOf(partition), end - WINDOW + 1, Math.min(at, end))));
  const left = rows.filter(({ position }) => position > after);
  const events = Map.groupBy(left, ({ position }) => position);
  return [...events.values()].map((parts) => parts.flatMap(({ body }) => body));
}

const plus = (values: Sums, name: string, by: number): Sums => ({
  ...values,
  [name]: (values[name] ?? 0) + by,
});

/** The row that adds 1 to this sum. */
export const addend = (partition: string, sort: string, adds: string): Addend => ({ partition, sort, adds });
