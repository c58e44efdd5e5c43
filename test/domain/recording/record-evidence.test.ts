// Tests the evidence of meetings, statements and opinions: pieces are added and withdrawn, a supporting piece always
// stays, and the content stays in the remaining passages.
import { describe, expect, test } from 'vitest';
import type { LifeCommand } from '../../../domain/recording/lifecycle.ts';
import type { Evidence } from '../../../events/shared-pieces.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { ARTICLE, OTHER_ARTICLE } from '../../support/archives/examples.ts';
import { codeOf, event, refusalOf } from '../../support/archives/written-history.ts';
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
} from '../../support/archives/kinds.ts';

const against = (passage: Evidence): Evidence => ({ ...passage, stance: 'disputes' });
const supporting = ({ stance: _, ...passage }: Evidence): Evidence => passage;
const inTitle = piece('The ministers', 0, { in: 'title' });
const textPlaces = (...starts: number[]) => starts.map((start) => ({ start, in: 'text' }));
const many = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => piece('met', from + n * 10));

describe.each(kinds)('$name', (kind) => {
  const { name, record, recorded, decided, state } = kind;
  const held = recorded();
  const after = (...commands: LifeCommand[]): NewEvent[] => grown(kind, ...commands);

  test('a record accepts new evidence, each passage once', () => {
    const events = decided([held], add(second, first, second, disputing));
    expect(events).toEqual([{ type: `${name}EvidenceAdded`, data: { evidence: [second, disputing] } }]);
  });

  test('a record accepts the same words at another place or in the title, with either stance', () => {
    for (const place of [{ start: 900, end: 952 }, { in: 'title' as const }]) {
      for (const stance of ['supports', 'disputes'] as const) {
        const other = { ...first, ...place, stance };
        const events = decided([held], add(other));
        expect(events).toEqual([{ type: `${name}EvidenceAdded`, data: { evidence: [other] } }]);
      }
    }
  });

  test('a record accepts other words that begin at the same place, each of them once', () => {
    const [short, long] = [piece('The ministers', 100), piece('The ministers said', 100)];
    expect(decided([held], add(short, long, short))).toMatchObject([{ data: { evidence: [short, long] } }]);
  });

  test('evidence of a record that differs only in its fields or its context records nothing', () => {
    const again: Evidence = { ...first, in: 'text', stance: 'supports', for: ['topics'], prefix: 'So' };
    expect(decided([held], add(again))).toEqual([]);
  });

  test.each([
    ['disputing what it supports', [held], add(against(first)), first],
    ['supporting what it disputes', after(add(disputing)), add(supporting(disputing)), disputing],
    ['by a correction', [held], correct({ topics: [] }, { evidence: [against(first)] }), first],
    ['within what is given at once', [held], add(second, against(second)), second],
    ['in the title', after(add(inTitle)), add(against(inTitle)), inTitle],
  ])('a record refuses a passage of the opposite stance: %s', (_how, history, command, passage) => {
    const refusal = refusalOf(() => decided(history, command));
    expect([refusal.code, refusal.details]).toEqual(['not-possible-now', { passage }]);
    const side = passage === disputing ? 'disputing' : 'supporting';
    expect(refusal.message).toContain(`${side} evidence of the record: withdraw it first`);
  });

  test('a record is not recorded with a passage of both stances', () => {
    const both = { evidence: [first, against(first)] };
    expect(codeOf(() => record([], both))).toBe('not-possible-now');
    expect(codeOf(() => record([held], both))).toBe('not-possible-now');
    expect(codeOf(() => record([held], { evidence: [against(first), second] }))).toBe('not-possible-now');
  });

  test('a record accepts a passage of the opposite stance after it was withdrawn', () => {
    const history = after(add(second), withdraw(second), add(against(second)));
    expect(state(history)).toMatchObject({ evidence: [first, against(second)] });
  });

  test('a record has at most 200 passages', () => {
    const full = after(...[0, 1, 2, 3].map((n) => add(...many(1_000 * n, n === 3 ? 49 : 50))));
    expect(state(full)).toHaveProperty('evidence.length', 200);
    expect(codeOf(() => decided(full, add(second)))).toBe('invalid');
    expect(codeOf(() => decided(full, correct({ topics: [] }, { evidence: [second] })))).toBe('invalid');
    expect(decided(full, add(...many(0, 50)))).toEqual([]);
  });

  test('a record keeps the remaining evidence and the withdrawn evidence', () => {
    const history = after(add(second));
    const events = decided(history, withdraw(second));
    const data = { articleId: OTHER_ARTICLE, exact: WORDS, reason: 'misquoted', start: second.start };
    expect(events).toEqual([{ type: `${name}EvidenceWithdrawn`, data }]);
    expect(state([...history, ...events])).toMatchObject({ evidence: [first], withdrawnEvidence: [data] });
  });

  test('a withdrawal of disputing evidence of a record names its stance', () => {
    const [event] = decided(after(add(disputing)), withdraw(disputing));
    expect(event?.data).toMatchObject({ stance: 'disputes', start: disputing.start });
    expect(event?.data).not.toHaveProperty('in');
  });

  test('a withdrawal of evidence of a record says if the passage is in the title', () => {
    const history = after(add(against(inTitle)));
    const events = decided(history, withdraw(inTitle));
    const { articleId, exact, start } = inTitle;
    const data = { articleId, exact, reason: 'misquoted', start, in: 'title', stance: 'disputes' };
    expect(events).toEqual([{ type: `${name}EvidenceWithdrawn`, data }]);
    expect(state([...history, ...events])).toMatchObject({ evidence: [first], withdrawnEvidence: [data] });
  });

  test('a withdrawal of words that a record has at two places is refused with both places', () => {
    const history = after(add(piece('met', 10), piece('met', 20)));
    const met = { articleId: ARTICLE, exact: 'met' };
    const refusal = refusalOf(() => decided(history, withdraw(met)));
    expect([refusal.code, refusal.details]).toEqual(['passage-ambiguous', { places: textPlaces(10, 20) }]);
    expect(codeOf(() => decided(history, withdraw(met, undefined, 'text')))).toBe('passage-ambiguous');
    const events = decided(history, withdraw(met, 20));
    expect(state([...history, ...events])).toMatchObject({ evidence: [first, piece('met', 10)] });
  });

  test('a withdrawal of words that a record has in the title and the text is refused, even if both have the same start', () => {
    const [text, title] = [piece('met', 10), piece('met', 10, { in: 'title' })];
    const history = after(add(text, title));
    for (const start of [undefined, 10]) {
      const { code, details } = refusalOf(() => decided(history, withdraw(text, start)));
      const places = [...textPlaces(10), { start: 10, in: 'title' }];
      expect([code, details]).toEqual(['passage-ambiguous', { places }]);
    }
    for (const start of [undefined, 10]) {
      const left = (where: 'text' | 'title') =>
        state([...history, ...decided(history, withdraw(text, start, where))]);
      expect(left('title')).toHaveProperty('evidence', [first, text]);
      expect(left('text')).toHaveProperty('evidence', [first, title]);
    }
  });

  test('a withdrawal of evidence of a record that names no part means the text', () => {
    const [text, title] = [piece('met', 10), piece('met', 10, { in: 'title' })];
    const gone = { articleId: ARTICLE, exact: 'met', start: 10, reason: 'misquoted' };
    const withdrawn = event(`${name}EvidenceWithdrawn`, gone) as NewEvent;
    expect(state([...after(add(text, title)), withdrawn])).toHaveProperty('evidence', [first, title]);
  });

  test('evidence of a record that begins at the same place is told apart by its words', () => {
    const [short, long] = [piece('The ministers', 100), piece('The ministers said', 100)];
    const history = after(add(short, long));
    const left = (gone: typeof short) => state([...history, ...decided(history, withdraw(gone, gone.start))]);
    expect(left(short)).toHaveProperty('evidence', [first, long]);
    expect(left(long)).toHaveProperty('evidence', [first, short]);
  });

  test.each([
    ['other words', { articleId: ARTICLE, exact: 'They shouted' }, undefined],
    ['another article', { articleId: OTHER_ARTICLE, exact: first.exact }, undefined],
    ['another place', first, first.start + 1],
    ['the title', first, first.start, 'title' as const],
  ])(
    'a withdrawal of evidence of a record that names %s is refused with the recorded evidence',
    (_what, named, start, where?) => {
      const refusal = refusalOf(() => decided([held], withdraw(named, start, where)));
      const { articleId, exact, start: at } = first;
      expect([refusal.code, refusal.details]).toEqual([
        'unknown-reference',
        { evidence: [{ articleId, exact, start: at }] },
      ]);
    },
  );

  test('the last supporting evidence of a record cannot be withdrawn, even if other evidence disputes it', () => {
    expect(codeOf(() => decided([held], withdraw(first)))).toBe('last-evidence');
    expect(codeOf(() => decided(after(add(disputing)), withdraw(first)))).toBe('last-evidence');
  });

  test('a record can have a withdrawn passage again, and lose it again', () => {
    const history = after(add(second), withdraw(second), add(second));
    expect(state(history)).toMatchObject({ evidence: [first, second] });
    expect(decided(history, withdraw(second))).toHaveLength(1);
  });
});

describe.each(withWords)('$name, with words', (kind) => {
  test('the last evidence of a record that contains its content cannot be withdrawn', () => {
    const refusal = refusalOf(() => kind.decided(grown(kind, add(third)), withdraw(first)));
    expect([refusal.code, refusal.details]).toMatchObject(['content-not-in-evidence', { missing: WORDS }]);
    expect(kind.decided(grown(kind, add(third, second)), withdraw(first))).toHaveLength(1);
  });
});
