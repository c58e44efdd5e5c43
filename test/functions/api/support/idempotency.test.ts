// Retries never write twice and have the same answer as the first request, regardless of later events.
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  articleBody,
  articleText,
  meetingBody,
  openTestArchive,
  opinionBody,
  seed,
  statementBody,
  type Answer,
  type Seeded,
  type TestArchive,
} from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
let seeded: Seeded;

beforeEach(async () => {
  archive = await openTestArchive();
  seeded = await seed(archive);
});
afterEach(() => archive.close());

const keyed = (path: string, body: unknown, key: string, headers: Record<string, string> = {}) =>
  archive.post(path, body, { 'Idempotency-Key': key, ...headers });
const size = async (): Promise<number> => {
  await archive.settled();
  return (await archive.get('/events?limit=1')).body.size;
};

function expectSame(retry: Answer, first: Answer): void {
  expect(retry.text).toBe(first.text);
  expect(retry.status).toBe(first.status);
  for (const header of ['etag', 'location', 'content-type'])
    expect(retry.headers.get(header)).toBe(first.headers.get(header));
  expect(retry.headers.get('idempotency-replayed')).toBe('true');
}

function expectReused(answer: Answer): void {
  expect([answer.status, answer.body.type]).toEqual([422, 'urn:chancery:problem:idempotency-key-reused']);
}

test('a create with a key is written once', async () => {
  const first = await keyed('/statements', statementBody(seeded), 'k1');
  expect(first.status).toBe(201);
  expect(first.headers.get('location')).toBe(`/statements/${first.body.id}`);
  expect(first.headers.get('etag')).toBe('"1"');
  const before = await size();
  expectSame(await keyed('/statements', statementBody(seeded), 'k1'), first);
  expect(await size()).toBe(before);
});

test('a retry names the near-duplicates of the first answer, even if there are more by then', async () => {
  const first = await keyed('/statements', statementBody(seeded), 'k1');
  expect(first.body.similar).toEqual([seeded.statement]);
  await archive.post('/statements', statementBody(seeded));
  await archive.settled();
  expectSame(await keyed('/statements', statementBody(seeded), 'k1'), first);
});

test('sixteen concurrent requests with one key write one statement', async () => {
  const answers = await Promise.all(
    Array.from({ length: 16 }, () => keyed('/statements', statementBody(seeded), 'k1')),
  );
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 201));
  const { body } = await archive.get(`/statements/${answers[0]?.body.id}/events`);
  expect(body.events).toHaveLength(1);
});

test('a key that is sent with another body is 422; on another path it is a different key', async () => {
  await keyed('/statements', statementBody(seeded), 'k1');
  expectReused(await keyed('/statements', { ...statementBody(seeded), act: 'denied' }, 'k1'));
  expect((await keyed('/opinions', opinionBody(seeded), 'k1')).status).toBe(201);
});

test('the order of members and white space do not change the body of a key', async () => {
  const first = await keyed('/statements', statementBody(seeded), 'k1');
  const shuffled = JSON.stringify(
    Object.fromEntries(Object.entries(statementBody(seeded)).toReversed()),
    undefined,
    3,
  );
  const retry = await archive.send('/statements', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'k1' },
    body: shuffled,
  });
  expectSame(retry, first);
});

test('a retry finds its event after later commits, even with its original If-Match', async () => {
  const path = `/meetings/${seeded.meeting}/corrections`;
  const correction = { cause: 'coding-error', reason: 'a typo', changes: { title: 'Beck and Diallo' } };
  const first = await keyed(path, correction, 'k1', { 'If-Match': '"1"' });
  expect([first.status, first.body.revision]).toEqual([201, 2]);
  await archive.post(path, {
    cause: 'coding-error',
    reason: 'another',
    changes: { title: 'Beck sees Diallo' },
  });
  await archive.post(`/meetings/${seeded.meeting}/retractions`, { reason: 'never happened' });
  const before = await size();
  expectSame(await keyed(path, correction, 'k1', { 'If-Match': '"1"' }), first);
  expectReused(await keyed(path, { ...correction, reason: 'changed' }, 'k1'));
  expect(await size()).toBe(before);
});

test('a retry finds its event after the article was withdrawn', async () => {
  const first = await keyed('/statements', statementBody(seeded), 'k1');
  const archived = await keyed('/articles', { ...articleBody, publisher: 'The Weekly' }, 'k2');
  await archive.post(`/articles/${seeded.article}/withdrawals`, {
    reason: 'court order',
    authority: 'a court',
  });
  expectSame(await keyed('/statements', statementBody(seeded), 'k1'), first);
  expectSame(await keyed('/articles', { ...articleBody, publisher: 'The Weekly' }, 'k2'), archived);
  expect((await archive.post('/statements', statementBody(seeded))).body.type).toBe(
    'urn:chancery:problem:article-withdrawn',
  );
});

test('a retry finds its event after the actor was merged, and a merge finds its event after an unmerge', async () => {
  const first = await keyed('/statements', statementBody(seeded), 'k1');
  const merge = await keyed(
    `/actors/${seeded.anna}/merges`,
    { into: seeded.omar, reason: 'one person' },
    'k2',
  );
  expect(merge.status).toBe(201);
  expectSame(await keyed('/statements', statementBody(seeded), 'k1'), first);
  await archive.post(`/actors/${seeded.anna}/unmerges`, { reason: 'two after all' });
  const before = await size();
  expectSame(
    await keyed(`/actors/${seeded.anna}/merges`, { into: seeded.omar, reason: 'one person' }, 'k2'),
    merge,
  );
  expect(await size()).toBe(before);
});

test('a key does not store a refusal, so a retry is decided again', async () => {
  const body = { ...statementBody(seeded), meetingId: 'meeting-later' };
  expect((await keyed('/statements', body, 'k1')).status).toBe(422);
  expect((await keyed('/statements', statementBody(seeded), 'k1')).status).toBe(201);
});

test('a key of an article or of an actor with an id identifies one text or one actor', async () => {
  await keyed('/articles', { ...articleBody, text: `${articleText} More.` }, 'k1');
  expectReused(await keyed('/articles', { ...articleBody, text: `${articleText} Other.` }, 'k1'));
  await keyed('/actors', { id: 'actor-one', kind: 'person', name: 'One' }, 'k2');
  expectReused(await keyed('/actors', { id: 'actor-two', kind: 'person', name: 'Two' }, 'k2'));
  expect((await archive.get('/actors/actor-two')).status).toBe(404);
});

test('a command without effect is 200 and writes nothing', async () => {
  const before = await size();
  const again = await archive.post('/articles', articleBody);
  expect([again.status, again.body]).toEqual([200, { id: seeded.article, revision: 1, events: [] }]);
  const actor = await archive.post('/actors', { id: seeded.anna, kind: 'person', name: 'Anna Beck' });
  expect([actor.status, actor.body.events]).toEqual([200, []]);
  await archive.post(`/statements/${seeded.statement}/retractions`, { reason: 'x' });
  const retracted = await archive.post(`/statements/${seeded.statement}/retractions`, { reason: 'x' });
  expect([retracted.status, retracted.body.revision, retracted.body.events]).toEqual([200, 2, []]);
  expect(await size()).toBe(before + 1);
});

test('the same text of another publisher is an appearance of the same article', async () => {
  const elsewhere = await archive.post('/articles', { ...articleBody, publisher: 'The Weekly' });
  expect([elsewhere.status, elsewhere.body.id, elsewhere.body.revision]).toEqual([200, seeded.article, 2]);
  const { body } = await archive.get(`/articles/${seeded.article}`);
  expect(body.appearances).toMatchObject([{ publisher: 'The Weekly' }]);
});

test('a key that is not visible ASCII is 400', async () => {
  for (const key of [' ', 'ключ'.slice(0, 0), 'a'.repeat(256)]) {
    const answer = await keyed('/meetings', meetingBody(seeded), key);
    expect([answer.status, answer.body.type]).toEqual([400, 'urn:chancery:problem:invalid-request']);
  }
});
