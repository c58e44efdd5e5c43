// A thread that rebuilds read models: those that it is given, in turns, so that each batch of the log is parsed once for
// all of them. It writes the rows of their generations and what tells how far they are, and nothing else.
import { setImmediate } from 'node:timers/promises';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { readOnlyBlobs } from '../../adapters/files/blob-store.ts';
import { joinViewFiles } from '../../adapters/sqlite/view-files.ts';
import { eventReader } from '../../domain/project.ts';
import { rebuilding, underWay } from '../../domain/rebuild/run.ts';
import { views } from '../../domain/views/all.ts';
import type { View } from '../../domain/views/view.ts';
import { told, type Ended, type FromWorker, type Start, type ToWorker } from './messages.ts';
import { asking, remoteStore, remoteTable } from './remote.ts';

/**
 * Of `views.db` it only reads and writes what tells of rebuilds, or walks the rows that are read. What it builds is
 * appended.
 */
const CACHES = { viewsMb: 8, generationMb: 6 };
/** Nobody waits in this thread while it folds. */
const BUNDLES = 8;

interface Task {
  readonly view: View;
  readonly id: number;
  readonly step: (view: View, id: number) => Promise<boolean>;
  /** Nothing was written beyond how far it is: what a crash left there is written over by the first step. */
  alone: boolean;
}

if (!parentPort) throw new Error('this file is the beginning of a thread');
const port = parentPort;
const { home, runner, graceMs } = workerData as Start;
const { ask, answered } = asking(port);
const say = (message: FromWorker): void => port.postMessage(message);

const files = joinViewFiles(home, CACHES);
const world = {
  views: files.table,
  order: files.order,
  state: remoteTable(ask),
  store: remoteStore(ask),
  log: readOnlyBlobs(join(home, 'log')),
  clock: Date.now,
  abortAfter: (ms: number) => AbortSignal.timeout(ms),
  bundles: BUNDLES,
  runner,
  graceMs,
  alarm: (what: string, error?: unknown) =>
    say({ tell: 'alarm', what, ...(error === undefined ? {} : { error: told(error) }) }),
};
const read = eventReader(world);
const tasks = new Map<string, Task>();
const stopping = new AbortController();
let working: Promise<void> | undefined;

port.on('message', (message: ToWorker) => {
  switch (message.tell) {
    case 'build':
      begin(message);
      return;
    case 'leave':
      left.add(message.view);
      return;
    case 'stop':
      stopping.abort();
      void (working ?? Promise.resolve()).then(end);
      return;
    case 'answer':
    case 'failure':
      answered(message);
      return;
    default:
      message satisfies never;
  }
});

/** To be given back before their next step. */
const left = new Set<string>();

function begin({ view: name, id, alone }: Extract<ToWorker, { readonly tell: 'build' }>): void {
  const view = views.find((each) => each.name === name);
  if (!view) throw new Error(`there is no view ${name}`);
  left.delete(name);
  tasks.set(name, { view, id, step: rebuilding(world, read, alone), alone });
  working ??= work().finally(() => (working = undefined));
}

async function work(): Promise<void> {
  while (tasks.size > 0 && !stopping.signal.aborted) {
    for (const task of await due()) {
      if (stopping.signal.aborted) return;
      await takeOn(task);
    }
    // What the archive's thread says is heard in between.
    await setImmediate();
  }
}

/** Those that are furthest behind fold first, so that all come to the same batches; who does not fold does not wait. */
async function due(): Promise<Task[]> {
  const found: { task: Task; next: number }[] = [];
  for (const task of tasks.values()) {
    const { view, id } = task;
    if (left.delete(view.name)) finish(task, 'left');
    else {
      const at = await underWay(world.views, view, id);
      if (at) found.push({ task, next: at.phase === 'folding' ? at.next : -1 });
      else finish(task, 'over');
    }
  }
  const least = Math.min(...found.map(({ next }) => next).filter((next) => next >= 0));
  return found.filter(({ next }) => next <= least).map(({ task }) => task);
}

async function takeOn(task: Task): Promise<void> {
  const { view, id, step } = task;
  try {
    task.alone = await step(view, id);
    if (!task.alone) finish(task, (await underWay(world.views, view, id)) ? 'waits' : 'over');
  } catch (error) {
    // Whoever ended it may have taken its rows away.
    const goesOn = await underWay(world.views, view, id);
    if (goesOn) world.alarm(`rebuild ${id} of view ${view.name} failed and is tried again`, error);
    finish(task, goesOn ? 'waits' : 'over');
  }
}

function finish({ view, alone }: Task, how: Ended): void {
  tasks.delete(view.name);
  files.release(view.name);
  say({ tell: 'ended', view: view.name, how, alone });
}

function end(): void {
  files.close();
  port.close();
}
