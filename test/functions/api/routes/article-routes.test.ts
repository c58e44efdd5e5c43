// Archiving a known text again: the answer lists the fields that differ, and nothing is changed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestArchive, type TestArchive } from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
beforeAll(async () => {
  archive = await openTestArchive();
});
afterAll(() => archive.close());

const article = {
  text: 'They met.',
  title: 'Met',
  publisher: 'The Daily',
  language: 'en',
  byline: 'A. Writer',
};

test('archiving a known text with another title, date, byline or genre answers with the differing fields and advice', async () => {
  const first = await archive.post('/articles', article);
  expect(first.body).not.toHaveProperty('differs');
  const sent = { ...article, title: 'Talks', byline: 'B. Writer', publishedOn: '2023-03', genre: 'document' };
  const again = await archive.post('/articles', sent);
  expect([again.status, again.body.events]).toEqual([200, []]);
  expect(again.body.differs).toEqual([
    { field: 'title', archived: 'Met', sent: 'Talks' },
    { field: 'byline', archived: 'A. Writer', sent: 'B. Writer' },
    { field: 'publishedOn', sent: '2023-03' },
    { field: 'genre', archived: 'report', sent: 'document' },
  ]);
  expect(again.body.advice).toContain(`/articles/${first.body.id}/corrections`);
  expect((await archive.get(`/articles/${first.body.id}`)).body).toMatchObject({ title: 'Met' });
});

test('a corrected field of a known text no longer differs', async () => {
  const { id } = (await archive.post('/articles', article)).body;
  const changes = { title: 'Talks', genre: 'document' };
  expect((await archive.post(`/articles/${id}/corrections`, { reason: 'mistyped', changes })).status).toBe(
    201,
  );
  const again = await archive.post('/articles', { ...article, ...changes });
  expect(again.body).not.toHaveProperty('differs');
  expect((await archive.get(`/articles/${id}`)).body).toMatchObject(changes);
});

test('a known text of another publisher differs only in fields that belong to the text', async () => {
  const other = { ...article, publisher: 'The Other Paper', title: 'Elsewhere', genre: 'transcript' };
  const { body } = await archive.post('/articles', { ...other, text: 'They met.' });
  expect(body.events).toHaveLength(1);
  expect(body.differs.map(({ field }: { field: string }) => field)).toEqual(['genre']);
});
