// What the DynamoDB stream, the schedules and the state machine are in AWS: after each hint it sequences and projects, one
// run at a time; hints that come meanwhile wait for the next round, which is never far. What a crash left behind is found
// by the sweep at the start. Rebuilds run on a thread of their own, or in the rounds.
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
  readonly hint: (stream: string) => void;
  /** There may be something to do though no stream moved: a rebuild was asked for. */
  readonly wake: () => void;
  /** Resolves when something was folded next, and after so many milliseconds at the latest. */
  readonly folded: (ms: number) => Promise<void>;
  /** What is known, without reading anything, of the commits that this process, the only writer, has acknowledged. */
  readonly unsequenced: () => Unsequenced;
  /** Resolves when everything asked for so far is sequenced, projected and rebuilt, or could not be. */
  readonly settled: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export type RelayContext = Sequencer &
  Reconciler & {
    readonly sweep: Sweep;
    /** Takes the steps of rebuilds; the rounds take them without it. */
    readonly thread?: RebuildThread;
  };

const SWEEP_MS = 60_000;
const RETRY_MS = 1_000;
/** Batches that are folded before writers have their turn. */
const BATCHES_A_ROUND = 4;

export function startRelay(world: RelayContext): Relay {
  const { thread } = world;
  const stopping = new AbortController();
  const folds = waiters();
  const tend = thread ? wakeIfDue : reconciler(world);
  let hinted = new Set<string>();
  let woken = false;
  let swept = false;
  let everSwept = false;
  let looked = false;
  let started = false;
  /** Streams that the current run sequences, and streams that could not be read. */
  let sequencing: ReadonlySet<string> = new Set();
  let setAside = new Set<string>();
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    swept = looked = false;
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
      if (hinted.size + sequencing.size + setAside.size > 0) return { commits: 'some' };
      // Commits of earlier processes are known once a sweep has looked at all of them.
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
      if (await attempt('a rebuild could not be taken on', tend)) more = true;
      if (failed) await setTimeout(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
      // Requests are answered between rounds.
      else if (more) await setImmediate();
    } while ((hinted.size > 0 || woken || more) && !stopping.signal.aborted);
  }

  /** False if that failed: then the next round tries again. Read models need only what was published before. */
  async function sequenced(streams: ReadonlySet<string>): Promise<boolean> {
    try {
      if (!swept) await sweepOnce();
      if (streams.size === 0) return true;
      const unread = await sequence(world, streams);
      for (const stream of streams) setAside.delete(stream);
      for (const stream of unread) setAside.add(stream);
      return true;
    } catch (error) {
      world.alarm('sequencing failed and is tried again', error);
      for (const stream of streams) hinted.add(stream);
      return false;
    }
  }

  /** What fails is tried again in the next round: it holds up nothing else. */
  async function attempt(what: string, take: () => Promise<boolean>): Promise<boolean> {
    try {
      return await take();
    } catch (error) {
      world.alarm(`${what}, and that is tried again with the next event, or in a minute`, error);
      return false;
    }
  }

  /** True if there is more to fold. */
  async function project(): Promise<boolean> {
    let left = BATCHES_A_ROUND;
    const { more, stopped } = await catchUp(world, () => left-- > 0);
    folds.wake();
    for (const [name, { position, reason }] of stopped)
      world.alarm(`read model ${name} is stopped at position ${position}: ${reason}`);
    return more;
  }

  /** The thread looks for itself what there is to do; whether there is something is looked for now and then. */
  async function wakeIfDue(): Promise<boolean> {
    // A rebuild that an event stopped may go on with the code of this process.
    const resumes = !started && (await readGenerations(world.catalog)).building !== undefined;
    if (resumes || (!looked && (await needsReconciling(world)))) thread?.wake();
    started = looked = true;
    return false;
  }

  async function sweepOnce(): Promise<void> {
    const unread: string[] = [];
    for (let from: string | undefined; ;) {
      const { streams, next } = await world.sweep(from);
      unread.push(...(await sequence(world, streams)));
      if (next === undefined) break;
      from = next;
    }
    setAside = new Set(unread);
    swept = everSwept = true;
  }
}
