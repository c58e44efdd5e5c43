// The evidence that a meeting, a statement or an opinion rests on, tried once against all three: more of it, or less,
// and never none; what is said stays found in what is left.
import { describe, expect, test } from 'vitest';
import type { LifeCommand } from '../../domain/record-life.ts';
import type { NewEvent } from '../../events/vocabulary.ts';
import { ARTICLE, OTHER_ARTICLE } from '../support/examples.ts';
import { codeOf, refusalOf } from '../support/history.ts';
import {
  add,
  correct,
  disputing,
  first,
  grown,
  kinds,
  piece,
  second,
  third,
  withdraw,
  withWords,
  WORDS,
} from '../support/kinds.ts';

const many = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => piece('met', from + n * 10));

describe.each(kinds)('$name', (kind) => {
  const { name, recorded, decided, state } = kind;
  const held = recorded();
  const after = (...commands: LifeCommand[]): NewEvent[] => grown(kind, ...commands);

  describe('given evidence', () => {
    test('takes what is new, each passage once', () => {
      const events = decided([held], add(second, first, second, disputing));
      expect(events).toEqual([{ type: `${name}EvidenceAdded`, data: { evidence: [second, disputing] } }]);
    });

    test('takes the same words at another place, in the title, or against it', () => {
      const places = [{ start: 900, end: 950 }, { in: 'title' as const }, { stance: 'disputes' as const }];
      for (const place of places) expect(decided([held], add({ ...first, ...place }))).toHaveLength(1);
    });

    test('rests on 200 passages and no more', () => {
      const full = after(...[0, 1, 2, 3].map((n) => add(...many(1_000 * n, n === 3 ? 49 : 50))));
      expect(state(full)).toHaveProperty('evidence.length', 200);
      expect(codeOf(() => decided(full, add(second)))).toBe('invalid');
      expect(codeOf(() => decided(full, correct({ topics: [] }, { evidence: [second] })))).toBe('invalid');
      expect(decided(full, add(...many(0, 50)))).toEqual([]);
    });
  });

  describe('losing evidence', () => {
    test('keeps the rest, and remembers what went', () => {
      const history = after(add(second));
      const events = decided(history, withdraw(second));
      const data = { articleId: OTHER_ARTICLE, exact: WORDS, reason: 'misquoted', start: second.start };
      expect(events).toEqual([{ type: `${name}EvidenceWithdrawn`, data }]);
      expect(state([...history, ...events])).toMatchObject({ evidence: [first], withdrawnEvidence: [data] });
    });

    test('says on which side a disputing passage stood', () => {
      const [event] = decided(after(add(disputing)), withdraw(disputing));
      expect(event?.data).toMatchObject({ stance: 'disputes', start: disputing.start });
    });

    test('is asked where words are recorded at two places', () => {
      const history = after(add(piece('met', 10), piece('met', 20)));
      const met = { articleId: ARTICLE, exact: 'met' };
      const refusal = refusalOf(() => decided(history, withdraw(met)));
      expect([refusal.code, refusal.details]).toEqual(['passage-ambiguous', { starts: [10, 20] }]);
      const events = decided(history, withdraw(met, 20));
      expect(state([...history, ...events])).toMatchObject({ evidence: [first, piece('met', 10)] });
    });

    test.each([
      ['other words', { articleId: ARTICLE, exact: 'They shouted' }, undefined],
      ['another article', { articleId: OTHER_ARTICLE, exact: first.exact }, undefined],
      ['another place', first, first.start + 1],
    ])('is told what there is where it names %s', (_what, named, start) => {
      const refusal = refusalOf(() => decided([held], withdraw(named, start)));
      const { articleId, exact, start: at } = first;
      expect([refusal.code, refusal.details]).toEqual([
        'unknown-reference',
        { evidence: [{ articleId, exact, start: at }] },
      ]);
    });

    test('never loses the last that supports it, though others dispute it', () => {
      expect(codeOf(() => decided([held], withdraw(first)))).toBe('last-evidence');
      expect(codeOf(() => decided(after(add(disputing)), withdraw(first)))).toBe('last-evidence');
    });

    test('may get it again, and lose it again', () => {
      const history = after(add(second), withdraw(second), add(second));
      expect(state(history)).toMatchObject({ evidence: [first, second] });
      expect(decided(history, withdraw(second))).toHaveLength(1);
    });
  });
});

describe.each(withWords)('$name, with words', (kind) => {
  test('never loses the last that has its content', () => {
    const refusal = refusalOf(() => kind.decided(grown(kind, add(third)), withdraw(first)));
    expect([refusal.code, refusal.details]).toMatchObject(['content-not-in-evidence', { missing: WORDS }]);
    expect(kind.decided(grown(kind, add(third, second)), withdraw(first))).toHaveLength(1);
  });
});
