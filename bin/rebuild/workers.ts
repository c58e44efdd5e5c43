// Rebuilds of the embedded archive on threads of their own, as many as there are cores: what folds and compares millions
// of rows keeps nobody waiting, and read models are rebuilt side by side. Everything else about a rebuild, which takes
// no time, is done in line.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ViewFiles } from '../../adapters/sqlite/view-files.ts';
import { eventReader } from '../../domain/project.ts';
import { rebuilding, underWay, type Rebuilder } from '../../domain/rebuild/run.ts';
import type { View } from '../../domain/views/view.ts';
import {
  retold,
  told,
  type Answer,
  type FromWorker,
  type Question,
  type Start,
  type ToWorker,
} from './messages.ts';

export interface Workers {
  /** Sees to it that this rebuild goes on: true where there is more to do at once by asking again. */
  readonly take: (view: View, id: number) => Promise<boolean>;
  /** Are threads at work? */
  readonly busy: () => boolean;
  /** Resolves when what was taken is done, or can't go on. */
  readonly settled: () => Promise<void>;
  /** Ends the threads after the steps that they are at. */
  readonly stop: () => Promise<void>;
}

/** Starts them when there is something to do; calls `wake` when one has come to an end of something. */
export type StartWorkers = (world: Rebuilder, wake: () => void) => Workers;

export interface Crew {
  readonly home: string;
  readonly files: Pick<ViewFiles, 'give'>;
  /** As many as there are cores, up to four, without it. */
  readonly most?: number;
  /** The threads' program. */
  readonly program?: URL;
  /** So long after a thread ended by itself no other is given something, in milliseconds. */
  readonly pauseMs?: number;
}

const MOST = 4;
/** A thread takes a moment to start: it is kept for so long after its last rebuild. */
const IDLE_MS = 10_000;
/** One that ends may end again as soon as it is started. */
const PAUSE_MS = 10_000;

/** Left to itself, a thread takes some hundred megabytes more for what it throws away at once. */
const LIMITS = { maxYoungGenerationSizeMb: 48 };

interface Hand {
  readonly worker: Worker;
  readonly ended: Promise<void>;
  readonly tasks: Map<string, Task>;
  idle?: NodeJS.Timeout;
}

interface Task {
  readonly view: View;
  readonly id: number;
}

const loadOf = ({ tasks }: Hand): number =>
  [...tasks.values()].reduce((sum, { view: { weight = 1 } }) => sum + weight, 0);

export const workersOf =
  (crew: Crew): StartWorkers =>
  (world, wake) =>
    startWorkers(crew, world, wake);

function startWorkers(crew: Crew, world: Rebuilder, wake: () => void): Workers {
  const { home, files, program = new URL('./worker.ts', import.meta.url), pauseMs = PAUSE_MS } = crew;
  const most = crew.most ?? Math.min(availableParallelism(), MOST);
  const inLine = rebuilding(world, eventReader(world));
  const hands = new Set<Hand>();
  const ending = new Set<Promise<void>>();
  let waiting: (() => void)[] = [];
  let stopping = false;
  let paused: NodeJS.Timeout | undefined;

  const busy = (): boolean => [...hands].some(({ tasks }) => tasks.size > 0);

  function hand(task: Task, alone: boolean): void {
    const [freest] = [...hands].toSorted((a, b) => loadOf(a) - loadOf(b));
    const to = freest && (freest.tasks.size === 0 || hands.size >= most) ? freest : begin();
    clearTimeout(to.idle);
    to.tasks.set(task.view.name, task);
    send(to, { tell: 'build', view: task.view.name, id: task.id, alone });
  }

  function begin(): Hand {
    const start: Start = { home, runner: world.runner, graceMs: world.graceMs };
    const worker = new Worker(program, {
      workerData: start,
      name: 'rebuild',
      resourceLimits: LIMITS,
      // Node before 24 calls SQLite experimental in every thread.
      execArgv: [...process.execArgv, '--disable-warning=ExperimentalWarning'],
    });
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    const begun: Hand = { worker, ended, tasks: new Map() };
    hands.add(begun);
    ending.add(ended);
    let reason: unknown;
    worker.on('message', (message: FromWorker) => void hear(begun, message));
    worker.once('error', (error) => (reason = error));
    worker.once('exit', (code) => {
      ending.delete(ended);
      const wasTold = stopping || !hands.delete(begun);
      gone(begun, reason ?? (wasTold ? undefined : new Error(`it ended with ${code}`)));
    });
    return begun;
  }

  /** What a thread had when it ended by itself is tried again, after a pause. */
  function gone({ tasks }: Hand, reason: unknown): void {
    if (reason !== undefined) {
      const names = [...tasks.keys()].join(', ');
      world.alarm(`a thread that rebuilt ${names || 'nothing'} ended, and it is tried again`, reason);
      if (!stopping) pause();
    }
    tell();
  }

  function pause(): void {
    clearTimeout(paused);
    paused = setTimeout(() => {
      paused = undefined;
      wake();
    }, pauseMs).unref();
  }

  async function hear(from: Hand, message: FromWorker): Promise<void> {
    switch (message.tell) {
      case 'ended':
        finished(from, message);
        return;
      case 'alarm':
        world.alarm(message.what, message.error && retold(message.error));
        return;
      case 'question': {
        const { number } = message;
        try {
          send(from, { tell: 'answer', number, value: await answer(world, message.question) });
        } catch (error) {
          send(from, { tell: 'failure', number, error: told(error) });
        }
        return;
      }
      default:
        message satisfies never;
    }
  }

  function finished(from: Hand, { view, how, alone }: Extract<FromWorker, { readonly tell: 'ended' }>): void {
    const task = from.tasks.get(view);
    if (!task) return;
    from.tasks.delete(view);
    if (how === 'left' && !stopping) hand(task, alone);
    if (how === 'over') wake();
    if (from.tasks.size === 0) {
      share();
      rest(from);
    }
    tell();
  }

  /** Who has nothing more to do takes half of what the busiest has. */
  function share(): void {
    const [busiest] = [...hands].toSorted((a, b) => b.tasks.size - a.tasks.size);
    if (!busiest) return;
    const names = [...busiest.tasks.keys()];
    for (const view of names.slice(Math.ceil(names.length / 2))) send(busiest, { tell: 'leave', view });
  }

  function rest(from: Hand): void {
    clearTimeout(from.idle);
    from.idle = setTimeout(() => {
      hands.delete(from);
      send(from, { tell: 'stop' });
    }, IDLE_MS).unref();
  }

  function tell(): void {
    if (busy()) return;
    for (const resolve of waiting.splice(0)) resolve();
  }

  return {
    take: async (view, id) => {
      if (stopping || [...hands].some(({ tasks }) => tasks.has(view.name))) return false;
      const at = await underWay(world.views, view, id);
      if (!at) return inLine(view, id);
      if (paused) return false;
      if (at.next === 0) await files.give({ view: view.name, number: id });
      if (!stopping) hand({ view, id }, false);
      return false;
    },
    busy,
    settled: () => (busy() ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
    stop: async () => {
      stopping = true;
      clearTimeout(paused);
      for (const each of hands) {
        clearTimeout(each.idle);
        send(each, { tell: 'stop' });
      }
      await Promise.all(ending);
    },
  };
}

const send = ({ worker }: Hand, message: ToWorker): void => worker.postMessage(message, []);

async function answer(
  { state, store }: Pick<Rebuilder, 'state' | 'store'>,
  question: Question,
): Promise<Answer<Question>> {
  if (question.of === 'item') return state.get(question.partition, question.sort);
  return store.get(question.stream, question.revision);
}
