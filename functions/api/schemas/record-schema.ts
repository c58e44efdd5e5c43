// Schema of a record in a bulk request, and the size of such a request. The API and `chancery record`, which splits
// files, share it.
import { z } from 'zod';
import { commands } from '../../../domain/recording/commands.ts';
import { Problem } from '../support/problem.ts';

/** The largest number of records in one call. */
export const MAX_RECORDS = 500;

export const localKey = z.string().regex(/^[\w.:-]{1,100}$/, 'must be 1 to 100 of A-Z, a-z, 0-9, _ . : -');
const names = [...new Set(commands.map(({ name }) => name))];

export const recordSchema = z.strictObject({
  kind: z.enum(names).describe('The kind of record: something new, or a change of something that exists'),
  key: localKey.describe(
    'Names this record: later records refer to it as "@key". A retry with the same key never writes twice',
  ),
  of: z.string().max(102).optional().describe('What a change applies to: an id, or "@key"'),
  body: z
    .looseObject({})
    .describe('The body of the single call of this kind; evidence without articleId is in this article'),
});

/**
 * Refuses keys that occur twice, in these records or in `earlier` ones.
 *
 * @throws Problem
 */
export function rejectDoubleKeys(
  records: readonly { readonly key: string }[],
  earlier: readonly string[],
): void {
  const seen = new Set<string>(earlier);
  for (const [index, { key }] of records.entries()) {
    if (seen.has(key)) {
      const errors = [{ pointer: `/records/${index}/key`, detail: 'an earlier record has the same key' }];
      throw new Problem('invalid', `/records/${index}/key: an earlier record has the key ${key} too`, {
        errors,
      });
    }
    seen.add(key);
  }
}
