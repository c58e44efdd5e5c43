// Sums over many streams, such as the number of statements of an actor. An event writes deltas, and a complete window a
// snapshot. The sum at a position is the newest snapshot plus the deltas after it.
import { addDelta, withLatestDates } from './latest-dates.ts';
import type { PositionedRow, RecentRows } from './recent-rows.ts';
import type { RowRange, RowStore } from './row-store.ts';
import { slicesOf } from '../../concurrency.ts';
import {
  deltasOf,
  groupOf,
  isDeltas,
  keyText,
  MET,
  nextKey,
  partitionsOf,
  pieceKey,
  positionKey,
  type RowKey,
} from './row-keys.ts';
import type { SumIncrement, Row, RowVersion } from './row.ts';

/** The sums at one key, by name. */
export type SumsByName = Readonly<Record<string, number>>;

/** The change of one sum by one event. An event that changes a group also lists, by 0, its sums that do not change. */
export type Delta = readonly [partition: string, sort: string, name: string, by: number];
export type Deltas = readonly Delta[];

/** Positions in a window. */
export const WINDOW_POSITIONS = 2_048;

/** Returns the last position of the window that contains this position. */
export const windowEnd = (position: number): number =>
  position - (position % WINDOW_POSITIONS) + WINDOW_POSITIONS - 1;

/** Returns the position of the newest snapshot as of this position, or -1 if no window is complete. */
const snapshotBefore = (at: number): number => windowEnd(at + 1) - WINDOW_POSITIONS;

/** Maximum number of deltas in a row, at up to 224 bytes each. A meeting of many actors changes the sums of all pairs. */
const MAX_DELTAS = 140;

/** Groups that list their partitions in `partitionsOf`. */
const LISTED_GROUPS = new Set([MET]);
/** Maximum number of partition names in a row, at up to 80 bytes each. */
const MAX_NAMES = 400;

function listingRows(partitions: Iterable<string>, end: number): RowVersion[] {
  const groups = Map.groupBy(partitions, groupOf);
  return [...groups].flatMap(([group, names]) =>
    rowsOf(partitionsOf(group), end, names.toSorted(), MAX_NAMES),
  );
}

/** Returns rows of one position with these values: one row for each `max` values. */
function rowsOf(partition: string, position: number, values: readonly unknown[], max: number): RowVersion[] {
  const rows: RowVersion[] = [];
  for (let from = 0; from < values.length; from += max) {
    const sort = pieceKey(position, from);
    rows.push({ partition, sort, position, body: values.slice(from, from + max) });
  }
  return rows;
}

/** Returns one row of deltas for each group whose sums the event changes, or several rows if it changes many sums. */
export function deltaRows(before: readonly Row[], after: readonly Row[], position: number): RowVersion[] {
  const groups = new Map<string, Delta[]>();
  const add = ({ partition, sort, adds }: SumIncrement, by: number): void => {
    const group = deltasOf(partition);
    const deltas = groups.get(group);
    const delta: Delta = [partition, sort, adds, by];
    if (deltas) deltas.push(delta);
    else groups.set(group, [delta]);
  };
  const earlier = new Map<string, SumIncrement>();
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

const sumText = (row: SumIncrement): string => `${keyText(row)}\u0001${row.adds}`;

export interface SumsWriter {
  /** Adds the versions of a batch. Batches come in order, the first one from position `next` on. */
  add(versions: readonly RowVersion[]): void;
  /** Returns the new values of the sums that the window to `end` changed. All batches of the window must be added. */
  snapshot(end: number): Promise<RowVersion[]>;
  /** Returns the sums that it knows after the snapshot at `end`. The next writer takes them over and changes them. */
  known(end: number): SumsInMemory;
}

/** The sums that a process keeps in memory as of the end of a window, by the text of their keys. */
export interface SumsInMemory {
  readonly end: number;
  readonly sums: Map<string, SumsByName>;
}

/** Maximum number of keys that a writer keeps in memory, so that it does not read sums that change often. */
const MAX_REMEMBERED = 200_000;

/** Returns a writer of the snapshots of one generation from position `next` on. It reads unknown sums from the store. */
export function sumsWriter(
  store: RowStore,
  groups: readonly string[],
  next: number,
  known?: SumsInMemory,
): SumsWriter {
  let open: RowVersion[] = [];
  const begin = next - (next % WINDOW_POSITIONS);
  let values = known?.end === begin - 1 ? known.sums : new Map<string, SumsByName>();
  /** First position of the deltas that are still to be read: those before `next` in its window. */
  let earlier = next > begin ? begin : undefined;

  async function readEarlier(): Promise<void> {
    if (earlier === undefined) return;
    const range = { from: positionKey(earlier), below: positionKey(next), at: next - 1 };
    const deltas: RowVersion[] = [];
    for (const partition of groups.map(deltasOf))
      for await (const row of store.range(partition, range)) deltas.push({ partition, ...row });
    open = [...deltas, ...open];
    earlier = undefined;
  }

  /** Reads the sums of keys that are not in memory, as of the end of the window before. */
  async function readUnknown(
    keys: Iterable<readonly [text: string, key: RowKey]>,
    end: number,
  ): Promise<void> {
    const unknown = [...keys].filter(([text]) => !values.has(text));
    const read = async ([text, { partition, sort }]: (typeof unknown)[number]): Promise<void> => {
      for await (const { body } of store.range(partition, keyRange(sort, end - WINDOW_POSITIONS)))
        return void values.set(text, body as SumsByName);
    };
    for (const [, wave] of slicesOf(unknown)) await Promise.all(wave.map(read));
  }

  return {
    add: (versions) => {
      for (const version of versions) if (isDeltas(version.partition)) open.push(version);
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
          addDelta(row.by, name, by);
        }
      }
      open = [];
      await readUnknown(changed, end);
      const rows: RowVersion[] = [];
      const listed = new Set<string>();
      for (const [text, { partition, sort, by }] of changed) {
        const before = values.get(text);
        if (before === undefined && LISTED_GROUPS.has(groupOf(partition))) listed.add(partition);
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

/** Returns the range of one key. */
const keyRange = (sort: string, at: number): RowRange => ({ at, from: sort, below: nextKey(sort) });

/** A partition of sums, or a range of its keys. */
interface Part extends Pick<RowRange, 'from' | 'below'> {
  readonly partition: string;
}

interface SumsReading {
  readonly rows: RowStore;
  readonly recentRows: RecentRows;
  readonly at: number;
}

/**
 * Reads the sums of a partition as of a position, by sort key. Snapshots of all windows that end at or before `at` must
 * have been appended. Deltas of the open window come from the memory of the process.
 */
export async function sumsAt(
  { rows, recentRows, at }: SumsReading,
  partition: string,
): Promise<Map<string, SumsByName>> {
  const sums = new Map<string, SumsByName>();
  for await (const { sort, body } of rows.range(partition, { at })) sums.set(sort, body as SumsByName);
  return withDeltas(recentRows, partition, at, sums, () => true);
}

/** Reads the sums of some keys as `sumsAt` does, without the snapshots of other keys. Leaves out keys without sums. */
export async function sumsOf(
  { rows, recentRows, at }: SumsReading,
  partition: string,
  sorts: Iterable<string>,
): Promise<Map<string, SumsByName>> {
  const wanted = new Set(sorts);
  const snapshots = snapshotsOf(recentRows);
  const end = snapshotBefore(at);
  const known = new Map<string, SumsByName>();
  const read = async (sort: string): Promise<void> => {
    const key = `${end} ${keyText({ partition, sort })}`;
    let sums = snapshots.get(key);
    if (sums === undefined)
      for await (const { body } of rows.range(partition, keyRange(sort, end))) sums = body as SumsByName;
    sums ??= NONE;
    // The snapshot that was used last is the last in the map.
    snapshots.delete(key);
    snapshots.set(key, sums);
    if (sums !== NONE) known.set(sort, sums);
  };
  if (end >= 0) for (const [, wave] of slicesOf([...wanted])) await Promise.all(wave.map(read));
  return withDeltas(recentRows, partition, at, known, (sort) => wanted.has(sort));
}

/** Marks a key that has no snapshot. */
const NONE: SumsByName = {};

/** Snapshots that a process read last, by position and key. A snapshot never changes. */
const readSnapshots = new WeakMap<RecentRows, Map<string, SumsByName>>();
const MAX_SNAPSHOTS = 20_000;

function snapshotsOf(recentRows: RecentRows): Map<string, SumsByName> {
  const known = readSnapshots.get(recentRows) ?? new Map<string, SumsByName>();
  readSnapshots.set(recentRows, known);
  for (const oldest of known.keys()) {
    if (known.size <= MAX_SNAPSHOTS) break;
    known.delete(oldest);
  }
  return known;
}

/** Reads the sums of a range of keys, in their order, only as far as the caller iterates. Sort keys must be ASCII. */
export async function* sumsIn(
  { rows, recentRows, at }: SumsReading,
  { partition, ...range }: Part,
  descending = false,
): AsyncGenerator<{ readonly sort: string; readonly sums: SumsByName }> {
  const { from = '', below } = range;
  const isWanted = (sort: string) => sort >= from && (below === undefined || sort < below);
  const open = await withDeltas(recentRows, partition, at, new Map(), isWanted);
  const ascending = [...open.keys()].toSorted();
  const pending = descending ? ascending.toReversed() : ascending;
  for await (const { sort, body } of rows.range(partition, { ...range, at, descending })) {
    while (pending[0] !== undefined && (descending ? pending[0] > sort : pending[0] < sort)) yield next();
    const more = pending[0] === sort ? next().sums : {};
    const sums: Record<string, number> = { ...(body as SumsByName) };
    for (const name in more) sums[name] = (sums[name] ?? 0) + (more[name] ?? 0);
    yield { sort, sums };
  }
  while (pending.length > 0) yield next();

  function next() {
    const sort = pending.shift() ?? '';
    return { sort, sums: open.get(sort) ?? {} };
  }
}

/** Adds the deltas of the window that is open at this position. */
async function withDeltas(
  recentRows: RecentRows,
  partition: string,
  at: number,
  sums: Map<string, SumsByName>,
  isWanted: (sort: string) => boolean,
): Promise<Map<string, SumsByName>> {
  const from = snapshotBefore(at) + 1;
  const changed = new Map<string, Record<string, number>>();
  for (const { body } of await recentRows.read<Deltas>(deltasOf(partition), from, at))
    for (const [of, sort, name, by] of body) {
      if (of !== partition || !isWanted(sort)) continue;
      let own = changed.get(sort);
      if (own === undefined) changed.set(sort, (own = { ...sums.get(sort) }));
      addDelta(own, name, by);
    }
  for (const [sort, own] of changed) sums.set(sort, own);
  return sums;
}

/** Returns the partitions of a listed group that have a key as of a position. */
export async function partitionsAt(
  { recentRows, at }: Pick<SumsReading, 'recentRows' | 'at'>,
  group: string,
): Promise<Set<string>> {
  const end = snapshotBefore(at);
  const listed = await recentRows.read<readonly string[]>(partitionsOf(group), 0, end);
  const open = await recentRows.read<Deltas>(deltasOf(group), end + 1, at);
  return new Set([
    ...listed.flatMap(({ body }) => body),
    ...open.flatMap(({ body }) => body.map(([partition]) => partition)),
  ]);
}

/**
 * Returns the deltas of each event after position `after` on the group of a partition. Deltas of recent windows come
 * from memory.
 */
export async function deltasAfter(
  { recentRows, at }: Pick<SumsReading, 'recentRows' | 'at'>,
  partition: string,
  after: number,
): Promise<Deltas[]> {
  const rows: PositionedRow<Deltas>[] = [];
  for (let end = windowEnd(after + 1); end - WINDOW_POSITIONS < at; end += WINDOW_POSITIONS)
    rows.push(
      ...(await recentRows.read<Deltas>(deltasOf(partition), end - WINDOW_POSITIONS + 1, Math.min(at, end))),
    );
  const later = rows.filter(({ position }) => position > after);
  const events = Map.groupBy(later, ({ position }) => position);
  return [...events.values()].map((parts) => parts.flatMap(({ body }) => body));
}

/** Returns a row that adds 1 to a sum. */
export const sumIncrement = (partition: string, sort: string, adds: string): SumIncrement => ({
  partition,
  sort,
  adds,
});
