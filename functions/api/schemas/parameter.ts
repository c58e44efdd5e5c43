// Numbers among the parameters of a query, which come as strings.
import { z } from '@hono/zod-openapi';
import { received } from '../../../events/problem-sentences.ts';

/** A whole number in plain digits: none of what else JavaScript takes for one, such as '' for 0. */
export const wholeNumber = (least: number, most: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value),
    z
      .int({
        error: ({ input }) => `must be a whole number from ${least} to ${most}, and is ${received(input)}`,
      })
      .min(least)
      .max(most),
  );
