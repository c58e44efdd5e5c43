// Shared schemas of events: accepted and rejected ids, languages, countries, dates, parties, topics and evidence.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  actorId,
  articleId,
  attributionProblem,
  country,
  date,
  evidence,
  evidenceInput,
  evidenceList,
  language,
  meetingId,
  party,
  place,
  recordId,
  regarding,
  streamId,
  topic,
} from '../../events/shared-pieces.ts';
import { ARTICLE } from '../support/archives/examples.ts';

const takes = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;
const problem = (schema: z.ZodType, value: unknown): string =>
  schema
    .safeParse(value)
    .error?.issues.map(({ message }) => message)
    .join('; ') ?? 'taken';

describe('ids', () => {
  test.each(['meeting-a', 'meeting-2023-03-03', 'meeting-0', `meeting-${'x'.repeat(56)}`])(
    'the id %s of a meeting is valid',
    (id) => {
      expect(takes(meetingId, id)).toBe(true);
    },
  );

  test.each([
    '',
    'meeting',
    'meeting-',
    'meeting--a',
    'meeting-a-',
    '-meeting-a',
    'Meeting-a',
    'meeting-A',
    'meeting-a/b',
    'meeting-../a',
    'meeting-a.b',
    'meeting-a_b',
    'meeting-a b',
    'meeting-a\n',
    'meeting-a\0',
    'meeting-é',
    'meeting-a%2f',
    '@meeting',
    'statement-a',
    `meeting-${'x'.repeat(57)}`,
  ])('the id %j of a meeting is rejected', (id) => {
    expect(takes(meetingId, id)).toBe(false);
    expect(takes(recordId, id)).toBe(id === 'statement-a');
  });

  test('the id of an article may contain a digest', () => {
    expect(takes(articleId, ARTICLE)).toBe(true);
    expect(takes(articleId, `${ARTICLE}0`)).toBe(false);
  });

  test('the id of an actor cannot be the stream of merges', () => {
    expect(problem(actorId, 'actor-merges')).toContain('reserved');
    expect(takes(streamId, 'actor-merges')).toBe(false);
  });

  test('an id has one of five kinds', () => {
    for (const kind of ['article', 'actor', 'meeting', 'statement', 'opinion'])
      expect(takes(streamId, `${kind}-a`)).toBe(true);
    for (const kind of ['minutes', 'topic', 'articles', 'xarticle'])
      expect(takes(streamId, `${kind}-a`)).toBe(false);
  });

  test('every valid id is safe in a path', () => {
    const recentRows = fc.string({
      unit: fc.constantFrom('a', '0', '-', 'A', '/', '.', '%', '_', ' ', '\0'),
      maxLength: 6,
    });
    fc.assert(
      fc.property(recentRows, (tail) => {
        const safe = encodeURIComponent(tail) === tail && !/[._]/.test(tail);
        expect(takes(streamId, `meeting-${tail}`) && !safe).toBe(false);
      }),
      { numRuns: 1_000 },
    );
    expect(new URL('/meetings/meeting-a-1', 'https://example.org').pathname).toBe('/meetings/meeting-a-1');
  });
});

describe('languages', () => {
  test.each(['en', 'pt-BR', 'zh-Hant-TW', 'sr-Latn', 'de-1996', 'und', 'tlh', 'fil'])(
    'the language %s is valid',
    (tag) => {
      expect(takes(language, tag)).toBe(true);
    },
  );

  test.each([
    ['EN', 'write this language as en'],
    ['en-us', 'write this language as en-US'],
    ['zh-hant', 'write this language as zh-Hant'],
    ['iw', 'write this language as he'],
    ['eng', 'write this language as en'],
    ['english', 'must be a BCP 47 language tag'],
    ['en_US', 'must be a BCP 47 language tag'],
    ['', 'must be a BCP 47 language tag'],
    ['en-', 'must be a BCP 47 language tag'],
    ['e', 'must be a BCP 47 language tag'],
  ])('the language %j is rejected with its canonical form or an example', (tag, message) => {
    expect(problem(language, tag)).toContain(message);
  });
});

describe('countries', () => {
  test.each(['IN', 'US', 'RU', 'CH', 'TW', 'PS'])('the country %s is valid', (code) =>
    expect(takes(country, code)).toBe(true),
  );
  test.each(['in', 'IND', 'XX', 'UK', 'EU', 'SU', '', 'I', '356'])('the country %j is rejected', (code) => {
    expect(problem(country, code)).toContain('ISO 3166-1 alpha-2');
  });
});

describe('topics', () => {
  test.each(['g20', 'ukraine-war', '2023', 'x'.repeat(64)])('the topic %s is valid', (slug) =>
    expect(takes(topic, slug)).toBe(true),
  );
  test.each(['G20', 'ukraine war', '-g20', 'g20-', 'a--b', 'é', '', 'a/b', 'x'.repeat(65)])(
    'the topic %j is rejected',
    (slug) => {
      expect(takes(topic, slug)).toBe(false);
    },
  );
});

describe('parties', () => {
  test.each([
    { actor: 'actor-a' },
    { description: 'a senior official' },
    { actor: 'actor-a', printed: 'Mr A', capacity: 'minister', for: 'actor-b' },
    { description: 'he', for: 'actor-b' },
  ])('the party %j is valid', (value) => expect(takes(party, value)).toBe(true));

  test.each([
    {},
    { printed: 'Mr A' },
    { for: 'actor-b' },
    { actor: 'actor-a', description: 'a senior official' },
  ])('the party %j is rejected, because it is not exactly one of actor or description', (value) => {
    expect(problem(party, value)).toContain('exactly one of actor (an id) or description');
  });

  test.each([{ actor: undefined }, { actor: 'meeting-a' }, { actor: 'actor-merges' }, { description: null }])(
    'the party %j is rejected',
    (value) => expect(takes(party, value)).toBe(false),
  );
});

test('an invalid date is rejected with a reason', () => {
  expect(takes(date, '2023-03-03~')).toBe(true);
  expect(problem(date, '2023-02-29')).toContain('not a day of the calendar');
});

test('a place has its printed name and no coordinates', () => {
  expect(takes(place, { printed: 'New Delhi', country: 'IN' })).toBe(true);
  expect(takes(place, { country: 'IN' })).toBe(false);
  expect(takes(place, { printed: 'New Delhi', latitude: 28.6 })).toBe(false);
});

test('a record may regard a meeting, a statement or an opinion only', () => {
  for (const id of ['meeting-a', 'statement-a', 'opinion-a']) {
    expect(takes(regarding, { id, relation: 'denies' })).toBe(true);
  }
  expect(takes(regarding, { id: 'actor-a', relation: 'denies' })).toBe(false);
  expect(takes(regarding, { id: 'meeting-a', relation: 'loves' })).toBe(false);
});

describe('evidence', () => {
  const given = { articleId: ARTICLE, exact: 'They met' };
  const placed = { ...given, start: 0, end: 8 };

  test('evidence has a position if it is recorded, and no position as input', () => {
    expect([takes(evidenceInput, given), takes(evidenceInput, placed)]).toEqual([true, false]);
    expect([takes(evidence, given), takes(evidence, placed)]).toEqual([false, true]);
  });

  test.each([
    { start: -1 },
    { end: 0 },
    { start: 0.5 },
    { in: 'byline' },
    { stance: 'proves' },
    { for: [] },
    { for: ['the date'] },
    { prefix: '' },
  ])('evidence with %j is rejected', (more) => expect(takes(evidence, { ...placed, ...more })).toBe(false));

  test('a list of evidence must contain a supporting piece', () => {
    const disputes = { ...placed, stance: 'disputes' };
    expect(problem(evidenceList(evidence), [])).toContain('at least one passage');
    expect(problem(evidenceList(evidence), [disputes])).toContain('does not dispute it');
    expect(takes(evidenceList(evidence), [disputes, placed])).toBe(true);
    expect(takes(evidenceList(evidence), [{ ...placed, stance: 'supports' }])).toBe(true);
  });
});

test('attributed and speculated claims must name their origin; asserted, reported and alleged ones need not', () => {
  const somebody = [{ description: 'an official' }];
  const needy = ['attributed', 'speculated'] as const;
  const free = ['asserted', 'reported', 'alleged'] as const;
  for (const certainty of needy) {
    expect(attributionProblem({ certainty, attributedBy: [] })).toContain(certainty);
    expect(attributionProblem({ certainty, attributedBy: somebody })).toBeUndefined();
  }
  for (const certainty of free) expect(attributionProblem({ certainty, attributedBy: [] })).toBeUndefined();
});
