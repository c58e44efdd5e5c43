// `chancery replay`: the history as NDJSON on standard output, progress on standard error; with `follow`, then what comes.
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { nextOf, Unreachable, type Client } from '../api-client.ts';
import { withProgress, type Progress } from '../text/progress.ts';

export interface ReplayOptions {
  readonly after?: string;
  readonly type?: readonly string[];
  readonly stream?: string;
  /** Go on with what comes, without end, also after the archive was away for a while. */
  readonly follow?: boolean;
}

/** Seconds that the archive is asked to wait for what comes. */
const WAIT = 20;
const NDJSON = 'application/x-ndjson';
const AWAY_MS = 1_000;

/** Writes whole lines, as fast as `out` takes them. */
export async function replayTo(
  client: Client,
  { after, type = [], stream, follow = false }: ReplayOptions,
  out: Writable,
  bar: Progress,
): Promise<void> {
  const query = new URLSearchParams();
  if (after !== undefined) query.set('after', after);
  if (stream !== undefined) query.set('stream', stream);
  for (const each of type) query.append('type', each);
  // Only a bar needs to know where the end is.
  const { size } = bar.shown ? await client.get<{ size: number }>('/events?limit=1') : { size: 0 };
  await withProgress(bar, async ({ start, update, stop }) => {
    start(size, Number(after ?? -1) + 1);
    const caughtUp = (): void => {
      update(size);
      stop();
    };
    const path = `/events?${query.toString()}`;
    for await (const { lines, last } of everything(client, path, follow, caughtUp)) {
      if (!out.write(lines)) await once(out, 'drain');
      update(last + 1);
    }
  });
}

interface Lines {
  /** Whole lines. */
  readonly lines: string;
  /** The position of the last of them. */
  readonly last: number;
}

/** What is there, and with `follow` what comes, from wherever the archive was left when it went away. */
async function* everything(
  client: Client,
  path: string,
  follow: boolean,
  caughtUp: () => void,
): AsyncGenerator<Lines> {
  const headers: Record<string, string> = { Accept: NDJSON };
  for (let [from, away, reached] = [path, false, false]; ;) {
    try {
      const response = await client.fetch(from, { headers });
      [away, reached] = [false, true];
      for await (const read of linesOf(response)) {
        from = resumed(from, read.last);
        yield read;
      }
      from = resumed(from, response.headers.get('chancery-position'));
      if (nextOf(response) !== undefined) continue;
      caughtUp();
      if (!follow) return;
      headers['Prefer'] = `wait=${WAIT}`;
    } catch (error) {
      if (!follow || !reached || !(error instanceof Unreachable)) throw error;
      if (!away) process.stderr.write(`${error.message}; trying again\n`);
      away = true;
      await setTimeout(AWAY_MS);
    }
  }
}

function resumed(path: string, after: number | string | null): string {
  if (after === null) return path;
  const url = new URL(path, 'http://archive');
  url.searchParams.set('after', String(after));
  return `${url.pathname}${url.search}`;
}

/** An answer as it comes, cut after lines. */
async function* linesOf(response: Response): AsyncGenerator<Lines> {
  if (!response.body) return;
  let [rest, last] = ['', -1];
  try {
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream()) as AsyncIterable<string>) {
      const text = rest + chunk;
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      if (end === 0) continue;
      const lines = text.slice(0, end);
      last = Number(/^\{"position":(\d+)/.exec(lines.slice(lines.lastIndexOf('\n', end - 2) + 1))?.[1]);
      yield { lines, last };
    }
  } catch (error) {
    throw new Unreachable(
      last < 0
        ? 'the archive broke off'
        : `the archive broke off after position ${last}: go on with --after ${last}`,
      { cause: error },
    );
  }
}
