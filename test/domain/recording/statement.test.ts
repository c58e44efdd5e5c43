// Tests the aggregate of a statement: its speakers and its words, which only a refusal to speak may lack.
// The lifecycle that it shares with meetings and opinions is tested in lifecycle.test.ts.
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

test('a statement of several speakers is one statement', () => {
  const events = decide([], record({}));
  expect(events).toEqual([made]);
  expect(given(statement, ID, events)).toMatchObject({
    status: 'made',
    fields: { speakers: [{ actor: 'actor-a' }, { actor: 'actor-b' }] },
  });
});

test('a statement needs a speaker', () => {
  expect(codeOf(() => decide([], record({ speakers: [] })))).toBe('invalid');
  expect(codeOf(() => decide([made], correct({ speakers: [] })))).toBe('invalid');
});

test.each(['direct', 'mixed', 'indirect'] as const)(
  'the content of a statement in %s form quotes the source',
  (form) => {
    expect(decide([], record({ form }))).toHaveLength(1);
    const paraphrase = record({ form, content: 'They will meet again' });
    expect(codeOf(() => decide([], paraphrase))).toBe('content-not-in-evidence');
  },
);

test('the content of a statement may have … for omissions and [ ] for additions', () => {
  expect(decide([], record({ content: 'we agreed to meet … in May [of 2023]' }))).toHaveLength(1);
  expect(codeOf(() => decide([], record({ content: 'we agreed to meet in May' })))).toBe(
    'content-not-in-evidence',
  );
});

test.each(['[They met in May]', '… [in May].', '—', '“'])(
  'the content of a statement needs words of the source: %s',
  (content) => {
    const { message } = refusalOf(() => decide([], record({ content })));
    expect(message).toContain(`it contains no words of the source: ${content}`);
  },
);

test('a statement without evidence for its content is refused with the reason', () => {
  const { message } = refusalOf(() => decide([], record({ evidence: [{ ...second, for: ['madeOn'] }] })));
  expect(message).toContain('no evidence supports it: add "content" to "for"');
});

test('a statement may quote any of its passages, except one that disputes it', () => {
  const other = piece('They were friendly', 5);
  expect(decide([], record({ evidence: [other, second] }))).toHaveLength(1);
  const disputed = record({ evidence: [other, { ...second, stance: 'disputes' }] });
  const refusal = refusalOf(() => decide([], disputed));
  expect([refusal.code, refusal.details]).toEqual([
    'content-not-in-evidence',
    { field: 'content', missing: WORDS },
  ]);
});

test('a statement may quote only passages for its content', () => {
  expect(decide([], record({ evidence: [{ ...first, for: ['content'] }] }))).toHaveLength(1);
  const bearing = record({ evidence: [{ ...first, for: ['madeOn'] }] });
  expect(codeOf(() => decide([], bearing))).toBe('content-not-in-evidence');
});

test('a statement may have its words in the spoken language, from a passage of their own', () => {
  const original = { content: 'мы решили', language: 'ru', evidence: piece('мы решили встретиться', 0) };
  expect(decide([], record({ original }))).toHaveLength(1);
  const other = { ...original, content: 'они решили' };
  expect(refusalOf(() => decide([], record({ original: other }))).details['field']).toBe('original.content');
});

describe('a statement without content', () => {
  const declined = { ...silence, act: 'declined' as const };

  test('a declined statement may lack content', () => {
    expect(decide([], { type: 'record', statement: declined })).toEqual([
      { type: 'StatementMade', data: declined },
    ]);
  });

  test.each(['said', 'asked', 'denied', 'ruled'] as const)(
    'a statement with the act %s needs content',
    (act) => {
      const refusal = refusalOf(() => decide([], { type: 'record', statement: { ...silence, act } }));
      expect([refusal.code, refusal.details]).toMatchObject([
        'invalid',
        { errors: [{ pointer: '/content' }] },
      ]);
    },
  );

  test('a correction cannot remove the content of a statement that was not declined', () => {
    expect(codeOf(() => decide([made], correct({ content: null })))).toBe('invalid');
    expect(codeOf(() => decide([{ type: 'StatementMade', data: declined }], correct({ act: 'said' })))).toBe(
      'invalid',
    );
    const wordless = correct({ act: 'declined', content: null, form: null, language: null });
    expect(decide([made], wordless)).toHaveLength(1);
  });

  test('a correction gives a declined statement content, with its form and language', () => {
    const history: NewEvent[] = [{ type: 'StatementMade', data: declined }];
    expect(codeOf(() => decide(history, correct({ content: WORDS })))).toBe('invalid');
    expect(decide(history, correct({ content: WORDS, form: 'direct', language: 'en' }))).toHaveLength(1);
  });

  test.each(['form', 'language'] as const)('a statement with content needs its %s', (field) => {
    const { [field]: ____, ...less } = statementData;
    const refusal = refusalOf(() => decide([], { type: 'record', statement: less }));
    expect([refusal.code, refusal.details]).toMatchObject([
      'invalid',
      { errors: [{ pointer: `/${field}` }] },
    ]);
  });
});
