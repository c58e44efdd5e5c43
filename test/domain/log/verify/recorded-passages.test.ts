// Tests that every recorded passage is found at its offsets with its context, and nowhere else.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { locate, searchableTextOf } from '../../../../domain/evidence/locating.ts';
import { offsetsIn } from '../../../../domain/log/verify/code-point-offsets.ts';
import { passages } from '../../../../domain/log/verify/recorded-passages.ts';
import type { Evidence } from '../../../../events/shared-pieces.ts';

const unit = fc.oneof(
  fc.constantFrom('a', 'b', ' ', '\r\n', '“', '—', '\u00ad', 'e\u0301', '🕊️', '👩🏽‍⚖️', 'ﬁ', '\u200b', '…'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2 }),
);

const single = (piece: Evidence) => {
  const list = passages();
  list.add(0, piece, { position: 7, ordinal: 3 });
  const [passage] = list.grouped()(0);
  return passage;
};

test('every passage that the archive locates is found in the text at its offsets, with its context', () => {
  fc.assert(
    fc.property(
      fc.array(unit, { minLength: 3, maxLength: 40 }),
      fc.nat(39),
      fc.nat(39),
      fc.nat(39),
      fc.nat(39),
      (units, ...cuts) => {
        const [a = 0, b = 0, c = 0, d = 0] = cuts
          .map((cut) => cut % (units.length + 1))
          .sort((x, y) => x - y);
        const text = units.join('');
        const [prefix, exact, suffix] = [units.slice(a, b), units.slice(b, c), units.slice(c, d)].map(
          (each) => each.join(''),
        ) as [string, string, string];
        const quote = { exact, ...(prefix ? { prefix } : {}), ...(suffix ? { suffix } : {}) };
        const located = locate(searchableTextOf(text), quote);
        fc.pre(located.found === 'once');
        if (located.found !== 'once') return;
        const piece = { articleId: 'article-a', ...located.passage };
        const source = offsetsIn(text);
        expect(single(piece)).toMatchObject({ position: 7, ordinal: 3, inTitle: false });
        expect(single(piece)?.isIn(source)).toBe(true);
        expect(single({ ...piece, exact: `${piece.exact}x` })?.isIn(source)).toBe(false);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('offsets in code points lead to the same characters as a list of code points', () => {
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 30 }), fc.nat(60), (units, point) => {
      const text = units.join('');
      const points = Array.from(text);
      const source = offsetsIn(text);
      expect(source.points).toBe(points.length);
      if (point <= points.length)
        expect(text.slice(0, source.indexOf(point))).toBe(points.slice(0, point).join(''));
      else expect(source.indexOf(point)).toBeGreaterThan(text.length);
    }),
  );
});

test('passages are grouped by article in any order and number', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(6), { maxLength: 50 }), (articles) => {
      const list = passages();
      for (const [position, article] of articles.entries())
        list.add(article, { articleId: 'article-a', exact: 'a', start: 0, end: 1 }, { position, ordinal: 0 });
      const of = list.grouped();
      for (let article = 0; article < 9; article++)
        expect(Array.from(of(article), ({ position }) => position)).toEqual(
          [...articles.keys()].filter((position) => articles[position] === article),
        );
    }),
  );
});
