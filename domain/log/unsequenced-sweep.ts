// The rolling sweep: finds commits whose hints were lost, a bounded step at a time, and keeps what a whole pass has proven.
import { readHead } from './head.ts';
import type { Clock, Sweep, Table } from '../ports.ts';

/** What is known of acknowledged commits that have no position in the log. */
export interface Unsequenced {
  /** `unknown`: only a scan of all commits could tell. */
  readonly commits: 'none' | 'some' | 'unknown';
  /** Each commit acknowledged before this moment has a position. Milliseconds since 1970. */
  readonly sequencedBefore?: number;
}

interface Progress {
  /** Where the next step resumes; without it, the next step begins a pass. */
  readonly from?: string;
  /** When the current pass began. */
  readonly began?: number;
  /** The current pass found a stream that could not be read. */
  readonly incomplete?: true;
  /** When the last pass began after which all commits had positions. */
  readonly sequencedBefore?: number;
}

const KEY = { partition: 'sweep', sort: 'cursor' };

export interface Sweeper {
  readonly state: Table;
  readonly sweep: Sweep;
  readonly clock: Clock;
  /** Sequences these streams; returns those that cannot be read. */
  readonly sequence: (streams: readonly string[]) => Promise<readonly string[]>;
}

/** Takes one step of the rolling sweep. A crash anywhere repeats the step. */
export async function sweepStep({ state, sweep, clock, sequence }: Sweeper): Promise<void> {
  // While a log is imported nothing is sequenced, so a pass would prove nothing.
  if ((await readHead(state)).importing) return;
  const item = await state.get(KEY.partition, KEY.sort);
  const before = (item?.body ?? {}) as Progress;
  const began = before.from === undefined ? clock() : before.began;
  const { streams, next } = await sweep(before.from);
  const unread = await sequence(streams);
  const incomplete = unread.length > 0 || (before.from !== undefined && before.incomplete === true);
  const isProof = next === undefined && !incomplete && began !== undefined;
  const sequencedBefore = isProof ? began : before.sequencedBefore;
  const after: Progress = {
    ...(next === undefined ? {} : { from: next, ...(began === undefined ? {} : { began }) }),
    ...(next !== undefined && incomplete ? { incomplete } : {}),
    ...(sequencedBefore === undefined ? {} : { sequencedBefore }),
  };
  await state.compareAndPut({ ...KEY, body: after }, item?.version ?? 0);
}

/** Reads what the sweep has proven: one item. Of later commits nothing is known. */
export async function readSwept(state: Pick<Table, 'get'>): Promise<Unsequenced> {
  const { sequencedBefore } = ((await state.get(KEY.partition, KEY.sort))?.body ?? {}) as Progress;
  return { commits: 'unknown', ...(sequencedBefore === undefined ? {} : { sequencedBefore }) };
}
