// The rows of a generation as they are stored, read as they stood at a position of the log, and written.
// Whoever reads looks at the rows that stand first and at those that were closed after that: a row that a fold moves
// from here to there meanwhile is seen in one of the two.
import {
  justAbove,
  keyOf,
  keyText,
  liveKey,
  pastRange,
  rangesOf,
  shardOf,
  shardPartitions,
  type Generation,
} from './generation.ts';
import { closedItems, closedRows, type ClosedAt } from './past.ts';
import type { Item, Range, StoredItem, Table } from './ports.ts';
import type { RowKey } from './views/view.ts';
import { wavesOf } from './waves.ts';

/** Made by the event at position `from`; closed by the one at `to`. */
export interface StoredRow {
  readonly from: number;
  readonly to?: number;
  readonly body: object;
}

/** A key, and the row that stands there, if any. */
export interface RowAt extends RowKey {
  readonly row: StoredRow | undefined;
}

const rowOf = ({ from = 0, body }: StoredItem): StoredRow => ({ from, body: body as object });

/** The rows of these keys as they stand, in the order of the keys. */
export async function rowsNow(
  views: Table,
  generation: Generation,
  keys: readonly RowKey[],
): Promise<RowAt[]> {
  const live = await standing(views, generation, keys);
  return keys.map((key) => ({ ...key, row: live.get(keyText(key)) }));
}

async function standing(
  views: Table,
  generation: Generation,
  keys: readonly RowKey[],
): Promise<Map<string, StoredRow>> {
  const items = await views.getAll(keys.map((key) => liveKey(generation, key)));
  return new Map(items.map((item) => [item.sort, rowOf(item)]));
}

/**
 * The rows of these keys as they stood just before position `next`, whatever has been written since, in the order of
 * the keys.
 */
export async function rowsBefore(
  views: Table,
  generation: Generation,
  keys: readonly RowKey[],
  next: number,
): Promise<RowAt[]> {
  if (next === 0) return keys.map((key) => ({ ...key, row: undefined }));
  const live = await standing(views, generation, keys);
  const rows: RowAt[] = [];
  for (const [, wave] of wavesOf(keys)) {
    const found = wave.map(async (key): Promise<RowAt> => {
      const row = live.get(keyText(key));
      return { ...key, row: row && row.from < next ? row : await pastRow(views, generation, key, next) };
    });
    rows.push(...(await Promise.all(found)));
  }
  return rows;
}

/** The row that stood here before position `next` and was closed at or after it. */
async function pastRow(
  views: Table,
  generation: Generation,
  key: RowKey,
  next: number,
): Promise<StoredRow | undefined> {
  for await (const item of views.range(...pastRange(generation, key, next))) {
    const row = closedRows(item).findLast(({ from }) => from < next);
    return row && row.to >= next ? { from: row.from, body: row.body } : undefined;
  }
  return undefined;
}

/** So many standing rows are read before the closed ones beside them: few at first, as many only want one. */
const FIRST_CHUNK = 10;
const LAST_CHUNK = 90;

/** The rows of a view's partition as they stood at a position, in the order of their sort keys; streamed. */
export async function* rowsAt(
  views: Table,
  generation: Generation,
  partition: string,
  range: Range & { readonly at: number },
): AsyncGenerator<RowKey & StoredRow> {
  const standing = views.range(...rangesOf(generation, partition, range).live)[Symbol.asyncIterator]();
  try {
    for (let [rest, most]: [Range & { at: number }, number] = [range, FIRST_CHUNK]; ;) {
      const chunk = await take(standing, most);
      const end = chunk.length === most ? chunk.at(-1)?.sort : undefined;
      const part = end === undefined ? rest : upTo(rest, end);
      const items = views.range(...rangesOf(generation, partition, part).past);
      yield* mergedRows(chunk, closedAt(items, range.at), range.descending ?? false);
      if (end === undefined) return;
      [rest, most] = [after(rest, end), Math.min(3 * most, LAST_CHUNK)];
    }
  } finally {
    await standing.return?.();
  }
}

type Placed = RowKey & StoredRow;

async function take(iterator: AsyncIterator<StoredItem>, most: number): Promise<Placed[]> {
  const taken: Placed[] = [];
  while (taken.length < most) {
    const next = await iterator.next();
    if (next.done) break;
    taken.push({ ...keyOf(next.value.sort), ...rowOf(next.value) });
  }
  return taken;
}

/** The row of a closed item that stood at a position, if one did. */
function placedAt(item: StoredItem, at: number): Placed | undefined {
  const row = closedRows(item).find(({ from, to }) => from <= at && at < to);
  return row && { ...keyOf(item.sort), ...row };
}

const upTo = (range: Range & { at: number }, end: string) =>
  range.descending ? { ...range, from: end } : { ...range, below: justAbove(end) };
const after = (range: Range & { at: number }, end: string) =>
  range.descending ? { ...range, below: end } : { ...range, from: justAbove(end) };

/** One row a key: two items of a key may both hold it (domain/past.ts). */
async function* closedAt(items: AsyncIterable<StoredItem>, at: number): AsyncGenerator<Placed> {
  let last: string | undefined;
  for await (const item of items) {
    const row = placedAt(item, at);
    if (!row || row.sort === last) continue;
    last = row.sort;
    yield row;
  }
}

/** One row a key: of a row that is found in both, the one that was standing. */
async function* mergedRows(
  standing: readonly Placed[],
  closed: AsyncGenerator<Placed>,
  descending: boolean,
): AsyncGenerator<Placed> {
  try {
    let next = await closed.next();
    for (const row of standing) {
      while (!next.done) {
        const other = next.value;
        if (other.sort !== row.sort && isAbove(other.sort, row.sort) !== descending) break;
        if (other.sort !== row.sort) yield other;
        next = await closed.next();
      }
      yield row;
    }
    for (; !next.done; next = await closed.next()) yield next.value;
  } finally {
    await closed.return(undefined);
  }
}

/** As the tables order them: by UTF-8 bytes, which is by code points. Only surrogates make UTF-16 order otherwise. */
export function isAbove(a: string, b: string): boolean {
  for (let at = 0; ; at++) {
    const [left, right] = [a.codePointAt(at), b.codePointAt(at)];
    if (left !== right) return (left ?? -1) > (right ?? -1);
    if (left === undefined) return false;
  }
}

export interface RowChanges {
  /** In the order in which they were closed. */
  readonly closed: readonly ClosedAt[];
  /** By the text of their keys; undefined where none stands any more. */
  readonly live: ReadonlyMap<string, StoredRow | undefined>;
}

/** Closed rows first: a crash between leaves each row readable, here or there. */
export async function writeRows(
  views: Table,
  generation: Generation,
  { closed, live }: RowChanges,
): Promise<void> {
  if (closed.length > 0) await views.putAll(closedItems(generation, closed));
  const standing: Item[] = [];
  const gone: RowKey[] = [];
  const shards = shardPartitions(generation, 'live');
  for (const [sort, row] of live) {
    const partition = shards[shardOf(sort)] ?? '';
    if (row) standing.push({ partition, sort, from: row.from, body: row.body });
    else gone.push({ partition, sort });
  }
  if (standing.length > 0) await views.putAll(standing);
  if (gone.length > 0) await views.removeAll(gone);
}
