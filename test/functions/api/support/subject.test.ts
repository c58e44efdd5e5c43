// Every event keeps its recorder, so a subject that events cannot hold is refused before the request does anything.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApi } from '../../../../functions/api/create-api.ts';
import { openTestArchive, type TestArchive } from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
beforeAll(async () => {
  archive = await openTestArchive();
});
afterAll(() => archive.close());

const as = (subject: string) => createApi({ ...archive.embedded.archive, identify: () => subject });
const introduce = (subject: string, name: string) =>
  as(subject).request('/actors', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ kind: 'person', name }),
  });

describe('subjects of requests', () => {
  test.each([255, 600])('a subject of %d characters is kept, and recordedBy finds it', async (length) => {
    const subject = '語'.repeat(length);
    const answer = await introduce(subject, `Actor of ${length}`);
    expect(answer.status).toBe(201);
    await archive.settled();
    const events = await archive.get('/events?limit=100');
    expect(events.text).toContain(`"recordedby":"${subject}"`);
    expect((await archive.get(`/timeline?recordedBy=${encodeURIComponent(subject)}`)).status).toBe(200);
  });

  test.each([
    ['is longer than 600 characters', 'x'.repeat(601)],
    ['is empty', ''],
    ['is not well-formed', 'editor:\ud800'],
  ])('a subject that %s is 401, and nothing is recorded', async (_, subject) => {
    const before = (await archive.get('/events?limit=1')).body.size;
    const answer = await introduce(subject, 'Nobody');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
    expect(await answer.json()).toMatchObject({
      type: 'urn:chancery:problem:unusable-subject',
      detail: expect.stringContaining('sign in with another identity'),
    });
    await archive.settled();
    expect((await archive.get('/events?limit=1')).body.size).toBe(before);
    expect((await as(subject).request('/actors')).status).toBe(401);
  });
});
