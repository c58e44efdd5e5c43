// An article is archived once for each text. The same text elsewhere is an appearance of it, its metadata can be put
// right, and it can be withdrawn: then nothing new is said of it.
import { describe, expect, test } from 'vitest';
import {
  article,
  articleIdOf,
  differencesFrom,
  type ArticleCommand,
} from '../../../domain/recording/article.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { codeOf, decided, event, given, refusalOf } from '../../support/archives/written-history.ts';

const text = { sha256: '5d'.repeat(32), bytes: 120, characters: 118 };
const ID = articleIdOf(text.sha256);
const fields = { title: 'Ten minutes', publisher: 'The Sampler', byline: 'A. Writer', language: 'en' };
const archive = { type: 'archive', text, fields } as const;
const archived: NewEvent = { type: 'ArticleArchived', data: { ...fields, ...text } };
const withdrawal = { reason: 'printed without leave', authority: 'Delhi High Court' };
const withdrawn: NewEvent = { type: 'ArticleWithdrawn', data: withdrawal };
const elsewhere = { publisher: 'The Other Paper', title: 'Ten minutes in Delhi', publishedOn: '2023-03-04' };
const appeared: NewEvent = { type: 'AppearanceAdded', data: elsewhere };
const decide = (history: NewEvent[], command: ArticleCommand) => decided(article, ID, history, command);

test('the id of an article is the digest of its text', () => {
  expect(ID).toBe(`article-${text.sha256}`);
});

describe('an article', () => {
  test('is archived', () => {
    expect(decide([], archive)).toEqual([archived]);
  });

  test('of the same publisher again is the same article, whatever else is said of it', () => {
    expect(decide([archived], { ...archive, fields: { ...fields, title: 'Another title' } })).toEqual([]);
  });

  test('of another publisher is an appearance, with what that one printed beside the text', () => {
    const other = { ...elsewhere, language: 'fr', versionOf: ID };
    expect(decide([archived], { ...archive, fields: other })).toEqual([appeared]);
  });

  test('is in its publisher’s hands also where that one was named in a correction', () => {
    const corrected = event('ArticleCorrected', { reason: 'x', changes: { publisher: 'The Sampler Ltd' } });
    const again = { ...archive, fields: { ...fields, publisher: 'The Sampler Ltd' } };
    expect(decide([archived, corrected], again)).toEqual([]);
  });

  test('gets an appearance', () => {
    expect(decide([archived], { type: 'add-appearance', appearance: elsewhere })).toEqual([appeared]);
  });

  test('may appear twice with the same publisher, on another day', () => {
    const appearance = { ...elsewhere, publishedOn: '2023-03-05' };
    expect(decide([archived, appeared], { type: 'add-appearance', appearance })).toHaveLength(1);
  });

  test('is corrected: what is named changes, null takes away, its text stays', () => {
    const correction = { reason: 'a caption', changes: { byline: null, title: 'Ten minutes in Delhi' } };
    const events = decide([archived, appeared], { type: 'correct', correction });
    expect(events).toEqual([{ type: 'ArticleCorrected', data: correction }]);
    expect(given(article, ID, [archived, appeared, ...events])).toEqual({
      status: 'archived',
      fields: { title: 'Ten minutes in Delhi', publisher: 'The Sampler', language: 'en' },
      text,
      appearances: [elsewhere],
      corrections: 1,
    });
  });

  test('is not corrected to what it says already', () => {
    const correction = { reason: 'sure', changes: { title: 'Ten minutes', url: null } };
    expect(decide([archived], { type: 'correct', correction })).toEqual([]);
  });

  test('is withdrawn, once and for one reason', () => {
    expect(decide([archived], { type: 'withdraw', withdrawal })).toEqual([withdrawn]);
    expect(decide([archived, withdrawn], { type: 'withdraw', withdrawal: { reason: 'another' } })).toEqual(
      [],
    );
  });

  test.each<[string, ArticleCommand]>([
    ['archived anew', archive],
    [
      'archived anew by another publisher',
      { ...archive, fields: { ...fields, publisher: 'The Other Paper' } },
    ],
    ['said to appear elsewhere', { type: 'add-appearance', appearance: elsewhere }],
    ['corrected', { type: 'correct', correction: { reason: 'x', changes: { title: 'y' } } }],
  ])('that is withdrawn is not %s', (_what, command) => {
    const refusal = refusalOf(() => decide([archived, withdrawn], command));
    expect([refusal.code, refusal.details]).toEqual(['article-withdrawn', { withdrawn: withdrawal }]);
    expect(refusal.message).toContain('printed without leave');
  });

  test('that is withdrawn keeps what it said; what was done before is still done', () => {
    const history = [archived, appeared, withdrawn];
    expect(decide(history, { type: 'add-appearance', appearance: elsewhere })).toEqual([]);
    const correction = { reason: 'sure', changes: { title: 'Ten minutes' } };
    expect(decide(history, { type: 'correct', correction })).toEqual([]);
    expect(given(article, ID, history)).toMatchObject({ fields, text, withdrawn: withdrawal });
  });

  test.each<ArticleCommand>([
    { type: 'add-appearance', appearance: elsewhere },
    { type: 'correct', correction: { reason: 'x', changes: {} } },
    { type: 'withdraw', withdrawal },
  ])('that the archive lacks cannot be given: $type', (command) => {
    expect(codeOf(() => decide([], command))).toBe('not-found');
  });

  test('does not begin with an appearance', () => {
    expect(() => given(article, ID, [appeared])).toThrow('before the article was archived');
  });
});

describe('a known text that is sent with other fields', () => {
  const archivedOnce = given(article, ID, [archived]);
  const differs = (state: typeof archivedOnce, sent: object) =>
    differencesFrom(state, { ...fields, ...sent }).map(({ field, archived: before, sent: after }) => [
      field,
      before,
      after,
    ]);

  test.each([
    ['title', 'Ten minutes', 'Another title'],
    ['byline', 'A. Writer', 'B. Writer'],
    ['publishedOn', undefined, '2023-03-04'],
    ['url', undefined, 'https://example.org/a'],
    ['genre', 'report', 'transcript'],
    ['language', 'en', 'fr'],
    ['versionOf', undefined, ID],
    ['derivedFrom', undefined, ID],
  ])('differs in its %s', (field, before, after) => {
    expect(differs(archivedOnce, { [field]: after })).toEqual([[field, before, after]]);
  });

  test('does not differ in a field that was not sent, or that means the same', () => {
    const { byline: _, ...few } = fields;
    expect(differencesFrom(archivedOnce, few)).toEqual([]);
    expect(differs(archivedOnce, { genre: 'report' })).toEqual([]);
    expect(differencesFrom({ status: 'none' }, fields)).toEqual([]);
  });

  test('is compared with the appearance of the same publisher that is most alike', () => {
    const later = { ...elsewhere, publishedOn: '2023-03-09', byline: 'C. Writer' };
    const state = given(article, ID, [archived, appeared, { type: 'AppearanceAdded', data: later }]);
    const { publisher } = elsewhere;
    expect(differencesFrom(state, { ...later, language: 'en' })).toEqual([]);
    expect(differencesFrom(state, { ...elsewhere, title: 'Other', language: 'en' })).toEqual([
      { field: 'title', archived: 'Ten minutes in Delhi', sent: 'Other' },
    ]);
    expect(differencesFrom(state, { publisher, title: 'Ten minutes in Delhi', language: 'fr' })).toEqual([
      { field: 'language', archived: 'en', sent: 'fr' },
    ]);
  });

  test('of a new publisher differs only in what belongs to the text', () => {
    expect(differs(archivedOnce, { publisher: 'A Third', title: 'Else', genre: 'document' })).toEqual([
      ['genre', 'report', 'document'],
    ]);
  });
});
