// The search visits every occurrence of a pattern.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeText } from '../../../domain/evidence/normalization/normalize-text.ts';
import { occurrences } from '../../../domain/evidence/occurrences.ts';

describe('searching', () => {
  it('the search visits the same occurrences as a naive one, including overlapping ones', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 30 });
    fc.assert(
      fc.property(
        letters,
        fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 }),
        (text, word) => {
          const found: number[] = [];
          occurrences(normalizeText(word).units, normalizeText(text).units, 0, (at) => {
            found.push(at);
            return undefined;
          });
          const expected = Array.from(text, (_, at) => at).filter((at) => text.startsWith(word, at));
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('the search stops if the visitor returns "stop"', () => {
    let visits = 0;
    occurrences(normalizeText('a').units, normalizeText('aaaa').units, 1, () => {
      visits += 1;
      return 'stop';
    });
    expect(visits).toBe(1);
  });
});
