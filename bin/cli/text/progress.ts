// Progress bars on standard error, if it is a terminal. Standard output never contains them.
import cliProgress from 'cli-progress';

export interface Progress {
  readonly shown: boolean;
  readonly start: (total: number, done?: number) => void;
  readonly update: (done: number) => void;
  /** Stops the bar in its current state. */
  readonly stop: () => void;
}

/** Shows a bar while `run` runs. The bar is always stopped, because a running bar keeps the process alive. */
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
      // Its own handler would swallow the first interrupt.
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
  /** Updates the bar of this name; creates it if necessary. */
  readonly update: (name: string, state: BarState) => void;
  readonly stop: () => void;
}

export interface BarState {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  /** Count, rate and remaining time as text, if known. */
  readonly count?: string;
  readonly rate?: string;
  readonly left?: string;
}

const MAX_BAR = 40;
/** A shorter bar is useless. */
const MIN_BAR = 5;
const MIN_NAME = 12;
/** Columns reserved beside the bar, so that it does not shrink when the rate becomes known. */
const USUAL = '100% | 100000/100000 | 10,000/s | 100 s left | comparing'.length;

/**
 * Returns one bar on each line, for concurrent work. No line is wider than the terminal: on a narrow one the bar is
 * omitted first, then a long name is shortened, then the rate and the count are omitted.
 */
export function progressBars(
  stream: NodeJS.WritableStream & { readonly isTTY?: boolean } = process.stderr,
): ProgressBars {
  const bars = new Map<string, cliProgress.SingleBar>();
  let [nameWidth, textWidth] = [0, USUAL];

  const lineOf: cliProgress.GenericFormatter = (options, { progress, maxWidth }, payload) => {
    const { name, ...state } = payload as BarState & { readonly name: string };
    const texts = textsOf(Math.floor(progress * 100), state);
    textWidth = Math.max(textWidth, texts[0].length);
    // The sequence that clears the rest of a line would clear its last column, too.
    const room = maxWidth - 1;
    const barsize = Math.min(MAX_BAR, room - nameWidth - textWidth - 2);
    if (barsize >= MIN_BAR)
      return `${name.padEnd(nameWidth)} ${cliProgress.Format.BarFormat(progress, { ...options, barsize })} ${texts[0]}`;
    const minName = Math.min(nameWidth, MIN_NAME);
    const text = texts.find(({ length }) => minName + 1 + length <= room) ?? texts[2];
    return `${cut(name, Math.min(nameWidth, room - text.length - 1))} ${text}`.slice(0, room);
  };

  const all = new cliProgress.MultiBar(
    { format: lineOf, stream, gracefulExit: false, emptyOnZero: true, barsize: MAX_BAR },
    cliProgress.Presets.shades_classic,
  );
  return {
    update: (name, { done, total, ...others }) => {
      if (!stream.isTTY) return;
      nameWidth = Math.max(nameWidth, name.length);
      const bar = bars.get(name) ?? all.create(total, done, { name });
      bars.set(name, bar);
      bar.setTotal(total);
      // Without this, values that are no longer known would remain visible.
      bar.update(done, { count: undefined, rate: undefined, left: undefined, ...others });
    },
    stop: () => all.stop(),
  };
}

/** Returns the texts beside a bar, from the longest to the shortest. */
function textsOf(percent: number, { count, rate, left, phase }: Omit<BarState, 'done' | 'total'>) {
  const joined = (...parts: readonly (string | undefined)[]): string =>
    [`${percent}%`.padStart(4), ...parts].filter((part) => part !== undefined).join(' | ');
  return [joined(count, rate, left, phase), joined(count, left, phase), joined(left, phase)] as const;
}

/** Pads or shortens a text to exactly this width. */
const cut = (text: string, width: number): string =>
  text.length <= width ? text.padEnd(width) : `${text.slice(0, Math.max(0, width - 1))}…`;
