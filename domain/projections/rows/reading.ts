// Reads the rows of one generation as of one position: a partition, or several that are merged into one list.
import { daysBefore } from '../../../events/calendar.ts';
import { historyAsOf, type StreamHistory } from '../../recording/stream-history.ts';
import type { BlobStore, EventStore, Table } from '../../ports.ts';
import type { Window } from '../../queries/date-window.ts';
import { directoryOf, type Directory } from './actor-directory.ts';
import type { RowKey } from './row.ts';
import type { RowRange, RowStore } from './row-store.ts';
import { tailsOf, type Tails } from './tails.ts';
import { MAX_DAYS, partOf } from '../state/thing-state.ts';
import { wavesOf } from '../../concurrency.ts';

/** What a process keeps of one generation, and the event stores beside it. */
export interface RowSource {
  readonly rows: RowStore;
  readonly tails: Tails;
  /** All actors as of a position. */
  readonly directoryAt: (at: number) => Promise<Directory>;
  readonly events: EventSource;
}

export interface EventSource {
  readonly store: Pick<EventStore, 'read'>;
  /** Says at which positions the log has the events of a stream. */
  readonly state: Table;
  readonly log: Pick<BlobStore, 'get'>;
}

export const rowSourceOf = (rows: RowStore, events: EventSource): RowSource => ({
  rows,
  events,
  tails: tailsOf(rows),
  directoryAt: directoryOf(rows),
});

export interface Reading extends RowSource {
  /** The last position that is visible; -1 if none is. */
  readonly at: number;
}

export const readingAt = (source: RowSource, at: number): Reading => ({ ...source, at });

export const directory = ({ directoryAt, at }: Reading): Promise<Directory> => directoryAt(at);

/** The events of a stream that are visible. */
export const streamOf = ({ events, at }: Reading, stream: string): Promise<StreamHistory> =>
  historyAsOf(events, stream, at);

/** A partition, or its sort keys from `from` up to, and without, `below`. */
export interface Part extends Pick<RowRange, 'from' | 'below'> {
  readonly partition: string;
}

export interface Row<B> {
  readonly partition: string;
  readonly sort: string;
  readonly position: number;
  readonly body: B;
}

/**
 * The parts of a list by date that may have things of these days: of dates of one day, those days; of dates of several
 * days, as many before, too; of longer ones, which are few, all.
 */
export function partsOf(list: string, { earliest, latest }: Window): Part[] {
  // A U sorts above the point and the T that follow a day.
  const below = latest === undefined ? {} : { below: `${latest}U` };
  const from = (days: number) => (earliest === undefined ? {} : { from: daysBefore(earliest, days) });
  return [
    { partition: list, ...from(0), ...below },
    { partition: partOf(list, 'days'), ...from(MAX_DAYS), ...below },
    { partition: partOf(list, 'wide') },
  ];
}

/** The row of one key. */
export async function readRow<B extends object>(
  { rows, at }: Reading,
  partition: string,
  sort: string,
): Promise<Row<B> | undefined> {
  for await (const row of rows.range(partition, { at, from: sort, below: `${sort}\0` }))
    return { ...row, partition, body: row.body as B };
  return undefined;
}

/** The rows of these keys, in their order; undefined for keys that have none. */
export async function readRows<B extends object>(
  reading: Reading,
  keys: readonly RowKey[],
): Promise<(Row<B> | undefined)[]> {
  const rows: (Row<B> | undefined)[] = [];
  for (const [, wave] of wavesOf(keys)) {
    const found = wave.map(({ partition, sort }) => readRow<B>(reading, partition, sort));
    rows.push(...(await Promise.all(found)));
  }
  return rows;
}

/** What is left of a part after a sort key, in the direction of reading; all of it without one. */
export function beyond(part: Part, after: string | undefined, descending: boolean): Part {
  if (after === undefined) return part;
  const { from = '', below } = part;
  if (descending) return { ...part, below: below === undefined || after < below ? after : below };
  // The lowest key above another one is that key and a NUL.
  const next = `${after}\0`;
  return { ...part, from: next > from ? next : from };
}

/** The rows of all parts in the order of their sort keys. A key that several parts have is returned once. */
export async function* readParts<B extends object>(
  { rows, at }: Reading,
  parts: readonly Part[],
  descending = false,
): AsyncGenerator<Row<B>> {
  const sources = parts.map(({ partition, ...range }) => ({
    partition,
    rows: rows.range(partition, { ...range, at, descending })[Symbol.asyncIterator](),
  }));
  const nextOf = async ({ partition, rows }: (typeof sources)[number]): Promise<Row<B> | undefined> => {
    const next = await rows.next();
    return next.done ? undefined : { ...next.value, partition, body: next.value.body as B };
  };
  try {
    const heads = await Promise.all(sources.map(nextOf));
    for (;;) {
      let first: Row<B> | undefined;
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

/** Sort keys that are merged are ASCII, whose order is that of their UTF-8 bytes. */
const comesBefore = (a: string, b: string, descending: boolean): boolean => (descending ? a > b : a < b);
