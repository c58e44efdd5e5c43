// What holds for any text and any way of writing a quotation from it: what is found reads as the quotation does, and
// every place that does is found. The places are sought a second time here by trying every stretch of the text.

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { foldText } from '../../../domain/evidence/folding/folding.ts';
import { locate, type Passage, searchableTextOf } from '../../../domain/evidence/locating.ts';
import { stringOf } from '../../../domain/evidence/folding/units.ts';
import { naivelyBegins, naivelyEnds } from '../../support/naive-boundaries.ts';

const reads = (text: string): string => stringOf(foldText(text).units).trim();
const points = (text: string): string[] => Array.from(text);

/** Characters that are written in several ways, which folding takes for the same. What a guillemet does to the space beside it depends on its other side: folding.test.ts has those. */
const WAYS = [
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

/** A character in one way of writing it, and in another. */
const character = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ONLY).map((one) => [one, one] as const) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...WAYS)
      .chain((ways) => fc.tuple(fc.constantFrom(...ways), fc.constantFrom(...ways))),
  },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }).map((one) => [one, one] as const),
  },
);

/** Half of the texts are made of few characters, so that much in them occurs again. */
const writing = fc.oneof(
  fc.array(character, { minLength: 1, maxLength: 24 }),
  fc
    .array(character, { minLength: 2, maxLength: 4 })
    .chain((few) => fc.array(fc.constantFrom(...few), { minLength: 1, maxLength: 16 })),
);

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** Does it show, and is it no dash or space, of which a run is one? Only there the edges of a stretch are its own. */
const isEdge = (grapheme: string): boolean =>
  /^[^\s\p{Pd}\u2212\p{Cc}]/u.test(reads(grapheme)) &&
  !/^\p{DI}|\p{DI}$/u.test(grapheme.replace(/\uFE0F$/, ''));

/** Every stretch of whole characters that reads so, in code points. */
function naivePlaces(text: string, wanted: string): string[] {
  const graphemes = [...segmenter.segment(text)].map(({ segment }) => segment);
  const units = (count: number) => points(text).slice(0, count).join('').length;
  const places: string[] = [];
  let start = 0;
  for (const [from, first] of graphemes.entries()) {
    let end = start;
    for (const [at, last] of graphemes.entries()) {
      if (at < from) continue;
      end += points(last).length;
      if (!isEdge(first) || !isEdge(last)) continue;
      if (!naivelyBegins(text, units(start)) || !naivelyEnds(text, units(end))) continue;
      if (reads(graphemes.slice(from, at + 1).join('')) === wanted) places.push(`${start}-${end}`);
    }
    start += points(first).length;
  }
  return places;
}

it('what is found stands where it is said to stand, and reads as the quotation does; nothing that reads so is missed', () => {
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
      expect(found.map(({ start, end }) => `${start}-${end}`)).toEqual(naivePlaces(text, wanted));
    }),
    { numRuns: 3_000 },
  );
});
