// An opinion is somebody's, in the source's own words, with the standing that he has. What it shares with meetings
// and statements is tried in record-life.test.ts.
import { describe, expect, test } from 'vitest';
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

describe('an opinion', () => {
  test('is published', () => {
    expect(decide([], record({}))).toEqual([published]);
    expect(given(opinion, ID, [published])).toMatchObject({
      status: 'published',
      fields: { standing: 'expert' },
    });
  });

  test.each(['institution', 'party', 'publisher'] as const)('may be that of a %s', (standing) => {
    expect(decide([], record({ standing }))).toHaveLength(1);
    expect(decide([published], correct({ standing }))).toHaveLength(1);
  });

  test('is in words that its passages have', () => {
    expect(codeOf(() => decide([], record({ content: 'they will meet again' })))).toBe(
      'content-not-in-evidence',
    );
  });

  test('may be put into other hands, not into none', () => {
    expect(decide([published], correct({ by: { description: 'an analyst' } }))).toHaveLength(1);
    expect(codeOf(() => decide([published], correct({ by: {} })))).toBe('invalid');
  });

  test.each(['content', 'form', 'language', 'publishedOn', 'standing'])('always has its %s', (field) => {
    expect(codeOf(() => decide([published], correct({ [field]: null })))).toBe('invalid');
  });
});
