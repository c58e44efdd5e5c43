// `Prefer: wait=5` (RFC 7240): how long the caller would rather wait than be answered at once.
import type { Context } from 'hono';

/** The function that answers is given 29 seconds in AWS, and API Gateway waits no longer either. */
const MAX_WAIT_SECONDS = 25;

/** Whole seconds, at most 25; 0 where nothing is preferred. */
export function waitOf(c: Context): number {
  const wait = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,3})"?(?:$|[,;\s])/i.exec(c.req.header('prefer') ?? '')?.[1];
  return Math.min(Number(wait ?? 0), MAX_WAIT_SECONDS);
}

/** Said only where it made a difference: the answer waited. */
export const applied = (c: Context, seconds: number): void =>
  c.header('Preference-Applied', `wait=${seconds}`);
