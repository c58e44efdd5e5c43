// What the DynamoDB stream, the schedules and the state machine are in AWS: after each hint it sequences, projects, and
// takes rebuilds on a step further, one run at a time; hints that come meanwhile wait for the next round, which is
// never far. What a crash left behind is found by the sweep at the start.
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Sweep } from '../domain/ports.ts';
import type { Unsequenced } from '../domain/sweeping.ts';
import { catchUp, eventReader } from '../domain/project.ts';
import { tending, type Tender } from '../domain/rebuild/tend.ts';
import { sequence, type Sequencer } from '../domain/sequence.ts';
import { views } from '../domain/views/all.ts';
import type { View } from '../domain/views/view.ts';
import type { StartWorkers } from './rebuild/workers.ts';

export interface Relay {
  readonly hint: (stream: string) => void;
  /** There may be something to do though no stream moved: a rebuild was asked for. */
  readonly wake: () => void;
  /** What is known, without reading anything, of the commits that this process, the only writer, has acknowledged. */
  readonly unsequenced: () => Unsequenced;
  /** Resolves when everything asked for so far is sequenced, projected and rebuilt, or could not be. */
  readonly settled: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export type RelayWorld = Sequencer &
  Tender & {
    readonly sweep: Sweep;
    /** Rebuilds are taken on by threads of their own; in line without it. */
    readonly workers?: StartWorkers;
  };

const SWEEP_MS = 60_000;
const RETRY_MS = 1_000;
/** Batches that a view folds before the others, and who writes, have their turn. */
const BATCHES_A_ROUND = 4;

export function startRelay(world: RelayWorld): Relay {
  const stopping = new AbortController();
  const read = eventReader(world);
  const workers = world.workers?.(world, wake);
  // Views that are rebuilt at once read their batches together.
  const tend = tending(world, eventReader(world), workers?.take);
  let hinted = new Set<string>();
  let woken = false;
  let swept = false;
  let everSwept = false;
  /** Streams that the current run sequences, and streams that could not be read. */
  let sequencing: ReadonlySet<string> = new Set();
  let setAside = new Set<string>();
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    swept = false;
    run();
  }, SWEEP_MS);
  timer.unref();
  run();

  return {
    hint: (stream) => {
      hinted.add(stream);
      run();
    },
    wake,
    unsequenced: () => {
      if (hinted.size + sequencing.size + setAside.size > 0) return { commits: 'some' };
      // Commits of earlier processes are known once a sweep has looked at all of them.
      return { commits: everSwept ? 'none' : 'unknown' };
    },
    settled: async () => {
      for (;;) {
        if (running) await running;
        else if (workers?.busy()) await workers.settled();
        else return;
      }
    },
    stop: async () => {
      stopping.abort();
      clearInterval(timer);
      await running;
      await workers?.stop();
    },
  };

  function wake(): void {
    woken = true;
    run();
  }

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
      try {
        if (!swept) await sweepOnce();
        if (streams.size > 0) {
          const unread = await sequence(world, streams);
          for (const stream of streams) setAside.delete(stream);
          for (const stream of unread) setAside.add(stream);
        }
        sequencing = new Set();
        more = await each(catchUpSome);
        if (await each(tend)) more = true;
        // Whoever asks meanwhile is answered in between.
        if (more) await setImmediate();
      } catch (error) {
        world.alarm('sequencing or projecting failed and is tried again', error);
        for (const stream of streams) hinted.add(stream);
        sequencing = new Set();
        await setTimeout(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
      }
    } while ((hinted.size > 0 || woken || more) && !stopping.signal.aborted);
  }

  /** A view that fails or is stopped leaves the others be. */
  async function each(take: (view: View) => Promise<boolean>): Promise<boolean> {
    let more = false;
    for (const view of views) {
      try {
        if (await take(view)) more = true;
      } catch (error) {
        world.alarm(`view ${view.name} could not be folded on and is tried again with the next event`, error);
      }
    }
    return more;
  }

  /** True where a view that is far behind has more to fold. */
  async function catchUpSome(view: View): Promise<boolean> {
    let left = BATCHES_A_ROUND;
    const stopped = await catchUp(world, view, read, () => left-- > 0);
    if (stopped)
      world.alarm(`view ${view.name} is stopped at position ${stopped.position}: ${stopped.reason}`);
    return left < 0;
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
