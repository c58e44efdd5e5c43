// Parses `asOf` of a read: a position of the log, or an instant, which means the last event recorded by then.
import { z } from '@hono/zod-openapi';
import { logSizeAt } from '../../../domain/log/time-index.ts';
import { readHead } from '../../../domain/log/head.ts';
import type { ApiContext } from '../api-context.ts';
import { Problem } from './problem.ts';

const POSITION = /^(?:0|[1-9]\d{0,14})$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const instant = z.iso.datetime({ offset: true });
const day = z.iso.date();

/** The schema of a state of the archive, by position or by time. */
export const pointInHistory = z
  .string()
  .max(40)
  .refine(
    (value) => POSITION.test(value) || instant.safeParse(value).success || day.safeParse(value).success,
    'must be a position such as 1041, an instant with its offset such as 2023-03-03T14:00:00Z (in an address, a + is %2B), or a day (its end, UTC)',
  )
  .optional();

export const asOfQuery = pointInHistory.describe(
  'Reads the archive as of this position of the log, instant, or end of this day (UTC)',
);
export const changedSinceQuery = pointInHistory.describe(
  'Lists only items that changed after this position, instant or day, ordered by latest change, each with its `changes`',
);

/**
 * Returns the position that a parameter means: -1 before the first event, undefined if the parameter is absent.
 *
 * @throws Problem if the position is beyond the end of the log
 */
export async function positionAsOf(
  { state, log }: ApiContext,
  parameter: string,
  point: string | undefined,
): Promise<number | undefined> {
  if (point === undefined) return undefined;
  if (!POSITION.test(point)) {
    const until = DAY.test(point) ? `${point}T23:59:59.999Z` : point;
    return (await logSizeAt({ state, log }, new Date(until).toISOString())) - 1;
  }
  const { published } = await readHead(state);
  if (Number(point) < published) return Number(point);
  throw new Problem(
    'invalid-request',
    published === 0
      ? `${parameter}: the log has no events yet`
      : `${parameter}: the log ends at position ${published - 1}; send that position or a smaller one, or leave ${parameter} out`,
  );
}
