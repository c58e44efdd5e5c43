// The background work of one process: sequences the log, folds read models and advances rebuilds, one round at a time.
// On AWS the DynamoDB stream, the schedules and the state machine do this work.
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Sweep } from '../../domain/ports.ts';
import type { Unsequenced } from '../../domain/log/unsequenced-sweep.ts';
import { readGenerations } from '../../domain/projections/catalog.ts';
import { catchUp } from '../../domain/projections/catch-up.ts';
import {
  needsReconciling,
  reconciler,
  type Reconciler,
} from '../../domain/projections/rebuild/reconciler.ts';
import { sequence, type Sequencer } from '../../domain/log/sequencer.ts';
import type { RebuildThread } from './rebuild-thread.ts';
import { waiters } from './waiters.ts';

export interface Relay {
  /** Tells the relay that this stream has a new commit. Idempotent. */
  readonly hint: (stream: string) => void;
  /** Starts a round without a hint, for example after a client requested a rebuild. */
  readonly wake: () => void;
  /** Resolves after the next fold, or after `ms` milliseconds without one. */
  readonly folded: (ms: number) => Promise<void>;
  /** Tells, without a read, whether commits that this process acknowledged await sequencing. */
  readonly unsequenced: () => Unsequenced;
  /** Resolves when all work requested so far is done or has failed. */
  readonly settled: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export type RelayContext = Sequencer &
  Reconciler & {
    readonly sweep: Sweep;
    /** Advances rebuilds. Without a thread, each round advances them by one step. */
    readonly thread?: RebuildThread;
  };

const SWEEP_MS = 60_000;
const RETRY_MS = 1_000;
/** A round folds this many batches at most, so that the next commits are sequenced soon. */
const BATCHES_A_ROUND = 4;

export function startRelay(context: RelayContext): Relay {
  const { thread } = context;
  const stopping = new AbortController();
  const folds = waiters();
  const reconcile = thread ? wakeIfDue : reconciler(context);
  let hinted = new Set<string>();
  let woken = false;
  let swept = false;
  let everSwept = false;
  let checked = false;
  let started = false;
  /** Streams that the current round sequences, and quarantined streams, which could not be read. */
  let sequencing: ReadonlySet<string> = new Set();
  let quarantined = new Set<string>();
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    swept = checked = false;
    run();
  }, SWEEP_MS);
  timer.unref();
  run();

  return {
    hint: (stream) => {
      hinted.add(stream);
      run();
    },
    wake: () => {
      woken = true;
      thread?.wake();
      run();
    },
    folded: folds.wait,
    unsequenced: () => {
      if (hinted.size + sequencing.size + quarantined.size > 0) return { commits: 'some' };
      // A sweep finds the commits of earlier processes, for example after a crash.
      return { commits: everSwept ? 'none' : 'unknown' };
    },
    settled: async () => {
      await running;
      await thread?.settled();
      if (running) await running;
    },
    stop: async () => {
      stopping.abort();
      clearInterval(timer);
      await running;
      await thread?.stop();
      folds.wake();
    },
  };

  function run(): void {
    if (stopping.signal.aborted) return;
    running ??= runs().finally(() => {
      running = undefined;
      if (hinted.size > 0 || woken) run();
    });
  }

  async function runs(): Promise<void> {
    let more = false;
    do {
      const streams = hinted;
      hinted = new Set();
      sequencing = streams;
      woken = false;
      const failed = !(await sequenced(streams));
      sequencing = new Set();
      more = await attempt('read models could not be folded', project);
      if (await attempt('a rebuild could not advance', reconcile)) more = true;
      if (failed) await setTimeout(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
      // The pause lets the server answer requests between rounds.
      else if (more) await setImmediate();
    } while ((hinted.size > 0 || woken || more) && !stopping.signal.aborted);
  }

  /** Returns false after a failure, so that the next round retries. A failure does not keep read models from folding. */
  async function sequenced(streams: ReadonlySet<string>): Promise<boolean> {
    try {
      if (!swept) await sweepOnce();
      if (streams.size === 0) return true;
      const unread = await sequence(context, streams);
      for (const stream of streams) quarantined.delete(stream);
      for (const stream of unread) quarantined.add(stream);
      return true;
    } catch (error) {
      context.alarm('sequencing failed; the next round retries it', error);
      for (const stream of streams) hinted.add(stream);
      return false;
    }
  }

  /** Runs `take`; a failure raises an alarm and does not delay other work. */
  async function attempt(what: string, take: () => Promise<boolean>): Promise<boolean> {
    try {
      return await take();
    } catch (error) {
      context.alarm(`${what}; the relay retries after the next event, or within a minute`, error);
      return false;
    }
  }

  /** Returns true if published events remain to be folded. */
  async function project(): Promise<boolean> {
    let left = BATCHES_A_ROUND;
    const { more, stopped } = await catchUp(context, () => left-- > 0);
    folds.wake();
    for (const [name, { position, reason }] of stopped)
      context.alarm(`read model ${name} is stopped at position ${position}: ${reason}`);
    return more;
  }

  /** Wakes the rebuild thread if it has work; checks at the start and once a minute. */
  async function wakeIfDue(): Promise<boolean> {
    // The code of this process may be able to fold the event that stopped a rebuild.
    const resumes = !started && (await readGenerations(context.catalog)).building !== undefined;
    if (resumes || (!checked && (await needsReconciling(context)))) thread?.wake();
    started = checked = true;
    return false;
  }

  async function sweepOnce(): Promise<void> {
    const unread: string[] = [];
    for (let from: string | undefined; ;) {
      const { streams, next } = await context.sweep(from);
      unread.push(...(await sequence(context, streams)));
      if (next === undefined) break;
      from = next;
    }
    quarantined = new Set(unread);
    swept = everSwept = true;
  }
}
