// Tests the lifecycle that meetings, statements and opinions share: recording, correcting, retracting and reinstating.
// Their evidence is tested in record-evidence.test.ts.
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

  test('recording a record is one event with all its fields', () => {
    expect(record([])).toEqual([held]);
  });

  test('recording a record again with the same fields records nothing, even if only a part of its evidence is sent', () => {
    expect(record([held])).toEqual([]);
    expect(record([recorded({ evidence: [first, second] })], { evidence: [second] })).toEqual([]);
  });

  test.each([
    ['another field', { topics: ['nato'] }],
    ['other evidence', { evidence: [first, second] }],
  ])('recording a record again with %s is refused', (_what, fields) => {
    expect(codeOf(() => record([held], fields))).toBe('already-exists');
  });

  test('a new $name has each passage once', () => {
    expect(record([], { evidence: [first, second, first] })).toEqual([
      recorded({ evidence: [first, second] }),
    ]);
  });

  test.each(['attributed', 'speculated'] as const)(
    'a record that is %s must name the actor to whom it is attributed',
    (certainty) => {
      const refusal = refusalOf(() => record([], { certainty }));
      expect(refusal.code).toBe('invalid');
      expect(refusal.details).toMatchObject({ errors: [{ pointer: '/attributedBy' }] });
      expect(record([], { certainty, attributedBy: [{ description: 'an official' }] })).toHaveLength(1);
    },
  );

  test.each([correct({ topics: [] }), retract, add(second), withdraw(first)])(
    'the command $type is refused before a record is recorded',
    (command) => {
      expect(codeOf(() => decided([], command))).toBe('not-found');
    },
  );

  test('the history of a record begins with its recording', () => {
    for (const event of after(retract).slice(1)) expect(() => state([event])).toThrow('precedes');
  });

  test('a correction of a record changes the named fields and removes those set to null', () => {
    const events = decided([held], correct({ topics: ['nato', 'g20'], datePrinted: null }));
    expect(events.map(({ type }) => type)).toEqual([`${name}Corrected`]);
    const { fields } = state([held, ...events]) as { fields: object };
    expect(fields).toMatchObject({ topics: ['nato', 'g20'], certainty: 'asserted' });
    expect(fields).not.toHaveProperty('datePrinted');
    expect(state([held, ...events])).toMatchObject({ corrections: 1, evidence: [first] });
  });

  test('a correction of a record that changes nothing records nothing', () => {
    expect(decided([held], correct({ topics: ['g20'], datePrinted: 'on Friday' }))).toEqual([]);
    expect(decided([held], correct({ place: null }))).toEqual([]);
  });

  test('a correction of a record adds its evidence, but not evidence that is already there', () => {
    const [event] = decided([held], correct({ topics: [] }, { evidence: [first, second, second] }));
    expect(event?.data).toMatchObject({ evidence: [second] });
    expect(state(after(correct({ topics: [] }, { evidence: [second] })))).toMatchObject({
      evidence: [first, second],
    });
  });

  test('a correction of a record may consist of evidence only', () => {
    expect(decided([held], correct({}, { evidence: [second] }))).toHaveLength(1);
    expect(decided([held], correct({}, { evidence: [first] }))).toEqual([]);
  });

  test('a correction of a record cannot remove a required field', () => {
    const refusal = refusalOf(() => decided([held], correct({ [required]: null })));
    expect([refusal.code, refusal.details]).toMatchObject([
      'invalid',
      { errors: [{ pointer: `/${required}` }] },
    ]);
  });

  test('a correction of a record cannot remove the actors to whom it is attributed', () => {
    expect(codeOf(() => decided([held], correct({ certainty: 'attributed' })))).toBe('invalid');
    const official = [{ description: 'an official' }];
    expect(decided([held], correct({ certainty: 'attributed', attributedBy: official }))).toHaveLength(1);
  });

  test('a retracted $name is visible as retracted, with the first reason', () => {
    expect(decided([held], retract)).toEqual([{ type: `${name}Retracted`, data: { reason: 'a hoax' } }]);
    expect(state(after(retract))).toMatchObject({ retracted: { reason: 'a hoax' }, evidence: [first] });
    expect(decided(after(retract), { type: 'retract', reason: 'another' })).toEqual([]);
  });

  test.each([
    ['a correction', correct({ topics: [] })],
    ['more evidence', add(second)],
    ['less evidence', withdraw(second)],
  ])('a retracted $name refuses %s', (_what, command) => {
    const history = [recorded({ evidence: [first, second, third] })];
    const gone = [...history, ...decided(history, retract)];
    const fresh = command.type === 'add-evidence' ? add(piece('Something else', 1)) : command;
    const refusal = refusalOf(() => decided(gone, fresh));
    expect([refusal.code, refusal.details]).toEqual([
      'not-possible-now',
      { retracted: { reason: 'a hoax' } },
    ]);
  });

  test('a retracted $name answers repeated commands as already done', () => {
    const history = after(correct({ topics: [] }), add(second, third), withdraw(third), retract);
    expect(decided(history, correct({ topics: [] }))).toEqual([]);
    expect(decided(history, add(second))).toEqual([]);
    expect(decided(history, withdraw(third))).toEqual([]);
  });

  test('a retracted $name is reinstated by a correction that says so, with or without changes', () => {
    for (const changes of [{}, { topics: ['nato'] }]) {
      const reinstate = correct(changes, { reinstates: true });
      const events = decided(after(retract), reinstate);
      expect(events).toMatchObject([{ type: `${name}Corrected`, data: { reinstates: true, changes } }]);
      expect(state([...after(retract), ...events])).not.toHaveProperty('retracted');
      expect(decided([...after(retract), ...events], add(second))).toHaveLength(1);
    }
  });

  test('a reinstated $name can be retracted again', () => {
    const history = after(retract, correct({}, { reinstates: true }));
    expect(decided(history, { type: 'retract', reason: 'a hoax after all' })).toHaveLength(1);
  });

  test('a retracted $name is not reinstated if the result would be invalid', () => {
    const reinstate = correct({ certainty: 'speculated' }, { reinstates: true });
    expect(codeOf(() => decided(after(retract), reinstate))).toBe('invalid');
  });

  test('reinstating a record that is not retracted changes nothing and is not stored', () => {
    expect(decided([held], correct({}, { reinstates: true }))).toEqual([]);
    const [event] = decided([held], correct({ topics: [] }, { reinstates: true }));
    expect(event?.data).not.toHaveProperty('reinstates');
  });
});

const original = (content: string) => ({
  original: { content, language: 'ru', evidence: piece('мы решили', 5) },
});

describe.each(withWords)('$name, with words', (kind) => {
  const { recorded, decided } = kind;
  const held = recorded();
  const after = (...commands: LifeCommand[]): NewEvent[] => grown(kind, ...commands);

  test('a record has content that a passage of its old or new evidence contains', () => {
    const other = correct({ content: 'They were friendly' });
    const refusal = refusalOf(() => decided([held], other));
    expect([refusal.code, refusal.details['field']]).toEqual(['content-not-in-evidence', 'content']);
    expect(decided(after(add(third)), other)).toHaveLength(1);
    expect(decided([held], correct({ content: 'They were friendly' }, { evidence: [third] }))).toHaveLength(
      1,
    );
  });

  test('a record cannot take its content from a disputing passage or from a passage for other fields', () => {
    const content = { content: 'They were friendly' };
    for (const about of [{ stance: 'disputes' as const }, { for: ['madeOn'] }]) {
      const evidence = [piece('They were friendly', 300, about)];
      expect(codeOf(() => decided([held], correct(content, { evidence })))).toBe('content-not-in-evidence');
    }
  });

  test('a record keeps its original words only if their own passage contains them', () => {
    expect(decided([held], correct(original('мы … решили')))).toHaveLength(1);
    const refusal = refusalOf(() => decided([held], correct(original('они решили'))));
    expect([refusal.code, refusal.details['field']]).toEqual(['content-not-in-evidence', 'original.content']);
  });
});
