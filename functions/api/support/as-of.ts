// `asOf` of a read: a position of the log, or an instant, which means all that the archive had learnt by then.
import { z } from '@hono/zod-openapi';
import { logSizeAt } from '../../../domain/log/time-index.ts';
import { readHead } from '../../../domain/log/head.ts';
import type { ApiContext } from '../api-context.ts';
import { Problem } from './problem.ts';

const POSITION = /^(?:0|[1-9]\d{0,14})$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const instant = z.iso.datetime({ offset: true });
const day = z.iso.date();

/** A state of the archive, by position or by time. */
export const pointInHistory = z
  .string()
  .max(40)
  .refine(
    (value) => POSITION.test(value) || instant.safeParse(value).success || day.safeParse(value).success,
    'must be a position such as 1041, an instant with its offset such as 2023-03-03T14:00:00Z (in an address, a + is %2B), or a day (its end, UTC)',
  )
  .optional();

export const asOfQuery = pointInHistory.describe(
  'Answers as the archive stood then: a position of the log, an instant, or a day (UTC, to its end)',
);
export const changedSinceQuery = pointInHistory.describe(
  'Only what changed after that position, instant or day, in the order of its latest change, saying how',
);

/** The position that is meant, -1 before the first event; undefined where none is given. Throws Problem. */
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
      : `${parameter}: the log ends at position ${published - 1}; ask for that or less, or leave ${parameter} out`,
  );
}
