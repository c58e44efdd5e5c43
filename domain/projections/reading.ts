// Reads rows as of one position: a partition, or several that are merged into one list.
import { daysBefore } from '../../events/calendar.ts';
import type { Window } from '../queries/window.ts';
import type { RowRange, RowStore } from './row-store.ts';
import { MAX_DAYS, widePart } from './thing.ts';

export interface Reading {
  readonly rows: RowStore;
  /** The last position that is visible; -1 if none is. */
  readonly at: number;
}

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

/** The parts of a list by date that may have things of these days. */
export const partsOf = (list: string, { earliest, latest }: Window): Part[] => [
  {
    partition: list,
    ...(earliest === undefined ? {} : { from: daysBefore(earliest, MAX_DAYS) }),
    // A U sorts above the point and the T that follow a day.
    ...(latest === undefined ? {} : { below: `${latest}U` }),
  },
  { partition: widePart(list) },
];

/** What is left of a part after a sort key, in the direction of reading. */
export function beyond(part: Part, after: string, descending: boolean): Part {
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
