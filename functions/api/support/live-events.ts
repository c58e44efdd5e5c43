// What comes after the end of the history: long polls wait for it, event streams bring it.
import type { Context } from 'hono';
import { replay } from '../../../domain/log/replay.ts';
import { readHead } from '../../../domain/log/head.ts';
import type { ApiContext } from '../api-context.ts';
import { chunksOf, markOf, messageOf, type Passes } from './event-lines.ts';
import { applied } from './prefer.ts';

/** Each look reads the head, and nothing else where nothing came. */
const POLL_MS = 100;
/** Proxies close what is silent; many after a minute, some after thirty seconds. */
const HEARTBEAT_MS = 15_000;

/**
 * Where there is nothing from `from` on, waits until something passes, at most so many seconds, or until the caller
 * goes. Gives where to read from, past what came and didn't pass, and up to where.
 */
export async function whenThere(
  c: Context,
  { state, log, clock, sleep }: Pick<ApiContext, 'state' | 'log' | 'clock' | 'sleep'>,
  from: number,
  passes: Passes | undefined,
  seconds: number,
): Promise<{ readonly from: number; readonly published: number }> {
  let { published } = await readHead(state);
  let start = Math.min(from, published);
  if (seconds === 0 || start < published) return { from: start, published };
  applied(c, seconds);
  for (const deadline = clock() + seconds * 1_000; clock() < deadline && !c.req.raw.signal.aborted;) {
    await sleep(POLL_MS);
    ({ published } = await readHead(state));
    if (await holds(log, start, published, passes)) break;
    start = published;
  }
  return { from: start, published };
}

async function holds(
  log: ApiContext['log'],
  from: number,
  to: number,
  passes: Passes | undefined,
): Promise<boolean> {
  if (!passes) return from < to;
  for await (const entry of replay(log, from, to)) if (passes(entry)) return true;
  return false;
}

/** Everything that passes from `from` on, then what comes, as it comes; without end, until the reader goes. */
export async function* messages(
  { state, log, clock, sleep }: Pick<ApiContext, 'state' | 'log' | 'clock' | 'sleep'>,
  from: number,
  passes: Passes | undefined,
  gone: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let [next, spoke] = [from, clock()];
  while (!gone.aborted) {
    const { published } = await readHead(state);
    for await (const chunk of chunksOf(replay(log, next, published), passes, messageOf, gone)) {
      yield chunk;
      spoke = clock();
    }
    next = Math.max(next, published);
    if (clock() - spoke >= HEARTBEAT_MS) {
      yield new TextEncoder().encode(markOf(next));
      spoke = clock();
    }
    await sleep(POLL_MS);
  }
}
