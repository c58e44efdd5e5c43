// Schemas of all event types: minimal and full examples are accepted; invalid fields are rejected on write and read.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { actorInput } from '../../events/actor-events.ts';
import { articleInput } from '../../events/article-events.ts';
import { eventTypes, isEventType, schemas, versionOf, type EventType } from '../../events/vocabulary.ts';
import { withAltered, pathsOf } from '../support/altered.ts';
import { ARTICLE, examples } from '../support/archives/examples.ts';

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown) => typeof value === 'string';
const refuses = (type: EventType, value: unknown): boolean => !schemas[type].safeParse(value).success;

describe.each(eventTypes)('%s', (type) => {
  const { minimal, full } = examples[type];

  test(`the schema of ${type} accepts and keeps a minimal and a full example`, () => {
    expect(schemas[type].parse(minimal)).toMatchObject(minimal);
    expect(schemas[type].parse(full)).toEqual(full);
  });

  test(`parsing ${type} twice yields the same data`, () => {
    const once: unknown = schemas[type].parse(minimal);
    expect(schemas[type].parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });

  test(`the schema of ${type} requires all members of the minimal example`, () => {
    for (const name of Object.keys(minimal)) {
      const { [name as keyof typeof minimal]: _, ...less } = minimal;
      expect([name, refuses(type, less)]).toEqual([name, true]);
    }
  });

  test(`the schema of ${type} rejects unknown fields at any depth`, () => {
    for (const path of pathsOf(full, isObject)) {
      const more = withAltered(full, path, (value) => ({ ...(value as object), rumour: 'x' }));
      expect([path.join('.'), refuses(type, more)]).toEqual([path.join('.'), true]);
    }
  });

  test(`the schema of ${type} rejects lone surrogates in all texts`, () => {
    for (const path of pathsOf(full, isText)) {
      for (const surrogate of ['\ud83d', '\ude00']) {
        const broken = withAltered(full, path, (value) => `${String(value)}${surrogate}`);
        expect([path.join('.'), refuses(type, broken)]).toEqual([path.join('.'), true]);
      }
    }
  });

  test(`the schema of ${type} rejects blank texts`, () => {
    for (const path of pathsOf(full, isText)) {
      for (const blank of ['', ' ', '\u3000\n']) {
        expect([
          path.join('.'),
          refuses(
            type,
            withAltered(full, path, () => blank),
          ),
        ]).toEqual([path.join('.'), true]);
      }
    }
  });

  test(`the schema of ${type} rejects numbers and null for texts`, () => {
    for (const path of pathsOf(minimal, isText)) {
      for (const other of [7, null, ['x'], {}]) {
        expect([
          path.join('.'),
          refuses(
            type,
            withAltered(minimal, path, () => other),
          ),
        ]).toEqual([path.join('.'), true]);
      }
    }
  });
});

describe('texts', () => {
  const meeting = examples.MeetingHeld.full;
  const titled = (title: string) => ({ ...meeting, title });

  test.each([
    '<script>alert("x")</script>',
    '&lt;b&gt; & <b>',
    '‮right to left',
    '“quoted” — 🇮🇳 نص',
    "O'Neill",
  ])('the text %j is stored unchanged', (title) =>
    expect(schemas.MeetingHeld.parse(titled(title))).toMatchObject({ title }),
  );

  test.each([
    'two\nlines',
    'tab\there',
    'nul\0',
    'bell\u0007',
    'next\u0085line',
    'carriage\rreturn',
    'delete\u007f',
  ])('text of one line rejects control characters: %j', (title) =>
    expect(refuses('MeetingHeld', titled(title))).toBe(true),
  );

  test('text of several lines accepts line breaks and tabs', () => {
    const outcome = 'First.\r\n\tSecond.';
    expect(schemas.MeetingHeld.parse({ ...meeting, outcome })).toMatchObject({ outcome });
    const exact = 'quoted\nover two lines';
    const evidence = [{ articleId: ARTICLE, exact, start: 0, end: 21 }];
    expect(schemas.MeetingHeld.parse({ ...meeting, evidence })).toMatchObject({ evidence });
  });

  test.each(['é', '外', '😀'])('the maximum length of a text counts code points such as %s', (character) => {
    expect(refuses('MeetingHeld', titled(character.repeat(300)))).toBe(false);
    expect(refuses('MeetingHeld', titled(character.repeat(301)))).toBe(true);
  });
});

describe('the text of an article', () => {
  const given = { title: 'T', publisher: 'P', language: 'en' };
  test('the text of an article is stored unchanged', () => {
    const text = '\ufeff<p>One\0\r\n\u0007two</p>';
    expect(articleInput.parse({ ...given, text }).text).toBe(text);
  });

  test.each(['', ' \n', 'x\ud83d'])('the text %j of an article is rejected', (text) => {
    expect(articleInput.safeParse({ ...given, text }).success).toBe(false);
  });

  test.each([
    ['https://example.org/a?b=c#d', true],
    ['http://münchen.example/straße', true],
    ['ftp://example.org/a', false],
    ['javascript:alert(1)', false],
    ['example.org', false],
    ['//example.org', false],
    ['https://example.org/\0', false],
    ['https://example.org/\ud83d', false],
  ])('the acceptance of the URL %s is %s', (url, accepted) => {
    expect(articleInput.safeParse({ ...given, text: 'They met.', url }).success).toBe(accepted);
  });
});

describe('the genre of an article', () => {
  const article = examples.ArticleArchived.minimal;

  test('the genre of an article has no default, so that stored articles keep their bytes', () => {
    expect(schemas.ArticleArchived.parse(article)).not.toHaveProperty('genre');
  });

  test.each(['report', 'transcript', 'document'])('the genre %s is valid, also in a correction', (genre) => {
    expect(schemas.ArticleArchived.parse({ ...article, genre })).toMatchObject({ genre });
    const corrected = schemas.ArticleCorrected.parse({ reason: 'x', changes: { genre } });
    expect(corrected.changes).toEqual({ genre });
  });

  test.each(['', 'interview', 'Transcript', null])('the genre %j is rejected', (genre) => {
    expect(refuses('ArticleArchived', { ...article, genre })).toBe(true);
  });

  test('a correction to null removes the genre', () => {
    expect(refuses('ArticleCorrected', { reason: 'x', changes: { genre: null } })).toBe(false);
  });
});

describe('the input of an actor', () => {
  const given = { kind: 'person', name: 'A' };
  test('the id of a new actor is optional', () =>
    expect(actorInput.parse(given)).toEqual({ ...given, aliases: [] }));
  test('a reserved id of a new actor is rejected', () => {
    expect(actorInput.safeParse({ ...given, id: 'actor-merges' }).success).toBe(false);
    expect(actorInput.safeParse({ ...given, id: 'actor-merges-of-actors' }).success).toBe(true);
  });
  test.each(['Q0', 'q183', 'Q183 ', 'P39', '183'])('the Wikidata item %j is rejected', (wikidata) => {
    expect(actorInput.safeParse({ ...given, wikidata }).success).toBe(false);
  });
});

describe('maximum lengths of lists', () => {
  const statement = examples.StatementMade.full;
  test.each<[string, number, (n: number) => unknown]>([
    ['speakers', 40, (n) => ({ actor: `actor-${n}` })],
    ['addressees', 40, (n) => ({ description: `somebody ${n}` })],
    ['attributedBy', 10, (n) => ({ actor: `actor-${n}` })],
    ['about', 40, (n) => `actor-${n}`],
    ['regarding', 20, (n) => ({ id: `statement-${n}`, relation: 'repeats' })],
    ['topics', 20, (n) => `topic-${n}`],
    ['evidence', 50, (n) => ({ articleId: ARTICLE, exact: 'met', start: n, end: n + 3 })],
  ])('the list %s has at most %i members', (name, most, member) => {
    const of = (length: number) => ({ ...statement, [name]: Array.from({ length }, (_, n) => member(n)) });
    expect([refuses('StatementMade', of(most)), refuses('StatementMade', of(most + 1))]).toEqual([
      false,
      true,
    ]);
  });

  test('a meeting has at most 100 participants', () => {
    const ministers = Array.from({ length: 101 }, (_, n) => ({ description: `a minister ${n}` }));
    const refused = [1, 2, 100, 101].map((length) =>
      refuses('MeetingHeld', { ...examples.MeetingHeld.full, participants: ministers.slice(0, length) }),
    );
    expect(refused).toEqual([true, false, false, true]);
  });
});

test('a type is known by its exact name only, and each type has a version', () => {
  expect(['MeetingHeld', 'meetingheld', 'toString', '__proto__', ''].map(isEventType)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
  for (const type of eventTypes) expect(versionOf(type)).toBeGreaterThanOrEqual(1);
});

test('every schema can be described as JSON Schema', () => {
  for (const type of eventTypes) {
    expect(z.toJSONSchema(schemas[type], { unrepresentable: 'any' })).toMatchObject({ type: 'object' });
  }
});
