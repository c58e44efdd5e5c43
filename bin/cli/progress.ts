// A progress bar on standard error, where that is a terminal: what the output says is never mixed with it.
import cliProgress from 'cli-progress';

export interface Progress {
  readonly shown: boolean;
  readonly start: (total: number, done?: number) => void;
  readonly update: (done: number) => void;
  /** Leaves the bar as it stands. */
  readonly stop: () => void;
}

/** Shows a bar while `run` runs, however it ends: one that is left running keeps the program from ending. */
export async function withProgress<T>(bar: Progress, run: (bar: Progress) => Promise<T>): Promise<T> {
  try {
    return await run(bar);
  } finally {
    bar.stop();
  }
}

export function progressBar(shown: boolean = process.stderr.isTTY): Progress {
  const bar = new cliProgress.SingleBar(
    {
      format: '{bar} {percentage}% | {value}/{total} | {eta_formatted} left',
      stream: process.stderr,
      // Its own handler would take the first interrupt and go on.
      gracefulExit: false,
    },
    cliProgress.Presets.shades_classic,
  );
  return {
    shown,
    start: (total, done = 0) => {
      if (shown) bar.start(total, done);
    },
    update: (done) => bar.update(done),
    stop: () => bar.stop(),
  };
}
