// Runs rebuilds of the embedded archive on a thread of their own, so that the serving thread stays free. The thread ends
// if no work is left, and starts again at the next `wake`.
import { Worker } from 'node:worker_threads';
import type { FromThread, Start } from './rebuild-steps.ts';

export interface RebuildThread {
  /** Makes the thread look for work. */
  readonly wake: () => void;
  /** Resolves when the thread has no work left, or has failed and pauses. */
  readonly settled: () => Promise<void>;
  /** Ends the thread after its current step. */
  readonly stop: () => Promise<void>;
}

export interface ThreadOptions<Settings> extends Start<Settings> {
  /** Program of the thread, which calls `runSteps`. */
  readonly program: URL;
  readonly alarm: (what: string, error?: unknown) => void;
  /** The pause after a failure, in milliseconds. It doubles with each failure that follows. */
  readonly pauseMs?: number;
}

const PAUSE_MS = 10_000;
const MAX_PAUSE_MS = 600_000;
/** Without this limit, a thread takes some hundred megabytes more for short-lived objects. */
const LIMITS = { maxYoungGenerationSizeMb: 48 };

/** Returns the thread, which starts at the first `wake`. */
export function rebuildThread<Settings>(options: ThreadOptions<Settings>): RebuildThread {
  const { home, settings, program, alarm, pauseMs = PAUSE_MS } = options;
  let worker: Worker | undefined;
  let ended: Promise<void> = Promise.resolve();
  let isWoken = false;
  let isStopping = false;
  let failures = 0;
  let pause: NodeJS.Timeout | undefined;

  function start(): void {
    isWoken = false;
    const started = new Worker(program, {
      workerData: { home, settings } satisfies Start<Settings>,
      name: 'rebuild',
      resourceLimits: LIMITS,
      // Node before 24 calls SQLite experimental in every thread.
      execArgv: [...process.execArgv, '--disable-warning=ExperimentalWarning'],
    });
    worker = started;
    let failure: unknown;
    started.on('message', ({ what, error }: FromThread) => alarm(what, error));
    started.once('error', (error) => (failure = error));
    ended = new Promise((resolve) => {
      started.once('exit', (code) => {
        worker = undefined;
        after(failure ?? (code === 0 ? undefined : new Error(`it ended with exit code ${code}`)));
        resolve();
      });
    });
  }

  function after(failure: unknown): void {
    if (failure === undefined) {
      failures = 0;
      // The thread may have looked for work just before the wake-up.
      if (isWoken && !isStopping) start();
      return;
    }
    alarm('the thread that rebuilds read models failed and is started again', failure);
    if (isStopping) return;
    pause = setTimeout(
      () => {
        pause = undefined;
        start();
      },
      Math.min(pauseMs * 2 ** failures, MAX_PAUSE_MS),
    ).unref();
    failures += 1;
  }

  return {
    wake: () => {
      isWoken = true;
      if (!worker && !pause && !isStopping) start();
    },
    settled: async () => {
      for (let last: unknown; last !== ended;) await (last = ended);
    },
    stop: async () => {
      isStopping = true;
      clearTimeout(pause);
      worker?.postMessage('stop', []);
      await ended;
    },
  };
}
