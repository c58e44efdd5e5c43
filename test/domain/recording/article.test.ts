// Tests the aggregate of an article: archiving, appearances, corrections, and withdrawal, which ends all changes.
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

test('an article is archived', () => {
  expect(decide([], archive)).toEqual([archived]);
});

test('archiving a text again for the same publisher records nothing, even if other fields differ', () => {
  expect(decide([archived], { ...archive, fields: { ...fields, title: 'Another title' } })).toEqual([]);
});

test('archiving a text for another publisher records an appearance with the fields of that publisher', () => {
  const other = { ...elsewhere, language: 'fr', versionOf: ID };
  expect(decide([archived], { ...archive, fields: other })).toEqual([appeared]);
});

test('a publisher that a correction named is recognized when it archives the text again', () => {
  const corrected = event('ArticleCorrected', { reason: 'x', changes: { publisher: 'The Sampler Ltd' } });
  const again = { ...archive, fields: { ...fields, publisher: 'The Sampler Ltd' } };
  expect(decide([archived, corrected], again)).toEqual([]);
});

test('an appearance is added to an article', () => {
  expect(decide([archived], { type: 'add-appearance', appearance: elsewhere })).toEqual([appeared]);
});

test('an article may appear twice with the same publisher if another field differs', () => {
  const appearance = { ...elsewhere, publishedOn: '2023-03-05' };
  expect(decide([archived, appeared], { type: 'add-appearance', appearance })).toHaveLength(1);
});

test('a correction of an article changes the named fields, removes those set to null and keeps the text', () => {
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

test('a correction of an article that changes nothing records nothing', () => {
  const correction = { reason: 'sure', changes: { title: 'Ten minutes', url: null } };
  expect(decide([archived], { type: 'correct', correction })).toEqual([]);
});

test('an article is withdrawn once, and the first reason stays', () => {
  expect(decide([archived], { type: 'withdraw', withdrawal })).toEqual([withdrawn]);
  expect(decide([archived, withdrawn], { type: 'withdraw', withdrawal: { reason: 'another' } })).toEqual([]);
});

test.each<[string, ArticleCommand]>([
  ['archived anew', archive],
  ['archived anew by another publisher', { ...archive, fields: { ...fields, publisher: 'The Other Paper' } }],
  ['given an appearance', { type: 'add-appearance', appearance: elsewhere }],
  ['corrected', { type: 'correct', correction: { reason: 'x', changes: { title: 'y' } } }],
])('a withdrawn article cannot be %s', (_what, command) => {
  const refusal = refusalOf(() => decide([archived, withdrawn], command));
  expect([refusal.code, refusal.details]).toEqual(['article-withdrawn', { withdrawn: withdrawal }]);
  expect(refusal.message).toContain('printed without leave');
});

test('a withdrawn article keeps its fields, and repeating an earlier command records nothing', () => {
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
])('the command $type is refused for an article that is not archived', (command) => {
  expect(codeOf(() => decide([], command))).toBe('not-found');
});

test('the stream of an article cannot begin with an appearance', () => {
  expect(() => given(article, ID, [appeared])).toThrow('precedes ArticleArchived');
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
  ])('a known text that is sent again reports a different %s', (field, before, after) => {
    expect(differs(archivedOnce, { [field]: after })).toEqual([[field, before, after]]);
  });

  test('a known text reports no difference in a field that was not sent or that means the same', () => {
    const { byline: _, ...few } = fields;
    expect(differencesFrom(archivedOnce, few)).toEqual([]);
    expect(differs(archivedOnce, { genre: 'report' })).toEqual([]);
    expect(differencesFrom({ status: 'none' }, fields)).toEqual([]);
  });

  test('a known text is compared with the most similar appearance of the same publisher', () => {
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

  test('a known text of a new publisher is compared only in the fields of the text', () => {
    expect(differs(archivedOnce, { publisher: 'A Third', title: 'Else', genre: 'document' })).toEqual([
      ['genre', 'report', 'document'],
    ]);
  });
});
