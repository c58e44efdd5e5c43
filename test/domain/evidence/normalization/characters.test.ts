// Lengths of texts in code points.

import { expect, it } from 'vitest';
import { codePoints } from '../../../../domain/evidence/normalization/characters.ts';

it.each([
  ['', 0],
  ['cafe\u0301', 5],
  ['😀 👨\u200D👩', 5],
  ['a lone \uD83D', 8],
])('codePoints counts every code point of %j', (text, count) => {
  expect(codePoints(text)).toBe(count);
});
