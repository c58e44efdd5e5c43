// The shape of a record in a batch, and how many a batch has: for the call that takes them, and for the command that
// splits a file into such calls.
import { z } from 'zod';
import { commands } from '../../../domain/recording/commands.ts';
import { Problem } from '../support/problem.ts';

/** The most records that one call takes. */
export const MAX_RECORDS = 500;

export const localKey = z.string().regex(/^[\w.:-]{1,100}$/, 'must be 1 to 100 of A-Z, a-z, 0-9, _ . : -');
const names = [...new Set(commands.map(({ name }) => name))];

export const recordSchema = z.strictObject({
  kind: z.enum(names).describe('What to record: a thing, or what happens to one'),
  key: localKey.describe(
    'Names this record: "@key" in later ones stands for its id; a retry never writes it twice',
  ),
  of: z.string().max(102).optional().describe('The thing that it happens to: an id, or "@key"'),
  body: z
    .looseObject({})
    .describe('As the call of this kind takes it; evidence without articleId is in this article'),
});

/** Throws Problem if a key is used twice, by these records or by `earlier` ones. */
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
