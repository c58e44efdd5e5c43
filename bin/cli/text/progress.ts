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
  /** How much of how much, how fast, and how long it takes still, as text, each where it is known. */
  readonly count?: string;
  readonly rate?: string;
  readonly left?: string;
}

const BAR_MOST = 40;
/** A shorter bar says nothing. */
const BAR_LEAST = 5;
const NAME_LEAST = 12;
/** Room is kept for as much beside the bar, so that it does not shrink as soon as something is known. */
const USUAL = '100% | 100000/100000 | 10,000/s | 100 s left | comparing'.length;

/**
 * A bar a line, of things that go on at once and know themselves how fast they are. No line is wider than the terminal:
 * where it is narrow the bar goes first, then a long name is cut, then the rate and the count are left out.
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
    // What clears the rest of a line would take its last column too.
    const room = maxWidth - 1;
    const barsize = Math.min(BAR_MOST, room - nameWidth - textWidth - 2);
    if (barsize >= BAR_LEAST)
      return `${name.padEnd(nameWidth)} ${cliProgress.Format.BarFormat(progress, { ...options, barsize })} ${texts[0]}`;
    const nameLeast = Math.min(nameWidth, NAME_LEAST);
    const text = texts.find(({ length }) => nameLeast + 1 + length <= room) ?? texts[2];
    return `${cut(name, Math.min(nameWidth, room - text.length - 1))} ${text}`.slice(0, room);
  };

  const all = new cliProgress.MultiBar(
    { format: lineOf, stream, gracefulExit: false, emptyOnZero: true, barsize: BAR_MOST },
    cliProgress.Presets.shades_classic,
  );
  return {
    update: (name, { done, total, ...others }) => {
      if (!stream.isTTY) return;
      nameWidth = Math.max(nameWidth, name.length);
      const bar = bars.get(name) ?? all.create(total, done, { name });
      bars.set(name, bar);
      bar.setTotal(total);
      // What was known before and is not any more would stay.
      bar.update(done, { count: undefined, rate: undefined, left: undefined, ...others });
    },
    stop: () => all.stop(),
  };
}

/** What is beside a bar: all of it, without the rate, and without the count. */
function textsOf(percent: number, { count, rate, left, phase }: Omit<BarState, 'done' | 'total'>) {
  const joined = (...parts: readonly (string | undefined)[]): string =>
    [`${percent}%`.padStart(4), ...parts].filter((part) => part !== undefined).join(' | ');
  return [joined(count, rate, left, phase), joined(count, left, phase), joined(left, phase)] as const;
}

/** To exactly this width. */
const cut = (text: string, width: number): string =>
  text.length <= width ? text.padEnd(width) : `${text.slice(0, Math.max(0, width - 1))}…`;
