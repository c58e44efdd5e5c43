// Schema of whole numbers in a query, which arrive as strings.
import { z } from '@hono/zod-openapi';
import { received } from '../../../events/problem-sentences.ts';

/** Returns the schema of a whole number in plain digits, from `min` to `max`. */
export const wholeNumber = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value),
    z
      .int({
        error: ({ input }) => `must be a whole number from ${min} to ${max}, and is ${received(input)}`,
      })
      .min(min)
      .max(max),
  );
