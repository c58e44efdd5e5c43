// Reads the rows of one generation as of one position: a partition, or several that are merged into one list.
import { daysBefore } from '../../../events/calendar.ts';
import { historyAsOf, type StreamHistory } from '../../recording/stream-history.ts';
import type { BlobStore, EventStore, Table } from '../../ports.ts';
import type { DateWindow } from '../../queries/date-window.ts';
import { directoryReader, type Directory } from './actor-directory.ts';
import { aboveDay, MAX_BUCKET_DAYS, nextKey, bucketPartition, type RowKey } from './row-keys.ts';
import type { RowRange, RowStore } from './row-store.ts';
import { recentRowsOf, type RecentRows } from './recent-rows.ts';
import { slicesOf } from '../../concurrency.ts';

/** The rows of one generation, with what a process keeps of them in memory, and the events. */
export interface RowSource {
  readonly rows: RowStore;
  readonly recentRows: RecentRows;
  /** Returns the directory of actors as of a position. */
  readonly directoryAt: (at: number) => Promise<Directory>;
  readonly events: EventSource;
}

export interface EventSource {
  readonly store: Pick<EventStore, 'read'>;
  /** Has the position of each commit. */
  readonly state: Table;
  readonly log: Pick<BlobStore, 'get'>;
}

export const rowSourceOf = (rows: RowStore, events: EventSource): RowSource => ({
  rows,
  events,
  recentRows: recentRowsOf(rows),
  directoryAt: directoryReader(rows),
});

export interface Reading extends RowSource {
  /** The last visible position, or -1 if no event is visible. */
  readonly at: number;
}

export const readingAt = (source: RowSource, at: number): Reading => ({ ...source, at });

export const readDirectory = ({ directoryAt, at }: Reading): Promise<Directory> => directoryAt(at);

/** Reads the visible events of a stream. */
export const readVisibleStream = ({ events, at }: Reading, stream: string): Promise<StreamHistory> =>
  historyAsOf(events, stream, at);

/** A partition, or a range of its sort keys: `from` is inclusive, `below` exclusive. */
export interface KeyRange extends Pick<RowRange, 'from' | 'below'> {
  readonly partition: string;
}

export interface ReadRow<B> {
  readonly partition: string;
  readonly sort: string;
  readonly position: number;
  readonly body: B;
}

/**
 * Returns the parts of a list by date that may have records of these days. A date of up to 31 days may begin 31 days
 * earlier. The few longer dates are read in full.
 */
export function dateRanges(list: string, { earliest, latest }: DateWindow): KeyRange[] {
  const below = latest === undefined ? {} : { below: aboveDay(latest) };
  const from = (days: number) => (earliest === undefined ? {} : { from: daysBefore(earliest, days) });
  return [
    { partition: list, ...from(0), ...below },
    { partition: bucketPartition(list, 'days'), ...from(MAX_BUCKET_DAYS), ...below },
    { partition: bucketPartition(list, 'wide') },
  ];
}

/** Reads the row of one key. */
export async function readRow<B extends object>(
  { rows, at }: Reading,
  partition: string,
  sort: string,
): Promise<ReadRow<B> | undefined> {
  for await (const row of rows.range(partition, { at, from: sort, below: nextKey(sort) }))
    return { ...row, partition, body: row.body as B };
  return undefined;
}

/** Reads the rows of these keys, in their order. A key without a row gives undefined. */
export async function readRows<B extends object>(
  reading: Reading,
  keys: readonly RowKey[],
): Promise<(ReadRow<B> | undefined)[]> {
  const rows: (ReadRow<B> | undefined)[] = [];
  for (const [, wave] of slicesOf(keys)) {
    const reads = wave.map(({ partition, sort }) => readRow<B>(reading, partition, sort));
    rows.push(...(await Promise.all(reads)));
  }
  return rows;
}

/** Returns the rest of a part after a sort key, in the direction of reading. Without a key, returns all of it. */
export function rangeAfter(part: KeyRange, after: string | undefined, descending: boolean): KeyRange {
  if (after === undefined) return part;
  const { from = '', below } = part;
  if (descending) return { ...part, below: below === undefined || after < below ? after : below };
  const next = nextKey(after);
  return { ...part, from: next > from ? next : from };
}

/** Reads the rows of all parts in the order of their sort keys. A key that several parts have is returned once. */
export async function* readMerged<B extends object>(
  { rows, at }: Reading,
  parts: readonly KeyRange[],
  descending = false,
): AsyncGenerator<ReadRow<B>> {
  const sources = parts.map(({ partition, ...range }) => ({
    partition,
    rows: rows.range(partition, { ...range, at, descending })[Symbol.asyncIterator](),
  }));
  const nextOf = async ({ partition, rows }: (typeof sources)[number]): Promise<ReadRow<B> | undefined> => {
    const next = await rows.next();
    return next.done ? undefined : { ...next.value, partition, body: next.value.body as B };
  };
  try {
    const heads = await Promise.all(sources.map(nextOf));
    for (;;) {
      let first: ReadRow<B> | undefined;
      for (const head of heads)
        if (head && (!first || comesBefore(head.sort, first.sort, descending))) first = head;
      if (!first) return;
      yield first;
      for (const [index, source] of sources.entries())
        if (heads[index]?.sort === first.sort) heads[index] = await nextOf(source);
    }
  } finally {
    for (const { rows } of sources) await rows.return?.();
  }
}

/** Compares sort keys of merged parts. They are ASCII, so their order is that of their UTF-8 bytes. */
const comesBefore = (a: string, b: string, descending: boolean): boolean => (descending ? a > b : a < b);
