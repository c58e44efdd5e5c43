// Where events stand in the log: one item per stream and batch, from which any revision leads to its position.
import type { Commit, Item, Table } from '../ports.ts';
import { allEnded, wavesOf } from '../concurrency.ts';

/** What was sequenced at once: the revisions first..last of each stream, in log order, from position `base` on. */
export interface Sequenced {
  readonly base: number;
  readonly batch: readonly (readonly [stream: string, first: number, last: number])[];
}

/** One item per stream and batch; the last one is the stream's cursor. */
interface Positions {
  readonly first: number;
  /** Position of the first event of revision `first`. */
  readonly position: number;
  /** How many events each revision has, from `first` on. */
  readonly counts: readonly number[];
}

/** The last revision of a stream that has a position, 0 where none has. */
export async function cursorOf(state: Table, stream: string): Promise<number> {
  for await (const { sort } of state.range(`positions/${stream}`, { descending: true })) return Number(sort);
  return 0;
}

export async function writePositions(
  state: Table,
  { base, batch }: Sequenced,
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
  // Insert only: where one stands already, an earlier run of the same batch put it there.
  for (const [, wave] of wavesOf(items)) await allEnded(wave.map((item) => state.compareAndPut(item, 0)));
}

/** Revisions as they sort. */
export const revisionKey = (revision: number): string => String(revision).padStart(12, '0');

/** The position of the last event of this revision, where it has one. */
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
 * How much of a stream stands at positions up to `at`: its revisions, and so many events of the next one; and the
 * position of the last of all these events, -1 without any.
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
