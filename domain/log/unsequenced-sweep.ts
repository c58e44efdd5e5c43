// The rolling sweep finds commits whose hints were lost, in bounded steps. A complete pass proves that all earlier
// commits are sequenced.
import { readHead } from './head.ts';
import type { Clock, Sweep, Table } from '../ports.ts';

/** Says whether acknowledged commits have no position in the log. */
export interface Unsequenced {
  /** `unknown` if only a scan of all commits could tell. */
  readonly commits: 'none' | 'some' | 'unknown';
  /** All commits that were acknowledged before this time have a position. In ms since 1970. */
  readonly sequencedBefore?: number;
}

interface Progress {
  /** The cursor of the next step. If it is absent, the next step begins a pass. */
  readonly from?: string;
  /** The start of the current pass, in ms since 1970. */
  readonly began?: number;
  /** True if the current pass found a stream that could not be read. */
  readonly incomplete?: true;
  /** The start of the last complete pass, in ms since 1970. */
  readonly sequencedBefore?: number;
}

const KEY = { partition: 'sweep', sort: 'cursor' };

export interface Sweeper {
  readonly state: Table;
  readonly sweep: Sweep;
  readonly clock: Clock;
  /** Sequences these streams. Returns those that cannot be read. */
  readonly sequence: (streams: readonly string[]) => Promise<readonly string[]>;
}

/** Runs one step of the rolling sweep. After a crash, the step is repeated. */
export async function sweepStep({ state, sweep, clock, sequence }: Sweeper): Promise<void> {
  // During an import nothing else is sequenced, so a pass would prove nothing.
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

/** Reads the result of the last complete pass: one item. Later commits may or may not be sequenced. */
export async function readSwept(state: Pick<Table, 'get'>): Promise<Unsequenced> {
  const { sequencedBefore } = ((await state.get(KEY.partition, KEY.sort))?.body ?? {}) as Progress;
  return { commits: 'unknown', ...(sequencedBefore === undefined ? {} : { sequencedBefore }) };
}
