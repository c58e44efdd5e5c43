// Walks the rows of a generation as they stood up to a position, closed ones too, shard by shard in the order of their
// keys: what two generations are compared by. Whatever is folded meanwhile changes nothing in what is walked.
import { closedUnder, justAbove, keyOfClosed, shardPartition, type Generation } from '../generation.ts';
import { closedRows } from '../past.ts';
import type { StoredItem, Table } from '../ports.ts';
import { isAbove } from '../rows.ts';

/** One row that stood at a key. */
export interface Version extends VersionKey {
  /** The event that closed it, where that is not after the position. */
  readonly to?: number;
  readonly body: unknown;
}

export interface VersionKey {
  /** Partition and sort key as one text (domain/generation.ts). */
  readonly key: string;
  /** Position of the event that made it. */
  readonly from: number;
}

/** So many standing rows are read before the closed ones beside them. */
const CHUNK = 500;

/** What stood in this shard at any position up to `at`, in the order of keys and then of `from`; only what is after `after`. */
export async function* versionsOf(
  views: Table,
  generation: Generation,
  shard: number,
  at: number,
  after?: VersionKey,
): AsyncGenerator<Version> {
  const begin = after ? { from: after.key } : {};
  const live = views.range(shardPartition(generation, 'live', shard), begin);
  const standing = live[Symbol.asyncIterator]();
  const past = shardPartition(generation, 'past', shard);
  let last = after;
  try {
    for (let start = after && closedUnder(after.key); ;) {
      const rows = await take(standing, CHUNK);
      const end = rows.length === CHUNK ? rows.at(-1)?.sort : undefined;
      const range = {
        ...(start === undefined ? {} : { from: start }),
        ...(end === undefined ? {} : { below: justAbove(end) }),
      };
      // Standing ones first: a row that is closed meanwhile is seen in both, and given once. So is one that lies in two
      // items of its key (domain/past.ts).
      for await (const version of merged(rows, views.range(past, range), at)) {
        if (last && !isAfter(version, last)) continue;
        last = version;
        yield version;
      }
      if (end === undefined) return;
      start = justAbove(end);
    }
  } finally {
    await standing.return?.();
  }
}

/** In the order of keys and then of `from`: below 0 where `a` comes first, 0 where both are at the same place. */
export function order(a: VersionKey, b: VersionKey): number {
  if (a.key === b.key) return a.from - b.from;
  return isAbove(a.key, b.key) ? 1 : -1;
}

const isAfter = (version: VersionKey, after: VersionKey): boolean => order(version, after) > 0;

async function take(iterator: AsyncIterator<StoredItem>, most: number): Promise<StoredItem[]> {
  const taken: StoredItem[] = [];
  while (taken.length < most) {
    const next = await iterator.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken;
}

async function* merged(
  standing: readonly StoredItem[],
  closed: AsyncIterable<StoredItem>,
  at: number,
): AsyncGenerator<Version> {
  const open = standing.map((item) => versionOf(item.sort, item)).filter(({ from }) => from <= at);
  let next = 0;
  for await (const item of closed) {
    for (const row of closedRows(item)) {
      if (row.from > at) break;
      const version = versionOf(keyOfClosed(item.sort), row, at);
      for (let other = open[next]; other && order(other, version) <= 0; other = open[++next])
        if (order(other, version) < 0) yield other;
      yield version;
    }
  }
  yield* open.slice(next);
}

/** Closed later than at `at` it stood then. */
const versionOf = (
  key: string,
  { from = 0, to, body }: Pick<StoredItem, 'from' | 'to' | 'body'>,
  at = Infinity,
): Version => ({
  key,
  from,
  ...(to === undefined || to > at ? {} : { to }),
  body,
});
