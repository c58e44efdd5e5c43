// Parses `Prefer: wait=5` (RFC 7240): how long the client prefers to wait for a complete answer.
import type { Context } from 'hono';

/** Below the 29 seconds after which API Gateway and the function time out. */
const MAX_WAIT_SECONDS = 25;

/** Returns whole seconds, at most 25; 0 without the preference. */
export function waitOf(c: Context): number {
  const wait = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,3})"?(?:$|[,;\s])/i.exec(c.req.header('prefer') ?? '')?.[1];
  return Math.min(Number(wait ?? 0), MAX_WAIT_SECONDS);
}

/** Sets Preference-Applied. Call it only if the answer waited. */
export const applied = (c: Context, seconds: number): void =>
  c.header('Preference-Applied', `wait=${seconds}`);
