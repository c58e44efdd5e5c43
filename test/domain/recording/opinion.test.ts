// Tests the aggregate of an opinion: its publication, its author and its words.
// The lifecycle that it shares with meetings and statements is tested in lifecycle.test.ts.
import { expect, test } from 'vitest';
import { opinion, type OpinionCommand } from '../../../domain/recording/opinion.ts';
import type { DataOf, NewEvent } from '../../../events/vocabulary.ts';
import { codeOf, decided, given } from '../../support/archives/written-history.ts';
import { opinionData } from '../../support/archives/kinds.ts';

const ID = 'opinion-of-friday';
const decide = (history: NewEvent[], command: OpinionCommand) => decided(opinion, ID, history, command);
const published: NewEvent = { type: 'ExpertOpinionPublished', data: opinionData };
const record = (fields: Partial<DataOf<'ExpertOpinionPublished'>>): OpinionCommand => ({
  type: 'record',
  opinion: { ...opinionData, ...fields },
});
const correct = (changes: object): OpinionCommand => ({
  type: 'correct',
  correction: { cause: 'coding-error', reason: 'misread', changes, evidence: [] },
});

test('an opinion is published', () => {
  expect(decide([], record({}))).toEqual([published]);
  expect(given(opinion, ID, [published])).toMatchObject({
    status: 'published',
    fields: { standing: 'expert' },
  });
});

test.each(['institution', 'party', 'publisher'] as const)(
  'the standing of an opinion may be: %s',
  (standing) => {
    expect(decide([], record({ standing }))).toHaveLength(1);
    expect(decide([published], correct({ standing }))).toHaveLength(1);
  },
);

test('the words of an opinion are in its passages', () => {
  expect(codeOf(() => decide([], record({ content: 'they will meet again' })))).toBe(
    'content-not-in-evidence',
  );
});

test('an opinion can be attributed to another author, but cannot lose its author', () => {
  expect(decide([published], correct({ by: { description: 'an analyst' } }))).toHaveLength(1);
  expect(codeOf(() => decide([published], correct({ by: {} })))).toBe('invalid');
});

test.each(['content', 'form', 'language', 'publishedOn', 'standing'])(
  'a correction cannot remove the field %s of an opinion',
  (field) => {
    expect(codeOf(() => decide([published], correct({ [field]: null })))).toBe('invalid');
  },
);
