// `chancery replay`: writes the log as NDJSON to standard output; with `follow`, also the events that come later.
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { nextOf, Unreachable, type Client } from '../api-client.ts';
import { withProgress, type Progress } from '../text/progress.ts';

export interface ReplayOptions {
  readonly after?: string;
  readonly type?: readonly string[];
  readonly stream?: string;
  /** Waits for further events without end, and reconnects if the archive was unreachable for a while. */
  readonly follow?: boolean;
}

/** Seconds for which the archive holds a request that waits for further events. */
const WAIT = 20;
const NDJSON = 'application/x-ndjson';
const AWAY_MS = 1_000;

/** Writes whole lines, and respects the backpressure of `out`. */
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
  // Only a progress bar needs the size of the log.
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
  /** The position of the last line. */
  readonly last: number;
}

/** Yields the log and, with `follow`, further events; resumes after the last line if the connection is lost. */
async function* everything(
  client: Client,
  path: string,
  follow: boolean,
  caughtUp: () => void,
): AsyncGenerator<Lines> {
  const headers: Record<string, string> = { Accept: NDJSON };
  let from = path;
  let away = false;
  // True once the archive has answered. A first request that fails is an error, even with `follow`.
  let reached = false;
  for (;;) {
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

/** Yields an answer while it arrives, in whole lines. */
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
        ? 'the archive closed the connection before the end; run the command again'
        : `the archive closed the connection after position ${last}: resume with --after ${last}`,
      { cause: error },
    );
  }
}
