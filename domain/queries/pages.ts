// Pages of rows: bounded in items, in bytes and in the rows read for them.
import { justAbove } from '../generation.ts';
import { readSources, type Reading, type Row, type Source } from './reading.ts';

export interface Page<T> {
  readonly items: T[];
  /** Sort key after which the next page begins; absent on the last page. */
  readonly next?: string;
}

export interface PageRequest {
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
  readonly descending?: boolean;
  /** Items of about so many bytes end a page; 3 MB without it. */
  readonly bytes?: number;
  /** It reads at most so many rows; 5,000 without it. */
  readonly rows?: number;
}

/** A page reads at most so many rows, so that a filter that few rows pass costs several short pages, not a long one. */
const MOST_ROWS = 5_000;
/** And carries items of at most about so many bytes of JSON, well below what a Lambda function may answer. */
export const MOST_BYTES = 3_000_000;
/** Rows are made into items so many at a time: enough of them that a filter which few pass costs few reads. */
const GROUP = 100;
const LEAST_GROUP = 20;

/** Bytes of a value as JSON. */
export const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

/** What becomes of rows: the item for each, or undefined where it is none of the page's. */
export type Resolve<B, T> = (rows: readonly Row<B>[]) => Promise<readonly (T | undefined)[]>;

/** One page of what `resolve` makes of the rows of these partitions, in the order of their sort keys. */
export function readPage<B extends object, T>(
  reading: Reading,
  sources: readonly Source[],
  request: PageRequest,
  resolve: Resolve<B, T>,
  weigh: (item: T) => number = bytesOf,
): Promise<Page<T>> {
  const { after, descending = false } = request;
  const parts = sources.map((source) => beyond(source, after, descending));
  return pageOf(readSources<B>(reading, parts, descending), request, resolve, weigh);
}

/** One page of what `resolve` makes of these rows, which begin after `after`. */
export async function pageOf<B extends object, T>(
  rows: AsyncGenerator<Row<B>>,
  { limit, bytes: most = MOST_BYTES, rows: mostRows = MOST_ROWS }: PageRequest,
  resolve: Resolve<B, T>,
  weigh: (item: T) => number = bytesOf,
): Promise<Page<T>> {
  const items: T[] = [];
  let [read, bytes, last] = [0, 0, ''];
  try {
    for (;;) {
      const wanted = Math.max(LEAST_GROUP, limit - items.length);
      const group = await take(rows, Math.min(GROUP, mostRows - read, wanted));
      if (group.length === 0) return { items };
      for (const [index, item] of (await resolve(group)).entries()) {
        if (items.length >= limit || bytes >= most) return { items, next: last };
        read++;
        last = group[index]?.sort ?? last;
        if (item === undefined) continue;
        items.push(item);
        bytes += weigh(item);
      }
      if (items.length < limit && bytes < most && read < mostRows) continue;
      return (await rows.next()).done ? { items } : { items, next: last };
    }
  } finally {
    await rows.return(undefined);
  }
}

async function take<B>(rows: AsyncGenerator<Row<B>>, most: number): Promise<Row<B>[]> {
  const taken: Row<B>[] = [];
  while (taken.length < most) {
    const next = await rows.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken;
}

/** What is left of a source after this sort key. */
export function beyond(source: Source, after: string | undefined, descending: boolean): Source {
  const { from, below, ...others } = source;
  const start = after !== undefined && !descending ? later(from, justAbove(after)) : from;
  const end = after !== undefined && descending ? earlier(below, after) : below;
  return {
    ...others,
    ...(start === undefined ? {} : { from: start }),
    ...(end === undefined ? {} : { below: end }),
  };
}

const later = (a: string | undefined, b: string): string => (a !== undefined && a > b ? a : b);
const earlier = (a: string | undefined, b: string): string => (a !== undefined && a < b ? a : b);
