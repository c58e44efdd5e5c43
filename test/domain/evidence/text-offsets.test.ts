// Normalized units map to the original text, and passages never split a character.

import { describe, expect, it } from 'vitest';
import { normalizeText } from '../../../domain/evidence/normalization/normalize-text.ts';
import { isBoundary, passageAt, sliceOf } from '../../../domain/evidence/text-offsets.ts';

describe('ranges of normalized text', () => {
  it('sliceOf returns the original characters of normalized units', () => {
    const text = '\uFEFFa “ﬁ”\u200B — cafe\u0301 👍🏽';
    const all = normalizeText(text);
    const parts: string[] = [];
    for (let from = 0, at = 1; at <= all.units.length; at += 1) {
      if (!isBoundary(all, at)) continue;
      parts.push(sliceOf(all, from, at));
      from = at;
    }
    expect(parts).toEqual(['a', ' ', '“', 'ﬁ', '”', ' — ', 'c', 'a', 'f', 'e\u0301', ' ', '👍🏽']);
  });

  it('passageAt counts code points', () => {
    const text = '😀😀 x\uD83D';
    const all = normalizeText(text);
    expect(passageAt(all, 5, 6)).toEqual({ start: 3, end: 4, exact: 'x' });
    expect(passageAt(all, 6, 7)).toEqual({ start: 4, end: 5, exact: '\uD83D' });
  });

  it.each([
    ['a letter and its accent', 'e\u0301', 1],
    ['the letters of a ligature', 'ﬁ', 1],
    ['an emoji and its skin tone', '👍🏽', 2],
    ['the members of a family', '👨\u200D👩', 2],
    ['the halves of a flag', '🇫🇷', 2],
  ])('there is no boundary between %s', (_what, text, at) => {
    expect(isBoundary(normalizeText(text), at) && normalizeText(text).units.length > at).toBe(false);
  });

  it('there is a boundary between two flags', () => {
    expect([2, 4, 6].map((at) => isBoundary(normalizeText('🇫🇷🇺🇸'), at))).toEqual([false, true, false]);
  });
});
