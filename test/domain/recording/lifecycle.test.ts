// What meetings, statements and opinions share, tried once against all three: recorded once, corrected, retracted and
// reinstated. What their evidence must be is tried in record-evidence.test.ts.
import { describe, expect, test } from 'vitest';
import type { LifeCommand } from '../../../domain/recording/lifecycle.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { codeOf, refusalOf } from '../../support/archives/written-history.ts';
import {
  add,
  correct,
  first,
  grown,
  kinds,
  piece,
  retract,
  second,
  third,
  withdraw,
  withWords,
} from '../../support/archives/kinds.ts';

describe.each(kinds)('$name', (kind) => {
  const { name, required, record, recorded, decided, state } = kind;
  const held = recorded();
  const after = (...commands: LifeCommand[]): NewEvent[] => grown(kind, ...commands);

  describe('recorded', () => {
    test('is one event that says all of it', () => {
      expect(record([])).toEqual([held]);
    });

    test('again with the same words is done already, also where its evidence is named in part', () => {
      expect(record([held])).toEqual([]);
      expect(record([recorded({ evidence: [first, second] })], { evidence: [second] })).toEqual([]);
    });

    test.each([
      ['another field', { topics: ['nato'] }],
      ['other evidence', { evidence: [first, second] }],
    ])('again with %s is refused', (_what, fields) => {
      expect(codeOf(() => record([held], fields))).toBe('already-exists');
    });

    test('names each passage once', () => {
      expect(record([], { evidence: [first, second, first] })).toEqual([
        recorded({ evidence: [first, second] }),
      ]);
    });

    test.each(['attributed', 'speculated'] as const)('as %s must say by whom', (certainty) => {
      const refusal = refusalOf(() => record([], { certainty }));
      expect(refusal.code).toBe('invalid');
      expect(refusal.details).toMatchObject({ errors: [{ pointer: '/attributedBy' }] });
      expect(record([], { certainty, attributedBy: [{ description: 'an official' }] })).toHaveLength(1);
    });

    test.each([correct({ topics: [] }), retract, add(second), withdraw(first)])(
      'comes before: $type',
      (command) => {
        expect(codeOf(() => decided([], command))).toBe('not-found');
      },
    );

    test('comes first in its history', () => {
      for (const event of after(retract).slice(1)) expect(() => state([event])).toThrow('before the');
    });
  });

  describe('corrected', () => {
    test('has what is named changed, and what is null taken away', () => {
      const events = decided([held], correct({ topics: ['nato', 'g20'], datePrinted: null }));
      expect(events.map(({ type }) => type)).toEqual([`${name}Corrected`]);
      const { fields } = state([held, ...events]) as { fields: object };
      expect(fields).toMatchObject({ topics: ['nato', 'g20'], certainty: 'asserted' });
      expect(fields).not.toHaveProperty('datePrinted');
      expect(state([held, ...events])).toMatchObject({ corrections: 1, evidence: [first] });
    });

    test('to what it says already is nothing', () => {
      expect(decided([held], correct({ topics: ['g20'], datePrinted: 'on Friday' }))).toEqual([]);
      expect(decided([held], correct({ place: null }))).toEqual([]);
    });

    test('brings its evidence along, but not what is there already', () => {
      const [event] = decided([held], correct({ topics: [] }, { evidence: [first, second, second] }));
      expect(event?.data).toMatchObject({ evidence: [second] });
      expect(state(after(correct({ topics: [] }, { evidence: [second] })))).toMatchObject({
        evidence: [first, second],
      });
    });

    test('may be no more than evidence', () => {
      expect(decided([held], correct({}, { evidence: [second] }))).toHaveLength(1);
      expect(decided([held], correct({}, { evidence: [first] }))).toEqual([]);
    });

    test('never loses a field that it can’t be without', () => {
      const refusal = refusalOf(() => decided([held], correct({ [required]: null })));
      expect([refusal.code, refusal.details]).toMatchObject([
        'invalid',
        { errors: [{ pointer: `/${required}` }] },
      ]);
    });

    test('is never attributed to nobody', () => {
      expect(codeOf(() => decided([held], correct({ certainty: 'attributed' })))).toBe('invalid');
      const official = [{ description: 'an official' }];
      expect(decided([held], correct({ certainty: 'attributed', attributedBy: official }))).toHaveLength(1);
    });
  });

  describe('retracted', () => {
    test('is visible as that, with the first reason', () => {
      expect(decided([held], retract)).toEqual([{ type: `${name}Retracted`, data: { reason: 'a hoax' } }]);
      expect(state(after(retract))).toMatchObject({ retracted: { reason: 'a hoax' }, evidence: [first] });
      expect(decided(after(retract), { type: 'retract', reason: 'another' })).toEqual([]);
    });

    test.each([
      ['a correction', correct({ topics: [] })],
      ['more evidence', add(second)],
      ['less evidence', withdraw(second)],
    ])('takes %s no more', (_what, command) => {
      const history = [recorded({ evidence: [first, second, third] })];
      const gone = [...history, ...decided(history, retract)];
      const fresh = command.type === 'add-evidence' ? add(piece('Something else', 1)) : command;
      const refusal = refusalOf(() => decided(gone, fresh));
      expect([refusal.code, refusal.details]).toEqual([
        'not-possible-now',
        { retracted: { reason: 'a hoax' } },
      ]);
    });

    test('answers what was done before as done', () => {
      const history = after(correct({ topics: [] }), add(second, third), withdraw(third), retract);
      expect(decided(history, correct({ topics: [] }))).toEqual([]);
      expect(decided(history, add(second))).toEqual([]);
      expect(decided(history, withdraw(third))).toEqual([]);
    });

    test('is reinstated by a correction that says so, with changes or without', () => {
      for (const changes of [{}, { topics: ['nato'] }]) {
        const reinstate = correct(changes, { reinstates: true });
        const events = decided(after(retract), reinstate);
        expect(events).toMatchObject([{ type: `${name}Corrected`, data: { reinstates: true, changes } }]);
        expect(state([...after(retract), ...events])).not.toHaveProperty('retracted');
        expect(decided([...after(retract), ...events], add(second))).toHaveLength(1);
      }
    });

    test('is retracted again after it was reinstated', () => {
      const history = after(retract, correct({}, { reinstates: true }));
      expect(decided(history, { type: 'retract', reason: 'a hoax after all' })).toHaveLength(1);
    });

    test('is not reinstated to something invalid', () => {
      const reinstate = correct({ certainty: 'speculated' }, { reinstates: true });
      expect(codeOf(() => decided(after(retract), reinstate))).toBe('invalid');
    });

    test('where it never was, reinstating changes nothing, and is not kept', () => {
      expect(decided([held], correct({}, { reinstates: true }))).toEqual([]);
      const [event] = decided([held], correct({ topics: [] }, { reinstates: true }));
      expect(event?.data).not.toHaveProperty('reinstates');
    });
  });
});

const original = (content: string) => ({
  original: { content, language: 'ru', evidence: piece('мы решили', 5) },
});

describe.each(withWords)('$name, with words', (kind) => {
  const { recorded, decided } = kind;
  const held = recorded();
  const after = (...commands: LifeCommand[]): NewEvent[] => grown(kind, ...commands);

  test('has content that some passage has, of old evidence or new', () => {
    const other = correct({ content: 'They were friendly' });
    const refusal = refusalOf(() => decided([held], other));
    expect([refusal.code, refusal.details['field']]).toEqual(['content-not-in-evidence', 'content']);
    expect(decided(after(add(third)), other)).toHaveLength(1);
    expect(decided([held], correct({ content: 'They were friendly' }, { evidence: [third] }))).toHaveLength(
      1,
    );
  });

  test('has no content that only a disputing passage has, or one that bears on other fields', () => {
    const content = { content: 'They were friendly' };
    for (const about of [{ stance: 'disputes' as const }, { for: ['madeOn'] }]) {
      const evidence = [piece('They were friendly', 300, about)];
      expect(codeOf(() => decided([held], correct(content, { evidence })))).toBe('content-not-in-evidence');
    }
  });

  test('keeps its original words only where their own passage has them', () => {
    expect(decided([held], correct(original('мы … решили')))).toHaveLength(1);
    const refusal = refusalOf(() => decided([held], correct(original('они решили'))));
    expect([refusal.code, refusal.details['field']]).toEqual(['content-not-in-evidence', 'original.content']);
  });
});
