// A known text that is archived again: what differs from what is archived is said, and nothing is changed.
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

test('a known text with another title, date, byline or genre is answered with what differs and what to do', async () => {
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

test('once it is corrected, the same fields no longer differ', async () => {
  const { id } = (await archive.post('/articles', article)).body;
  const changes = { title: 'Talks', genre: 'document' };
  expect((await archive.post(`/articles/${id}/corrections`, { reason: 'mistyped', changes })).status).toBe(
    201,
  );
  const again = await archive.post('/articles', { ...article, ...changes });
  expect(again.body).not.toHaveProperty('differs');
  expect((await archive.get(`/articles/${id}`)).body).toMatchObject(changes);
});

test('from another publisher, only what belongs to the text differs', async () => {
  const other = { ...article, publisher: 'The Other Paper', title: 'Elsewhere', genre: 'transcript' };
  const { body } = await archive.post('/articles', { ...other, text: 'They met.' });
  expect(body.events).toHaveLength(1);
  expect(body.differs.map(({ field }: { field: string }) => field)).toEqual(['genre']);
});
