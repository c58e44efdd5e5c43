// If the source has the same letters as a value, the error contains the form of the source, ready to copy.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { missingFrom, NAMED } from '../../../../domain/evidence/content.ts';
import { normalizeText } from '../../../../domain/evidence/normalization/normalize-text.ts';
import { locate, searchableTextOf } from '../../../../domain/evidence/locating.ts';
import { nearestName } from '../../../../domain/evidence/nearest-passage/nearest-passage.ts';

describe('quotations with the letters of their source', () => {
  test.each([
    ['a b', 'ab'],
    ['ab', 'a b'],
    ['한미 동맹', '한미동맹'],
    ['한미동맹은', '한미 동맹은'],
    ['peace—now', 'peacenow'],
    ['3 000 men', '3000 men'],
    ['3000 men', '3 000 men'],
    ['cafés', 'cafes'],
    ['x² is', 'x2 is'],
  ])(
    'a quotation with the same letters is refused with the words of the source: “%s”, not “%s”',
    (source, exact) => {
      expect(locate(searchableTextOf(`So: ${source}.`), { exact })).toMatchObject({
        found: 'none',
        nearest: { passage: { exact: source }, differences: [{ quoted: exact, source }] },
      });
    },
  );

  test('a quotation that differs by one space only is refused with a difference', () => {
    const letters = fc.constantFrom('a', 'b', 'é', 'ж', 'ק', 'م', '장', '5');
    const word = fc.array(letters, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(word, word, fc.boolean(), (left, right, isSpaced) => {
        const [joined, spaced] = [`${left}${right}`, `${left} ${right}`];
        const [source, exact] = isSpaced ? [spaced, joined] : [joined, spaced];
        const located = locate(searchableTextOf(`(${source})`), { exact });
        expect(located).toMatchObject({ found: 'none', nearest: { differences: [expect.anything()] } });
      }),
      { numRuns: 500, seed: 12 },
    );
  });
});

describe('nearest forms of names', () => {
  test.each([
    ['President Erdoğan said', 'Erdogan', 'Erdoğan'],
    ['in New Delhi today', 'NewDelhi', 'New Delhi'],
    ['the EU agreed', 'E.U.', 'EU'],
    ['a U.S. President spoke', 'US President', 'U.S. President'],
    ['Minister Sergey\n  Lavrov met', 'Sergei Lavrov', 'Sergey Lavrov'],
    ['Minister Ander-\nson Lee met', 'Andersen Lee', 'Anderson Lee'],
    ['外交部长王建\n国会见', '外交部长王健国', '外交部长王建国'],
  ])('the nearest form of a name is on one line and valid: from “%s” for “%s”', (source, value, nearest) => {
    expect(nearestName(normalizeText(source), value)).toBe(nearest);
    expect(missingFrom(nearest, [normalizeText(source)], NAMED)).toBeUndefined();
  });

  test.each([
    ['an atoll', 'NATO'],
    ['They met.', '…'],
  ])('the nearest form of a name is not a part of another word: from “%s” for “%s”', (source, value) => {
    expect(nearestName(normalizeText(source), value)).toBeUndefined();
  });
});
