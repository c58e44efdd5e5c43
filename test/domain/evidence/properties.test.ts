// Property test: for any text and typography, the located passages equal those that a brute-force search finds.

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { normalizeText } from '../../../domain/evidence/normalization/normalize-text.ts';
import { locate, type Passage, searchableTextOf } from '../../../domain/evidence/locating.ts';
import { stringOf } from '../../../domain/evidence/normalization/units.ts';
import { naivelyBegins, naivelyEnds } from '../../support/naive-boundaries.ts';

const reads = (text: string): string => stringOf(normalizeText(text).units).trim();
const points = (text: string): string[] => Array.from(text);

/** Typographic variants that normalize to the same units. Guillemets depend on their context: see normalization.test.ts. */
const VARIANTS = [
  ['"', '“', '”', '„', '‟', '❝', "''", '″'],
  ["'", '’', '‘', '‚', '`', 'ʼ'],
  ['-', '–', '—', ' — ', '--', '\u2011', ' -'],
  [' ', '\u00A0', '\r\n', '\n', '\t', '\u2009\u200A', '\u3000', ' \u200B '],
  ['ﬁ', 'fi', 'f\u200Bi'],
  ['…', '...'],
  ['é', 'e\u0301', '\u00ADé'],
  ['ộ', 'o\u0323\u0302', 'o\u0302\u0323'],
  ['각', '\u1100\u1161\u11A8', '가\u11A8'],
  ['Å', '\u212B', 'A\u030A'],
  ['❤', '❤\uFE0F'],
] as const;
const ONLY = [
  'a',
  'b',
  'ab',
  '1',
  '😀',
  '👍🏽',
  '👨‍👩‍👧',
  '🇫🇷',
  '🇺🇸',
  'שלום',
  'سَلام',
  '中',
  'ก',
  'क्षि',
  '.',
] as const;

/** Generates a character in two typographic variants. */
const character = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ONLY).map((one) => [one, one] as const) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...VARIANTS)
      .chain((ways) => fc.tuple(fc.constantFrom(...ways), fc.constantFrom(...ways))),
  },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }).map((one) => [one, one] as const),
  },
);

/** Generates texts; half of them have few distinct characters, so that passages recur. */
const writing = fc.oneof(
  fc.array(character, { minLength: 1, maxLength: 24 }),
  fc
    .array(character, { minLength: 2, maxLength: 4 })
    .chain((few) => fc.array(fc.constantFrom(...few), { minLength: 1, maxLength: 16 })),
);

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** Returns true if a range may begin or end with this grapheme: visible, and neither a dash nor a space. */
const isEdge = (grapheme: string): boolean =>
  /^[^\s\p{Pd}\u2212\p{Cc}]/u.test(reads(grapheme)) &&
  !/^\p{DI}|\p{DI}$/u.test(grapheme.replace(/\uFE0F$/, ''));

/** Finds all ranges of whole characters that read as `wanted`, in code points. */
function naiveRanges(text: string, wanted: string): string[] {
  const graphemes = [...segmenter.segment(text)].map(({ segment }) => segment);
  const units = (count: number) => points(text).slice(0, count).join('').length;
  const ranges: string[] = [];
  let start = 0;
  for (const [from, first] of graphemes.entries()) {
    let end = start;
    for (const [at, last] of graphemes.entries()) {
      if (at < from) continue;
      end += points(last).length;
      if (!isEdge(first) || !isEdge(last)) continue;
      if (!naivelyBegins(text, units(start)) || !naivelyEnds(text, units(end))) continue;
      if (reads(graphemes.slice(from, at + 1).join('')) === wanted) ranges.push(`${start}-${end}`);
    }
    start += points(first).length;
  }
  return ranges;
}

it('located passages have the reported positions, read as the quotation, and are complete', () => {
  fc.assert(
    fc.property(writing, fc.nat(), fc.nat(), (written, a, b) => {
      const from = a % written.length;
      const to = from + 1 + (b % (written.length - from));
      const text = written.map(([source]) => source).join('');
      const exact = written
        .slice(from, to)
        .map(([, quoted]) => quoted)
        .join('');
      const wanted = reads(exact);
      fc.pre(isEdge(points(wanted).at(0) ?? ' ') && isEdge(points(wanted).at(-1) ?? ' '));

      const located = locate(searchableTextOf(text), { exact });
      const found: Passage[] =
        located.found === 'several' ? located.candidates : located.found === 'once' ? [located.passage] : [];
      for (const { start, end, exact: slice } of found) {
        expect(points(text).slice(start, end).join('')).toBe(slice);
        expect(reads(slice)).toBe(wanted);
      }
      fc.pre(found.length < 10);
      expect(found.map(({ start, end }) => `${start}-${end}`)).toEqual(naiveRanges(text, wanted));
    }),
    { numRuns: 3_000 },
  );
});
