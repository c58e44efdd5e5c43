// Delivers new events: long polls wait for the next one, and event streams send each as it is published.
import type { Context } from 'hono';
import { replay } from '../../../domain/log/replay.ts';
import { readHead } from '../../../domain/log/head.ts';
import type { ApiContext } from '../api-context.ts';
import { chunksOf, markOf, messageOf, type Passes } from './event-lines.ts';
import { applied } from './prefer.ts';

/** Milliseconds between checks; a check reads only the head if there are no new events. */
const POLL_MS = 100;
/** Milliseconds without data before a comment is sent, because some proxies close idle connections after 30 seconds. */
const HEARTBEAT_MS = 15_000;

/**
 * Waits until an event from `from` on passes, for at most `seconds`, or until the client disconnects.
 * Returns the range to read: `from` is past new events that do not pass, `published` is its end.
 */
export async function waitForEvents(
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
    if (await anyPasses(log, start, published, passes)) break;
    start = published;
  }
  return { from: start, published };
}

async function anyPasses(
  log: ApiContext['log'],
  from: number,
  to: number,
  passes: Passes | undefined,
): Promise<boolean> {
  if (!passes) return from < to;
  for await (const entry of replay(log, from, to)) if (passes(entry)) return true;
  return false;
}

/** Yields all events from `from` on that pass, then each new one, until the client disconnects. */
export async function* messages(
  { state, log, clock, sleep }: Pick<ApiContext, 'state' | 'log' | 'clock' | 'sleep'>,
  from: number,
  passes: Passes | undefined,
  disconnected: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let [next, lastSent] = [from, clock()];
  while (!disconnected.aborted) {
    const { published } = await readHead(state);
    for await (const chunk of chunksOf(replay(log, next, published), passes, messageOf, disconnected)) {
      yield chunk;
      lastSent = clock();
    }
    next = Math.max(next, published);
    if (clock() - lastSent >= HEARTBEAT_MS) {
      yield new TextEncoder().encode(markOf(next));
      lastSent = clock();
    }
    await sleep(POLL_MS);
  }
}
