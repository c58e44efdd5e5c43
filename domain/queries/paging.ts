// Pages of a list, bounded in items, in bytes and in rows read.
import { jsonSize } from '../projections/state/json-size.ts';
import {
  rangeAfter,
  readMerged,
  type KeyRange,
  type Reading,
  type ReadRow,
} from '../projections/rows/reading.ts';

export interface Page<T> {
  readonly items: T[];
  /** Sort key after which the next page begins; absent on the last page. */
  readonly next?: string;
}

export interface PageRequest {
  readonly limit: number;
  /** `next` of the previous page. */
  readonly after?: string;
  readonly descending?: boolean;
  /** Items of about this many bytes end a page; 3 MB by default. */
  readonly bytes?: number;
  /** Maximum of rows that a page reads; 5,000 by default. */
  readonly rows?: number;
}

/** Maximum of rows that a page reads. A filter that few rows pass gives several short pages instead of a slow one. */
const MAX_ROWS = 5_000;
/** About the maximum bytes of JSON in a page's items, well below the limit of a Lambda answer. */
export const MAX_PAGE_BYTES = 3_000_000;
/** Maximum and minimum of rows that `resolve` takes at a time. Large groups need fewer reads if few rows pass. */
const GROUP = 100;
const MIN_GROUP = 20;

/** Returns the bytes of a value as JSON. If those are at most `limit`, the result may be larger, but not above `limit`. */
export type WeighItem<T> = (value: T, limit: number) => number;

/** An element of a sorted list. */
export interface Sorted {
  readonly sort: string;
}

/** Returns the item of each row; undefined if it does not belong on the page. */
export type ResolveItems<R extends Sorted, T> = (rows: readonly R[]) => Promise<readonly (T | undefined)[]>;

/** Reads one page of the rows of these parts, in the order of their sort keys; `resolve` turns rows into items. */
export function readPage<B extends object, T extends object>(
  reading: Reading,
  parts: readonly KeyRange[],
  request: PageRequest,
  resolve: ResolveItems<ReadRow<B>, T>,
  weighItem: WeighItem<T> = jsonSize,
): Promise<Page<T>> {
  const { after, descending = false } = request;
  const left = parts.map((part) => rangeAfter(part, after, descending));
  return pageOf(readMerged<B>(reading, left, descending), request, resolve, weighItem);
}

/** Reads one page of these rows, which must begin after `request.after`; `resolve` turns rows into items. */
export async function pageOf<R extends Sorted, T extends object>(
  rows: AsyncGenerator<R>,
  { limit, bytes: maxBytes = MAX_PAGE_BYTES, rows: maxRows = MAX_ROWS }: PageRequest,
  resolve: ResolveItems<R, T>,
  weighItem: WeighItem<T> = jsonSize,
): Promise<Page<T>> {
  const items: T[] = [];
  // Items of at most an equal share of the bytes all fit, so they need not be serialized to be weighed.
  const share = maxBytes / limit;
  let [read, bytes, last] = [0, 0, ''];
  try {
    for (;;) {
      const wanted = Math.max(MIN_GROUP, limit - items.length);
      const group = await take(rows, Math.min(GROUP, maxRows - read, wanted));
      if (group.length === 0) return { items };
      for (const [index, item] of (await resolve(group)).entries()) {
        if (items.length >= limit || bytes >= maxBytes) return { items, next: last };
        read++;
        last = group[index]?.sort ?? last;
        if (item === undefined) continue;
        items.push(item);
        bytes += weighItem(item, share);
      }
      if (items.length < limit && bytes < maxBytes && read < maxRows) continue;
      return (await rows.next()).done ? { items } : { items, next: last };
    }
  } finally {
    await rows.return(undefined);
  }
}

async function take<R>(rows: AsyncGenerator<R>, max: number): Promise<R[]> {
  const taken: R[] = [];
  while (taken.length < max) {
    const next = await rows.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken;
}
