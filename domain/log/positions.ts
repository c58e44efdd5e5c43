// The positions of events in the log: one item for each stream and batch, from which the position of a revision follows.
import type { Commit, Item, Table } from '../ports.ts';
import type { PendingBatch } from './head.ts';
import { allEnded, slicesOf } from '../concurrency.ts';

/** The item of one stream and one batch. The sort key of a stream's last item is its sequenced revision. */
interface Positions {
  readonly first: number;
  /** The position of the first event of revision `first`. */
  readonly position: number;
  /** The number of events of each revision, from `first` on. */
  readonly counts: readonly number[];
}

/** Returns the last sequenced revision of a stream, or 0. */
export async function sequencedRevision(state: Table, stream: string): Promise<number> {
  for await (const { sort } of state.range(`positions/${stream}`, { descending: true })) return Number(sort);
  return 0;
}

export async function writePositions(
  state: Table,
  { base, batch }: PendingBatch,
  commits: readonly Commit[],
): Promise<void> {
  const items: Item[] = [];
  let [position, at] = [base, 0];
  for (const [stream, first, last] of batch) {
    const counts = commits.slice(at, at + last - first + 1).map(({ events }) => events.length);
    const body: Positions = { first, position, counts };
    items.push({ partition: `positions/${stream}`, sort: revisionKey(last), body });
    position += counts.reduce((sum, count) => sum + count, 0);
    at += counts.length;
  }
  // Insert only: an existing item was written by an earlier run of the same batch.
  for (const [, slice] of slicesOf(items)) await allEnded(slice.map((item) => state.compareAndPut(item, 0)));
}

/** Formats a revision as a sort key. */
export const revisionKey = (revision: number): string => String(revision).padStart(12, '0');

/** Returns the position of the last event of a revision, or undefined if the revision is not sequenced. */
export async function positionOf(
  state: Table,
  stream: string,
  revision: number,
): Promise<number | undefined> {
  for await (const { body } of state.range(`positions/${stream}`, { from: revisionKey(revision) })) {
    const { first, position, counts } = body as Positions;
    if (first > revision) return undefined;
    return position + counts.slice(0, revision - first + 1).reduce((sum, count) => sum + count, 0) - 1;
  }
  return undefined;
}

/**
 * Counts the events of a stream at positions up to `at` (inclusive): `revision` complete revisions, and `more` events of
 * the next one. `position` is that of the last counted event, or -1.
 */
export async function countAsOf(
  state: Table,
  stream: string,
  at: number,
): Promise<{ readonly revision: number; readonly more: number; readonly position: number }> {
  for await (const { body } of state.range(`positions/${stream}`, { descending: true })) {
    const { first, position, counts } = body as Positions;
    if (position > at) continue;
    let [revision, next] = [first - 1, position];
    for (const count of counts) {
      if (next + count - 1 > at) return { revision, more: at - next + 1, position: at };
      next += count;
      revision++;
    }
    return { revision, more: 0, position: next - 1 };
  }
  return { revision: 0, more: 0, position: -1 };
}
