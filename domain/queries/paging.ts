// Pages of rows: bounded in items, in bytes and in the rows read for them.
import { jsonSize } from '../projections/state/json-size.ts';
import { beyond, readParts, type Part, type Reading, type Row } from '../projections/rows/reading.ts';

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
const MAX_ROWS = 5_000;
/** And carries items of at most about so many bytes of JSON, well below what a Lambda function may answer. */
export const MAX_BYTES = 3_000_000;
/** Rows are made into items so many at a time: enough of them that a filter which few pass costs few reads. */
const GROUP = 100;
const MIN_GROUP = 20;

/** Bytes of a value as JSON; or, if those are at most `limit`, possibly a larger number that is at most `limit`. */
export type Weigh<T> = (value: T, limit: number) => number;

/** What has a place in a list. */
export interface Sorted {
  readonly sort: string;
}

/** Returns the item of each row, or undefined if the page does not have it. */
export type Resolve<R extends Sorted, T> = (rows: readonly R[]) => Promise<readonly (T | undefined)[]>;

/** One page of what `resolve` makes of the rows of these parts, in the order of their sort keys. */
export function readPage<B extends object, T extends object>(
  reading: Reading,
  parts: readonly Part[],
  request: PageRequest,
  resolve: Resolve<Row<B>, T>,
  weighItem: Weigh<T> = jsonSize,
): Promise<Page<T>> {
  const { after, descending = false } = request;
  const left = parts.map((part) => beyond(part, after, descending));
  return pageOf(readParts<B>(reading, left, descending), request, resolve, weighItem);
}

/** One page of what `resolve` makes of these rows, which begin after `after`. */
export async function pageOf<R extends Sorted, T extends object>(
  rows: AsyncGenerator<R>,
  { limit, bytes: most = MAX_BYTES, rows: mostRows = MAX_ROWS }: PageRequest,
  resolve: Resolve<R, T>,
  weighItem: Weigh<T> = jsonSize,
): Promise<Page<T>> {
  const items: T[] = [];
  // Items that take at most an equal share of the bytes are not serialised to be weighed: all of them fit.
  const share = most / limit;
  let [read, bytes, last] = [0, 0, ''];
  try {
    for (;;) {
      const wanted = Math.max(MIN_GROUP, limit - items.length);
      const group = await take(rows, Math.min(GROUP, mostRows - read, wanted));
      if (group.length === 0) return { items };
      for (const [index, item] of (await resolve(group)).entries()) {
        if (items.length >= limit || bytes >= most) return { items, next: last };
        read++;
        last = group[index]?.sort ?? last;
        if (item === undefined) continue;
        items.push(item);
        bytes += weighItem(item, share);
      }
      if (items.length < limit && bytes < most && read < mostRows) continue;
      return (await rows.next()).done ? { items } : { items, next: last };
    }
  } finally {
    await rows.return(undefined);
  }
}

async function take<R>(rows: AsyncGenerator<R>, most: number): Promise<R[]> {
  const taken: R[] = [];
  while (taken.length < most) {
    const next = await rows.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken;
}
