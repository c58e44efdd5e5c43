// Refused input: the status and problem type of each, and that nothing is written.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MAX_BODY_BYTES } from '../../../../functions/api/support/body.ts';
import {
  articleBody,
  meetingBody,
  openTestArchive,
  seed,
  statementBody,
  type Answer,
  type Seeded,
  type TestArchive,
} from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
let seeded: Seeded;
let size: number;

beforeAll(async () => {
  archive = await openTestArchive();
  seeded = await seed(archive);
  size = await events();
});
afterAll(() => archive.close());
afterEach(async () => {
  await archive.settled();
  expect(await events(), 'nothing was written').toBe(size);
  expect(archive.alarms).toEqual([]);
});

const events = async (): Promise<number> => (await archive.get('/events?limit=1')).body.size;

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(
    { status: answer.status, type: answer.body?.type, contentType: answer.headers.get('content-type') },
    answer.text,
  ).toEqual({
    status,
    type: `urn:chancery:problem:${code}`,
    contentType: 'application/problem+json',
  });
  expect(answer.body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
}

const raw = (path: string, body: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
  archive.send(path, { method: 'POST', headers: { 'Content-Type': type }, body });
const statement = (changes: object = {}) => ({ ...statementBody(seeded), ...changes });
const quoting = (exact: string, changes: object = {}) =>
  statement({ content: exact, evidence: [{ articleId: seeded.article, exact }], ...changes });

describe('bad bodies', () => {
  test('malformed JSON is 400', async () => {
    for (const body of ['{"title":', '', 'nonsense', '{"a":1}}', '{a:1}']) {
      expectProblem(await raw('/meetings', body), 400, 'malformed-json');
    }
  });
  test('a body that is not UTF-8 is 400', async () => {
    const bytes = new Uint8Array([
      ...new TextEncoder().encode('{"text":"'),
      0xff,
      0xfe,
      ...new TextEncoder().encode('"}'),
    ]);
    expectProblem(await raw('/articles', bytes), 400, 'not-utf-8');
    expectProblem(await raw('/articles', new Uint8Array([0x7b, 0xc3, 0x7d])), 400, 'not-utf-8');
  });
  test('a lone surrogate anywhere in a body is 422', async () => {
    expectProblem(
      await raw('/articles', JSON.stringify({ ...articleBody, text: 'a \ud800 b' })),
      422,
      'invalid',
    );
    expectProblem(
      await raw('/articles', JSON.stringify({ ...articleBody, byline: '\udc00' })),
      422,
      'invalid',
    );
    expectProblem(await raw('/statements', JSON.stringify(quoting('\ud83d'))), 422, 'invalid');
  });
  test('an unknown field in a body is 422 and named', async () => {
    const answer = await archive.post('/statements', statement({ sentiment: 'hostile' }));
    expectProblem(answer, 422, 'invalid');
    expect(answer.body.errors).toEqual([{ pointer: '', detail: 'unknown field "sentiment"' }]);
    const nested = await archive.post(
      '/statements',
      statement({ speakers: [{ actor: seeded.anna, role: 'x' }] }),
    );
    expectProblem(nested, 422, 'invalid');
    expect(nested.body.errors).toEqual([{ pointer: '/speakers/0', detail: 'unknown field "role"' }]);
  });
  test('a body that is not an object is 422', async () => {
    for (const body of ['null', '[]', '3', '"x"'])
      expectProblem(await raw('/statements', body), 422, 'invalid');
  });
  test('a body over the limit is 413 with the limit', async () => {
    const answer = await archive.post('/articles', { ...articleBody, text: 'a'.repeat(MAX_BODY_BYTES) });
    expectProblem(answer, 413, 'body-too-large');
    expect(answer.body).toMatchObject({
      limit: MAX_BODY_BYTES,
      detail: expect.stringContaining(String(MAX_BODY_BYTES)),
    });
  });
  test('a streamed body without a length is 413 if it exceeds the limit', async () => {
    const chunk = new TextEncoder().encode(' '.repeat(65_536));
    let left = MAX_BODY_BYTES / chunk.length + 1;
    const body = new ReadableStream({
      pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
    });
    const answer = await archive.send('/articles', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
      duplex: 'half',
    });
    expectProblem(answer, 413, 'body-too-large');
  });
  test('a body whose event would exceed 65,535 bytes is 413 with its size and the limit', async () => {
    const parties = Array.from({ length: 60 }, (_, index) => ({
      description: `[${index} ${'д'.repeat(290)}]`,
      printed: `[${'д'.repeat(298)}]`,
    }));
    const answer = await archive.post('/meetings', { ...meetingBody(seeded), participants: parties });
    expectProblem(answer, 413, 'too-large');
    expect(answer.body).toMatchObject({ limit: 65_535, bytes: expect.any(Number) });
    expect(answer.body.bytes).toBeGreaterThan(65_535);
  });
  test('a body that is not declared as JSON is 415', async () => {
    expectProblem(await raw('/meetings', '{}', 'text/plain'), 415, 'unsupported-media-type');
    expectProblem(
      await raw('/meetings', '{}', 'application/x-www-form-urlencoded'),
      415,
      'unsupported-media-type',
    );
    expectProblem(await archive.send('/meetings', { method: 'POST' }), 415, 'unsupported-media-type');
  });
});

describe('bad dates', () => {
  test.each([
    '2023-02-29',
    '2023-02-30',
    '20230303',
    '2023-03-03T10:00',
    '3 March 2023',
    '2023-03-05/2023-03-01',
    '',
  ])('the date %j is 422', async (madeOn) => {
    const answer = await archive.post('/statements', statement({ madeOn }));
    expectProblem(answer, 422, 'invalid');
    expect(answer.body.errors[0].pointer).toBe('/madeOn');
  });
});

describe('bad passages', () => {
  test('a passage that is not in its article is 422', async () => {
    const answer = await archive.post('/statements', quoting('Nothing of the kind was ever printed there'));
    expectProblem(answer, 422, 'passage-not-found');
    expect(answer.body.pointer).toBe('/evidence/0');
  });
  test('a passage with one altered word is 422 and the word is named', async () => {
    const answer = await archive.post('/statements', quoting('We talked, and we shouted — no more'));
    expectProblem(answer, 422, 'passage-not-found');
    expect(answer.body.nearest.differences).toEqual([{ quoted: 'shouted', source: 'listened' }]);
    expect(answer.body.detail).toContain('"shouted" where the source has "listened"');
  });
  test('a passage that occurs four times is 422 with every candidate in context', async () => {
    const answer = await archive.post('/statements', quoting('is near'));
    expectProblem(answer, 422, 'passage-ambiguous');
    expect(answer.body.total).toBe(4);
    expect(answer.body.candidates).toHaveLength(4);
    for (const { exact, prefix, suffix } of answer.body.candidates)
      expect([exact, typeof prefix, typeof suffix]).toEqual(['is near', 'string', 'string']);
  });
  test('a passage of an unknown article is 422', async () => {
    const articleId = `article-${'0'.repeat(64)}`;
    const answer = await archive.post('/statements', statement({ evidence: [{ articleId, exact: 'x' }] }));
    expectProblem(answer, 422, 'unknown-reference');
    expect(answer.body).toMatchObject({ id: articleId, pointer: '/evidence/0/articleId' });
  });
  test('a passage without the content is 422 with the missing part', async () => {
    const answer = await archive.post('/statements', statement({ content: 'We talked, and we agreed' }));
    expectProblem(answer, 422, 'content-not-in-evidence');
    expect(answer.body.missing).toContain('we agreed');
    for (const form of ['mixed', 'indirect']) {
      expectProblem(
        await archive.post('/statements', statement({ content: 'they quarrelled', form })),
        422,
        'content-not-in-evidence',
      );
    }
  });
  test('all faults of a body are reported together', async () => {
    const answer = await archive.post(
      '/statements',
      statement({
        about: ['actor-unknown'],
        evidence: [{ articleId: seeded.article, exact: 'not there at all' }],
      }),
    );
    expectProblem(answer, 422, 'unknown-reference');
    expect(answer.body.others).toMatchObject([{ code: 'passage-not-found' }]);
  });
});

describe('bad references', () => {
  test('a reference to an unknown actor or meeting is 422', async () => {
    for (const changes of [
      { speakers: [{ actor: 'actor-unknown' }] },
      { meetingId: 'meeting-none' },
      { about: ['actor-unknown'] },
      { regarding: [{ id: 'opinion-unknown', relation: 'about' }] },
    ]) {
      expectProblem(await archive.post('/statements', statement(changes)), 422, 'unknown-reference');
    }
    expectProblem(
      await archive.post(`/actors/${seeded.anna}/merges`, { into: 'actor-unknown', reason: 'the same' }),
      422,
      'unknown-reference',
    );
  });
  test('a reserved id or an id of another kind is 422', async () => {
    for (const about of [
      ['actor-merges'],
      ['meeting-x'],
      ['Actor-x'],
      ['actor-a/b'],
      ['actor-a.b'],
      ['actor-\u0000'],
      ['actor-'],
      ['actor-a--b'],
    ]) {
      expectProblem(await archive.post('/statements', statement({ about })), 422, 'invalid');
    }
    for (const id of [
      'actor-merges',
      'actor-a/b',
      'actor-../b',
      'actor-a.b',
      'actor-\u0000',
      'person-a',
      '',
    ]) {
      expectProblem(await archive.post('/actors', { id, kind: 'person', name: 'x' }), 422, 'invalid');
    }
  });
});

describe('bad paths', () => {
  test('a malformed or unknown id in a path is 404', async () => {
    for (const id of [
      'meeting-none',
      'meeting-a%2Fb',
      'meeting-a.b',
      'meeting-%00',
      'meeting-%0A',
      'nonsense',
      '..',
      '%2e%2e%2fetc',
    ]) {
      expectProblem(
        await archive.get(`/meetings/${id}`),
        404,
        id === 'meeting-none' ? 'not-found' : 'no-such-path',
      );
      expectProblem(
        await archive.post(`/meetings/${id}/retractions`, { reason: 'x' }),
        404,
        id === 'meeting-none' ? 'not-found' : 'no-such-path',
      );
    }
    expectProblem(await archive.get(`/articles/article-${'0'.repeat(64)}/source`), 404, 'not-found');
    expectProblem(
      await archive.post('/actors/actor-unknown/merges', { into: seeded.anna, reason: 'x' }),
      404,
      'not-found',
    );
  });
  test('a path that does not exist is 404', async () => {
    expectProblem(await archive.get('/nothing/here'), 404, 'no-such-path');
    expectProblem(await archive.get('/'), 404, 'no-such-path');
  });
  test('a path with an unsupported method is 405 and lists the supported ones', async () => {
    const answer = await archive.send('/timeline', { method: 'DELETE' });
    expectProblem(answer, 405, 'method-not-allowed');
    expect(answer.headers.get('allow')).toBe('GET');
    const collection = await archive.send('/meetings', { method: 'PUT' });
    expectProblem(collection, 405, 'method-not-allowed');
    expect(collection.headers.get('allow')?.split(', ').toSorted()).toEqual(['GET', 'POST']);
    expectProblem(
      await archive.send(`/meetings/${seeded.meeting}`, { method: 'DELETE' }),
      405,
      'method-not-allowed',
    );
  });
});

describe('bad queries', () => {
  test.each([
    'limit=0',
    'limit=x',
    'limit=501',
    'cursor=nonsense',
    'from=2023-02-29',
    'actor=nobody',
    'kind=party',
    'order=up',
    'topic=A%20B',
  ])('the query %s is 400', async (query) =>
    expectProblem(await archive.get(`/timeline?${query}`), 400, 'invalid-request'),
  );
  test.each([
    '/timeline',
    '/meetings',
    '/statements',
    '/opinions',
    '/actors',
    '/actors?topic=peace',
    '/topics',
    '/network',
    '/timeline/feed',
    '/meetings/meeting-x/dossier',
    '/actors/actor-anna-beck/dossier',
    '/actors/actor-anna-beck/feed',
    '/topics/peace',
    '/topics/peace/feed',
  ])('a reversed window of %s is 400 with advice', async (path) => {
    for (const dates of [
      'from=2023-06-20&to=2023-06-10',
      'from=2023-07&to=2023-06',
      'from=2024&to=../2023',
    ]) {
      const answer = await archive.get(`${path}${path.includes('?') ? '&' : '?'}${dates}`);
      expectProblem(answer, 400, 'invalid-request');
      expect(answer.body.errors).toEqual([
        {
          pointer: '/from',
          detail: expect.stringMatching(/exchange from and to, or leave one of them out$/),
        },
      ]);
    }
  });
  test.each([
    'from=2023-06&to=2023-06-10',
    'from=2023-06-10&to=2023-06',
    'from=2023-06-10&to=2023-06-10',
    'from=../2023-06-20&to=2023-06-10',
    'from=2023-06-20&to=2023-06-10/..',
  ])('the query %s accepts days', async (dates) =>
    expect((await archive.get(`/timeline?${dates}`)).status).toBe(200),
  );
  test.each(['after=-1', 'after=x', 'limit=0', 'type=MeetingCancelled', 'stream=nobody'])(
    'the replay with %s is 400',
    async (query) => expectProblem(await archive.get(`/events?${query}`), 400, 'invalid-request'),
  );
});

describe('bad If-Match', () => {
  test('an If-Match with another revision is 412 with the current revision', async () => {
    for (const etag of ['"0"', '"2"', '"99"']) {
      const answer = await archive.post(
        `/meetings/${seeded.meeting}/retractions`,
        { reason: 'x' },
        { 'If-Match': etag },
      );
      expectProblem(answer, 412, 'revision-mismatch');
      expect(answer.body.revision).toBe(1);
    }
  });
  test('an If-Match that is not an ETag of this archive is 400', async () => {
    for (const etag of ['1', 'W/"1"', '"x"', '"1", "2"']) {
      expectProblem(
        await archive.post(`/meetings/${seeded.meeting}/retractions`, { reason: 'x' }, { 'If-Match': etag }),
        400,
        'invalid-request',
      );
    }
  });
});

describe('rules of the vocabulary', () => {
  test.each([
    [
      'a meeting of one',
      '/meetings',
      () => ({ ...meetingBody(seeded), participants: [{ actor: seeded.anna }] }),
    ],
    [
      'a party that is both actor and description',
      '/statements',
      () => statement({ speakers: [{ actor: seeded.anna, description: 'x' }] }),
    ],
    ['no evidence', '/statements', () => statement({ evidence: [] })],
    [
      'only disputing evidence',
      '/statements',
      () => statement({ evidence: [{ articleId: seeded.article, exact: 'Café', stance: 'disputes' }] }),
    ],
    ['an attribution to nobody', '/statements', () => statement({ certainty: 'attributed' })],
    ['a guess by nobody', '/statements', () => statement({ certainty: 'speculated' })],
    ['a statement without content', '/statements', () => ({ ...statement(), content: undefined })],
    ['content without its language', '/statements', () => ({ ...statement(), language: undefined })],
    ['a language that is none', '/statements', () => statement({ language: 'english' })],
    ['a country that is none', '/actors', () => ({ kind: 'state', name: 'X', country: 'XX' })],
    ['an address that is none', '/articles', () => ({ ...articleBody, url: 'javascript:alert(1)' })],
    ['a title over the limit', '/articles', () => ({ ...articleBody, title: 'a'.repeat(501) })],
    ['a title with a control character', '/articles', () => ({ ...articleBody, title: 'a\u001b[31mb' })],
  ])('%s is 422', async (_, path, body) => expectProblem(await archive.post(path, body()), 422, 'invalid'));

  test('a command that the state does not allow is 409', async () => {
    expectProblem(
      await archive.post(`/meetings/${seeded.meeting}/called-off`, {
        evidence: meetingBody(seeded).evidence,
      }),
      409,
      'not-possible-now',
    );
    expectProblem(
      await archive.post(`/actors/${seeded.anna}/unmerges`, { reason: 'x' }),
      409,
      'not-possible-now',
    );
    expectProblem(
      await archive.post('/actors', { id: seeded.anna, kind: 'state', name: 'Other' }),
      409,
      'already-exists',
    );
  });
  test('a merge of an actor into itself is 422', async () => {
    expectProblem(
      await archive.post(`/actors/${seeded.anna}/merges`, { into: seeded.anna, reason: 'x' }),
      422,
      'loop',
    );
  });
  test('a withdrawal of the last supporting evidence is refused', async () => {
    const { evidence } = (await archive.get(`/statements/${seeded.statement}`)).body;
    const withdrawal = { articleId: seeded.article, exact: evidence[0].exact, reason: 'x' };
    expectProblem(
      await archive.post(`/statements/${seeded.statement}/evidence/withdrawals`, withdrawal),
      422,
      'last-evidence',
    );
  });
});
