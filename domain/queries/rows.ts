// Reads the rows of a view: in the order of their sort keys, from several partitions at once, page by page.
import type { Range, Table } from '../ports.ts';
import { livePartition, readCheckpoint, type StoredRow } from '../project.ts';
import type { View } from '../views/view.ts';

export interface Row<B> {
  readonly sort: string;
  readonly body: B;
}

export interface Page<B> {
  readonly items: B[];
  /** Sort key after which the next page begins; absent on the last page. */
  readonly next?: string;
}

export interface PageRequest {
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
  readonly descending?: boolean;
  /** Rows of about so many bytes end a page; 3 MB without it. */
  readonly bytes?: number;
}

/** A page reads at most so many rows, so that a filter that few rows pass costs several short pages, not a long one. */
const MOST_ROWS = 5_000;
/** And carries rows of at most about so many bytes of JSON, well below what a Lambda function may answer. */
export const MOST_BYTES = 3_000_000;

/** The position up to which a view is folded; undefined before the first event. */
export async function positionOfView(views: Table, view: View): Promise<number | undefined> {
  const { next } = await readCheckpoint(views, view);
  return next === 0 ? undefined : next - 1;
}

export async function readRow<B>(
  views: Table,
  view: View,
  partition: string,
  sort: string,
): Promise<B | undefined> {
  const item = await views.get(livePartition(view, partition), sort);
  return item && ((item.body as StoredRow).body as B);
}

/** The bodies of these rows, by `partition` and `sort`, those that are absent left out. */
export async function readAll<B>(
  views: Table,
  view: View,
  keys: readonly { partition: string; sort: string }[],
): Promise<B[]> {
  const items = await views.getAll(
    keys.map(({ partition, sort }) => ({ partition: livePartition(view, partition), sort })),
  );
  return items.map((item) => (item.body as StoredRow).body as B);
}

/** A partition, or the rows of it from one sort key up to, and without, another. */
export interface Source {
  readonly partition: string;
  readonly from?: string;
  readonly below?: string;
}

/** Bytes of a value as JSON. */
export const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

/** One page of the rows of these partitions that pass the filter; a row that stands in several comes once. */
export async function readPage<B>(
  views: Table,
  view: View,
  sources: readonly Source[],
  request: PageRequest,
  passes: (body: B) => boolean = () => true,
  weigh: (body: B) => number = bytesOf,
): Promise<Page<B>> {
  const items: B[] = [];
  let [read, bytes, last] = [0, 0, ''];
  for await (const { sort, body } of merged<B>(views, view, sources, request)) {
    const full = items.length >= request.limit || read >= MOST_ROWS || bytes >= (request.bytes ?? MOST_BYTES);
    if (full) return { items, next: last };
    read++;
    last = sort;
    if (!passes(body)) continue;
    items.push(body);
    bytes += weigh(body);
  }
  return { items };
}

function rangeOf({ from, below }: Source, { after, descending = false }: PageRequest): Range {
  const start = after !== undefined && !descending ? max(from, `${after} `) : from;
  const end = after !== undefined && descending ? min(below, after) : below;
  return {
    ...(start === undefined ? {} : { from: start }),
    ...(end === undefined ? {} : { below: end }),
    descending,
  };
}

const max = (a: string | undefined, b: string): string => (a !== undefined && a > b ? a : b);
const min = (a: string | undefined, b: string): string => (a !== undefined && a < b ? a : b);

/** Merges partitions in the order of their sort keys; equal keys are the same thing. */
async function* merged<B>(
  views: Table,
  view: View,
  from: readonly Source[],
  request: PageRequest,
): AsyncGenerator<Row<B>> {
  const sources = from.map((source) =>
    views.range(livePartition(view, source.partition), rangeOf(source, request))[Symbol.asyncIterator](),
  );
  try {
    const heads = await Promise.all(sources.map((source) => source.next()));
    for (let last: string | undefined; ;) {
      let best = -1;
      for (const [index, head] of heads.entries()) {
        if (head.done) continue;
        const leading = heads[best];
        if (!leading || leading.done || comesBefore(head.value.sort, leading.value.sort, request))
          best = index;
      }
      const [head, source] = [heads[best], sources[best]];
      if (!head || head.done || !source) return;
      if (head.value.sort !== last)
        yield { sort: head.value.sort, body: (head.value.body as StoredRow).body as B };
      last = head.value.sort;
      heads[best] = await source.next();
    }
  } finally {
    for (const source of sources) await source.return?.();
  }
}

/** Sort keys of views are ASCII but for names, which never meet in a merge. */
const comesBefore = (a: string, b: string, { descending }: PageRequest): boolean =>
  descending ? a > b : a < b;
