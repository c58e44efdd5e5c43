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

export interface ProgressBars {
  /** The bar of this name, which is begun where there is none. */
  readonly update: (name: string, state: BarState) => void;
  readonly stop: () => void;
}

export interface BarState {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  /** How fast, and how long it takes still, as text. */
  readonly rate: string;
  readonly left: string;
}

/** A bar a line, of things that go on at once and know themselves how fast they are. */
export function progressBars(shown: boolean = process.stderr.isTTY): ProgressBars {
  const format = '{name} {bar} {percentage}% | {value}/{total} | {rate} | {left} | {phase}';
  const options = { format, stream: process.stderr, gracefulExit: false };
  const all = new cliProgress.MultiBar(options, cliProgress.Presets.shades_classic);
  const bars = new Map<string, cliProgress.SingleBar>();
  return {
    update: (name, { done, total, ...others }) => {
      if (!shown) return;
      const bar = bars.get(name) ?? all.create(total, done, { name: name.padEnd(10), ...others });
      bars.set(name, bar);
      bar.setTotal(total);
      bar.update(done, others);
    },
    stop: () => all.stop(),
  };
}
