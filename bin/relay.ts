// What the DynamoDB stream and the schedules are in AWS: after each hint it sequences, then projects, one run at a
// time; hints that come meanwhile wait for the next run. What a crash left behind is found by the sweep at the start.
import { setTimeout } from 'node:timers/promises';
import type { Sweep } from '../domain/ports.ts';
import { catchUp, eventReader, type Projector } from '../domain/project.ts';
import { sequence, type Sequencer } from '../domain/sequence.ts';
import { views } from '../domain/views/all.ts';
import type { View } from '../domain/views/view.ts';

export interface Relay {
  readonly hint: (stream: string) => void;
  /** Resolves when everything that was hinted at so far is sequenced and projected, or could not be. */
  readonly settled: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const SWEEP_MS = 60_000;
const RETRY_MS = 1_000;

export function startRelay(world: Sequencer & Projector & { readonly sweep: Sweep }): Relay {
  const stopping = new AbortController();
  const read = eventReader(world.log);
  let hinted = new Set<string>();
  let swept = false;
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
    settled: async () => {
      for (let run = running; run; run = running) await run;
    },
    stop: async () => {
      stopping.abort();
      clearInterval(timer);
      await running;
    },
  };

  function run(): void {
    if (stopping.signal.aborted) return;
    running ??= runs().finally(() => {
      running = undefined;
      if (hinted.size > 0) run();
    });
  }

  async function runs(): Promise<void> {
    do {
      const streams = hinted;
      hinted = new Set();
      try {
        if (!swept) await sweepOnce();
        await sequence(world, streams);
        for (const view of views) await catchUpOne(view);
      } catch (error) {
        world.alarm('sequencing or projecting failed and is tried again', error);
        for (const stream of streams) hinted.add(stream);
        await setTimeout(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
      }
    } while (hinted.size > 0 && !stopping.signal.aborted);
  }

  /** A view that fails or is stopped leaves the others be. */
  async function catchUpOne(view: View): Promise<void> {
    try {
      const stopped = await catchUp(world, view, read);
      if (stopped)
        world.alarm(
          `view ${view.name} is stopped at position ${stopped.position}: ${stopped.reason}`,
          undefined,
        );
    } catch (error) {
      world.alarm(`view ${view.name} could not be folded on and is tried again with the next event`, error);
    }
  }

  async function sweepOnce(): Promise<void> {
    for (let from: string | undefined; ;) {
      const { streams, next } = await world.sweep(from);
      await sequence(world, streams);
      if (next === undefined) break;
      from = next;
    }
    swept = true;
  }
}
