// Sums over many streams, such as how many statements name an actor. Each event writes its deltas as rows. When a window
// of positions is complete, a snapshot adds them to the snapshot before. The value at a position is the newest snapshot
// plus the deltas after it.
//
// Partitions of sums whose names begin alike, up to a slash, form a group. The deltas of an event on one group are in one
// row.
import { addTo, withLatestDates } from './latest-dates.ts';
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

/** The position of the newest snapshot as of this position; -1 if there is none. */
const snapshotBefore = (at: number): number => windowEnd(at + 1) - WINDOW;

const DELTAS = '-deltas';

/** By position, what events add to the sums of a partition and of its group. */
export const deltasOf = (partition: string): string => {
  const slash = partition.indexOf('/');
  return (slash < 0 ? partition : partition.slice(0, slash)) + DELTAS;
};

/** So many deltas, at 224 bytes each, fit into a row. A meeting of many actors changes the sums of all pairs. */
const MAX_DELTAS = 140;

/** Groups whose partitions are listed. */
const LISTED = /^met\//;
/** So many names of partitions, at 80 bytes each, fit into a row. */
const MAX_NAMES = 400;

/** By the ends of windows, the names of partitions of this group that got a key in the window. */
export const partitionsOf = (group: string): string => `${group}-partitions`;

function listingRows(partitions: Iterable<string>, end: number): RowVersion[] {
  const groups = Map.groupBy(partitions, (partition) => partition.slice(0, partition.indexOf('/')));
  return [...groups].flatMap(([group, names]) =>
    rowsOf(partitionsOf(group), end, names.toSorted(), MAX_NAMES),
  );
}

/** The rows of one position with these values: one, or several if there are more than `most`. */
function rowsOf(partition: string, position: number, values: readonly unknown[], most: number): RowVersion[] {
  const rows: RowVersion[] = [];
  for (let from = 0; from < values.length; from += most) {
    const sort = positionKey(position) + (from === 0 ? '' : `~${String(from).padStart(6, '0')}`);
    rows.push({ partition, sort, position, body: values.slice(from, from + most) });
  }
  return rows;
}

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
    rows.push(...rowsOf(partition, position, deltas, MAX_DELTAS));
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

/** Writes the snapshots of one generation, from position `next` on. What it does not know it reads from the store. */
export function sumsWriter(
  store: RowStore,
  groups: readonly string[],
  next: number,
  known?: KnownSums,
): SumsWriter {
  let open: RowVersion[] = [];
  const begin = next - (next % WINDOW);
  let values = known?.end === begin - 1 ? known.sums : new Map<string, Sums>();
  /** Deltas that were written before `next`, in the window that is open there. */
  let earlier = next > begin ? begin : undefined;

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
          addTo(row.by, name, by);
        }
      }
      open = [];
      await readUnknown(changed, end);
      const rows: RowVersion[] = [];
      const listed = new Set<string>();
      for (const [text, { partition, sort, by }] of changed) {
        const before = values.get(text);
        if (before === undefined && LISTED.test(partition)) listed.add(partition);
        const sums: Record<string, number> = { ...before };
        for (const name in by) sums[name] = (sums[name] ?? 0) + (by[name] ?? 0);
        const body = withLatestDates(sums);
        values.set(text, body);
        rows.push({ partition, sort, position: end, body });
      }
      rows.push(...listingRows(listed, end));
      if (values.size > MAX_REMEMBERED) values = new Map();
      return rows;
    },
    known: (end) => ({ end, sums: values }),
  };
}

/** The range of one key. */
const keyRange = (sort: string, at: number): RowRange => ({ at, from: sort, below: `${sort}\0` });

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
  const snapshots = snapshotsOf(tails);
  const end = snapshotBefore(at);
  const found = new Map<string, Sums>();
  const read = async (sort: string): Promise<void> => {
    const key = `${end} ${keyText({ partition, sort })}`;
    let sums = snapshots.get(key);
    if (sums === undefined)
      for await (const { body } of rows.range(partition, keyRange(sort, end))) sums = body as Sums;
    sums ??= NONE;
    // What was read last is the last in the map.
    snapshots.delete(key);
    snapshots.set(key, sums);
    if (sums !== NONE) found.set(sort, sums);
  };
  if (end >= 0) for (const [, wave] of wavesOf([...wanted])) await Promise.all(wave.map(read));
  return withDeltas(tails, partition, at, found, (sort) => wanted.has(sort));
}

/** Stands for a key that a snapshot does not have. */
const NONE: Sums = {};

/** The sums of snapshots that a process read last, by position and key: a snapshot never changes. */
const readSnapshots = new WeakMap<Tails, Map<string, Sums>>();
const MAX_SNAPSHOTS = 20_000;

function snapshotsOf(tails: Tails): Map<string, Sums> {
  const known = readSnapshots.get(tails) ?? new Map<string, Sums>();
  readSnapshots.set(tails, known);
  for (const oldest of known.keys()) {
    if (known.size <= MAX_SNAPSHOTS) break;
    known.delete(oldest);
  }
  return known;
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
    const sums: Record<string, number> = { ...(body as Sums) };
    for (const name in more) sums[name] = (sums[name] ?? 0) + (more[name] ?? 0);
    yield { sort, sums };
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
  const from = snapshotBefore(at) + 1;
  const changed = new Map<string, Record<string, number>>();
  for (const { body } of await tails.read<Deltas>(deltasOf(partition), from, at))
    for (const [of, sort, name, by] of body) {
      if (of !== partition || !isWanted(sort)) continue;
      let own = changed.get(sort);
      if (own === undefined) changed.set(sort, (own = { ...sums.get(sort) }));
      addTo(own, name, by);
    }
  for (const [sort, own] of changed) sums.set(sort, own);
  return sums;
}

/** The partitions of a listed group that have a key as of a position. */
export async function partitionsAt(
  { tails, at }: Pick<SumsReading, 'tails' | 'at'>,
  group: string,
): Promise<Set<string>> {
  const end = snapshotBefore(at);
  const listed = await tails.read<readonly string[]>(partitionsOf(group), 0, end);
  const open = await tails.read<Deltas>(group + DELTAS, end + 1, at);
  return new Set([
    ...listed.flatMap(({ body }) => body),
    ...open.flatMap(({ body }) => body.map(([partition]) => partition)),
  ]);
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

/** The row that adds 1 to this sum. */
export const addend = (partition: string, sort: string, adds: string): Addend => ({ partition, sort, adds });
