// `chancery replay`: the history as NDJSON on standard output, progress on standard error.
import cliProgress from 'cli-progress';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Client } from './client.ts';

export interface ReplayOptions {
  readonly after?: string;
  readonly type?: readonly string[];
  readonly stream?: string;
}

/** Writes as fast as `out` takes it; returns how many events were written. */
export async function replayTo(
  client: Client,
  options: ReplayOptions,
  out: Writable,
  showProgress: boolean,
): Promise<number> {
  const query = new URLSearchParams();
  if (options.after !== undefined) query.set('after', options.after);
  if (options.stream !== undefined) query.set('stream', options.stream);
  for (const type of options.type ?? []) query.append('type', type);
  const { size } = await client.get<{ size: number }>('/events?limit=1');
  const bar = new cliProgress.SingleBar(
    { format: '{bar} {percentage}% | {value}/{total} | {eta_formatted} left', stream: process.stderr },
    cliProgress.Presets.shades_classic,
  );
  if (showProgress) bar.start(size, Number(options.after ?? -1) + 1);
  let count = 0;
  for await (const response of client.pages(`/events?${query.toString()}`, {
    headers: { Accept: 'application/x-ndjson' },
  })) {
    if (!response.body) continue;
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream()) as AsyncIterable<string>) {
      if (!out.write(chunk)) await once(out, 'drain');
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      count += lines.length;
      const position = /^\{"position":(\d+)/.exec(lines.at(-1) ?? '')?.[1];
      if (showProgress && position !== undefined) bar.update(Number(position) + 1);
    }
  }
  if (showProgress) {
    bar.update(size);
    bar.stop();
  }
  return count;
}
