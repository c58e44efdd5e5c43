// What folding makes equal, what it keeps apart, and that every folded unit keeps its place in the text.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, isBoundary, occurrences, passageAt, sliceOf, stringOf } from '../../domain/text-folding.ts';

const folded = (text: string) => {
  const { units } = fold(text);
  return stringOf(units, 0, units.length);
};

describe('folding', () => {
  it.each([
    ['every double quotation mark', '“a” „a‟ «a» ″a″', '"a" "a" "a" "a"'],
    ['every single quotation mark and apostrophe', '‹a› ‘a’ ‚a‛ ′a` ´a', "'a' 'a' 'a' 'a' 'a"],
    ['two single marks and a double one', "''a'' ``a´´", '"a" “a”'],
    ['every dash', 'a-b‐c‑d‒e–f—g―h−i', 'a-b-c-d-e-f-g-h-i'],
    ['two hyphens and a dash', 'a -- b --- c', 'a — b — c'],
    ['all white space', 'a\u00A0b\r\nc\u2009\u200A d\u2028e\u2029f\t\tg\u3000h', 'a b c d e f g h'],
    ['zero-width characters and none', 'a\u200Bb\u00ADc\uFEFFd\u2060e\u200Cf', 'abcdef'],
    ['ligatures and letters', 'ﬁ ﬂ ﬀ ﬃ ﬄ ﬅ ﬆ', 'fi fl ff ffi ffl st st'],
    ['an ellipsis and three dots', 'a… b', 'a... b'],
    ['composed and decomposed accents', 'é ö Å ữ 각 क़', 'é ö Å ữ 각 क़'.normalize('NFD')],
    ['marks in any order', 'a\u0301\u0323 o\u0323\u0302', 'a\u0323\u0301 \u1ED9'],
    ['an emoji with and without its variation selector', '❤\uFE0F', '❤'],
  ])('takes %s for the same', (_what, left, right) => {
    expect(folded(left)).toBe(folded(right));
  });

  it('keeps case, digits and letters of other alphabets apart', () => {
    expect(folded('We Said 5 війна')).toBe('We Said 5 війна');
    expect(folded('We')).not.toBe(folded('we'));
    expect(folded('e')).not.toBe(folded('é'));
  });

  it('does not fail on lone surrogates, nor on more marks than any script writes', () => {
    expect(folded('a\uD800b\uDC00c')).toBe('a\uD800b\uDC00c');
    expect(fold(`e${'\u0301\u0323'.repeat(5000)}x`).units.length).toBeGreaterThan(9000);
    expect(folded(' \u0301')).toBe(' \u0301');
  });

  it('hands back the characters of the text that folded units come from', () => {
    const text = '\uFEFFa “ﬁ”\u200B — cafe\u0301 👍🏽';
    const all = fold(text);
    const parts: string[] = [];
    for (let from = 0, at = 1; at <= all.units.length; at += 1) {
      if (!isBoundary(all, at)) continue;
      parts.push(sliceOf(all, from, at));
      from = at;
    }
    expect(parts).toEqual(['a', ' ', '“', 'ﬁ', '”', ' ', '—', ' ', 'c', 'a', 'f', 'e\u0301', ' ', '👍🏽']);
  });

  it('counts places in code points', () => {
    const text = '😀😀 x\uD83D';
    const all = fold(text);
    expect(passageAt(all, 5, 6)).toEqual({ start: 3, end: 4, exact: 'x' });
    expect(passageAt(all, 6, 7)).toEqual({ start: 4, end: 5, exact: '\uD83D' });
  });

  it.each([
    ['a letter and its accent', 'e\u0301', 1],
    ['the letters of a ligature', 'ﬁ', 1],
    ['an emoji and its skin tone', '👍🏽', 2],
    ['the members of a family', '👨\u200D👩', 2],
    ['the halves of a flag', '🇫🇷', 2],
  ])('sets no boundary between %s', (_what, text, at) => {
    expect(isBoundary(fold(text), at) && fold(text).units.length > at).toBe(false);
  });

  it('sets a boundary between two flags', () => {
    expect([2, 4, 6].map((at) => isBoundary(fold('🇫🇷🇺🇸'), at))).toEqual([false, true, false]);
  });

  it('folds what normalisation changes to the same, whatever the text', () => {
    const fragments = fc.constantFrom(
      'e',
      '\u0301',
      '\u0323',
      'é',
      'ữ',
      'ᄀ',
      'ᅡ',
      'ᆨ',
      '각',
      'Å',
      ' ',
      '“',
      '😀',
      '-',
    );
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        expect(folded(text.normalize('NFD'))).toBe(folded(text));
        expect(folded(text.normalize('NFC'))).toBe(folded(text));
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('searching', () => {
  it('visits every occurrence, overlapping ones too, as a plain search does', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 30 });
    fc.assert(
      fc.property(
        letters,
        fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 }),
        (text, word) => {
          const found: number[] = [];
          occurrences(fold(word).units, fold(text).units, 0, (at) => {
            found.push(at);
            return undefined;
          });
          const expected = Array.from(text, (_, at) => at).filter((at) => text.startsWith(word, at));
          expect(found).toEqual(expected);
        },
      ),
      { seed: 2, numRuns: 300 },
    );
  });

  it('stops when told to', () => {
    let visits = 0;
    occurrences(fold('a').units, fold('aaaa').units, 1, () => {
      visits += 1;
      return 'stop';
    });
    expect(visits).toBe(1);
  });
});
