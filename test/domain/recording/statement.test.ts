// A statement is in its source's own words; only a refusal to speak may have none. What it shares with meetings and
// opinions is tried in record-life.test.ts.
import { describe, expect, test } from 'vitest';
import { statement, type StatementCommand } from '../../../domain/recording/statement.ts';
import type { DataOf, NewEvent } from '../../../events/vocabulary.ts';
import { codeOf, decided, given, refusalOf } from '../../support/archives/written-history.ts';
import { first, piece, second, statementData, WORDS } from '../../support/archives/kinds.ts';

const ID = 'statement-of-friday';
const decide = (history: NewEvent[], command: StatementCommand) => decided(statement, ID, history, command);
const made: NewEvent = { type: 'StatementMade', data: statementData };
const record = (fields: Partial<DataOf<'StatementMade'>>): StatementCommand => ({
  type: 'record',
  statement: { ...statementData, ...fields },
});
const correct = (changes: object): StatementCommand => ({
  type: 'correct',
  correction: { cause: 'coding-error', reason: 'misread', changes, evidence: [] },
});
const { content: _, form: __, language: ___, ...silence } = statementData;

describe('a statement', () => {
  test('of several speakers is one', () => {
    const events = decide([], record({}));
    expect(events).toEqual([made]);
    expect(given(statement, ID, events)).toMatchObject({
      status: 'made',
      fields: { speakers: [{ actor: 'actor-a' }, { actor: 'actor-b' }] },
    });
  });

  test('has a speaker', () => {
    expect(codeOf(() => decide([], record({ speakers: [] })))).toBe('invalid');
    expect(codeOf(() => decide([made], correct({ speakers: [] })))).toBe('invalid');
  });

  test.each(['direct', 'mixed', 'indirect'] as const)('in %s form has the source’s own words', (form) => {
    expect(decide([], record({ form }))).toHaveLength(1);
    const paraphrase = record({ form, content: 'They will meet again' });
    expect(codeOf(() => decide([], paraphrase))).toBe('content-not-in-evidence');
  });

  test('has words left out as … and added in [ ]', () => {
    expect(decide([], record({ content: 'we agreed to meet … in May [of 2023]' }))).toHaveLength(1);
    expect(codeOf(() => decide([], record({ content: 'we agreed to meet in May' })))).toBe(
      'content-not-in-evidence',
    );
  });

  test.each(['[They met in May]', '… [in May].', '—', '“'])(
    'has content with words of the source: %s',
    (content) => {
      const { message } = refusalOf(() => decide([], record({ content })));
      expect(message).toContain(`this has no words of the source: ${content}`);
    },
  );

  test('has evidence for its content, or is refused with the reason', () => {
    const { message } = refusalOf(() => decide([], record({ evidence: [{ ...second, for: ['madeOn'] }] })));
    expect(message).toContain('no evidence is for it: name "content" in "for"');
  });

  test('may have its words from any of its passages, but for one that disputes it', () => {
    const other = piece('They were friendly', 5);
    expect(decide([], record({ evidence: [other, second] }))).toHaveLength(1);
    const disputed = record({ evidence: [other, { ...second, stance: 'disputes' }] });
    const refusal = refusalOf(() => decide([], disputed));
    expect([refusal.code, refusal.details]).toEqual([
      'content-not-in-evidence',
      { field: 'content', missing: WORDS },
    ]);
  });

  test('may have its words only from passages that bear on the content', () => {
    expect(decide([], record({ evidence: [{ ...first, for: ['content'] }] }))).toHaveLength(1);
    const bearing = record({ evidence: [{ ...first, for: ['madeOn'] }] });
    expect(codeOf(() => decide([], bearing))).toBe('content-not-in-evidence');
  });

  test('may have the words as spoken, from a passage of their own', () => {
    const original = { content: 'мы решили', language: 'ru', evidence: piece('мы решили встретиться', 0) };
    expect(decide([], record({ original }))).toHaveLength(1);
    const other = { ...original, content: 'они решили' };
    expect(refusalOf(() => decide([], record({ original: other }))).details['field']).toBe(
      'original.content',
    );
  });
});

describe('a statement without words', () => {
  const declined = { ...silence, act: 'declined' as const };

  test('is one that was declined', () => {
    expect(decide([], { type: 'record', statement: declined })).toEqual([
      { type: 'StatementMade', data: declined },
    ]);
  });

  test.each(['said', 'asked', 'denied', 'ruled'] as const)('is none where somebody %s', (act) => {
    const refusal = refusalOf(() => decide([], { type: 'record', statement: { ...silence, act } }));
    expect([refusal.code, refusal.details]).toMatchObject(['invalid', { errors: [{ pointer: '/content' }] }]);
  });

  test('becomes none by a correction either', () => {
    expect(codeOf(() => decide([made], correct({ content: null })))).toBe('invalid');
    expect(codeOf(() => decide([{ type: 'StatementMade', data: declined }], correct({ act: 'said' })))).toBe(
      'invalid',
    );
    const wordless = correct({ act: 'declined', content: null, form: null, language: null });
    expect(decide([made], wordless)).toHaveLength(1);
  });

  test('gets its words by a correction, with their form and language', () => {
    const history: NewEvent[] = [{ type: 'StatementMade', data: declined }];
    expect(codeOf(() => decide(history, correct({ content: WORDS })))).toBe('invalid');
    expect(decide(history, correct({ content: WORDS, form: 'direct', language: 'en' }))).toHaveLength(1);
  });

  test.each(['form', 'language'] as const)('with words it must say their %s', (field) => {
    const { [field]: ____, ...less } = statementData;
    const refusal = refusalOf(() => decide([], { type: 'record', statement: less }));
    expect([refusal.code, refusal.details]).toMatchObject([
      'invalid',
      { errors: [{ pointer: `/${field}` }] },
    ]);
  });
});
