// HTTP behaves the same embedded and on Lambda: each request is sent to a socket, and as events of API Gateway and
// function URLs, and the answers are compared.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_BODY_BYTES } from '../../functions/api/support/body.ts';
import {
  eventOf,
  gistOf,
  openHttpPair,
  type HttpPair,
  type Ingress,
  type Sent,
} from '../support/servers/http-pair.ts';
import { openTestArchive, seed, type Seeded, type TestArchive } from '../support/archives/test-archive.ts';

let archive: TestArchive;
let seeded: Seeded;
let pair: HttpPair;
beforeAll(async () => {
  archive = await openTestArchive();
  seeded = await seed(archive);
  pair = await openHttpPair(archive);
});
afterAll(async () => {
  await pair.close();
  await archive.close();
});

const JSON_BODY = ['Content-Type', 'application/json'] as const;
const post = (
  target: string,
  body: string | Uint8Array,
  ...headers: (readonly [string, string])[]
): Sent => ({
  method: 'POST',
  target,
  headers: [JSON_BODY, ...headers],
  body,
});

/** Sends the request to both, compares the answers, and returns the common one. */
async function same(sent: Sent, ingresses: readonly Ingress[] = ['http-api', 'function-url']) {
  const embedded = await pair.embedded(sent);
  for (const ingress of ingresses)
    expect(gistOf(await pair.lambda(sent, ingress)), `${sent.target} by ${ingress}`).toEqual(
      gistOf(embedded),
    );
  if (embedded.status >= 400) {
    expect(embedded.headers['content-type']).toBe('application/problem+json');
    expect(problemOf(embedded.body)).toMatchObject({
      type: expect.stringMatching(/^urn:chancery:problem:[a-z0-9-]+$/),
      status: embedded.status,
    });
  }
  return embedded;
}

const problemOf = (body: string): any => JSON.parse(body);

describe('the embedded server and Lambda give equal answers', () => {
  test.each([
    '/health',
    '/openapi.json',
    '/timeline',
    '/timeline?limit=1&order=desc',
    '/timeline?topic=peace&actor=actor-anna-beck&actor=actor-omar-diallo',
    '/timeline?asOf=1999-12-31',
    '/timeline/diff?to=1999-12-31',
    '/meetings?from=2023&to=2023-03',
    '/actors',
    '/topics',
    '/topics/peace',
    '/network?actor=actor-anna-beck',
    '/actors/actor-anna-beck',
    '/actors/actor-anna-beck/dossier',
    '/actors/actor-anna-beck/events?limit=1',
    '/events?limit=2',
    '/projections',
    '/log/checkpoint',
    '/log/consistency?from=0',
  ])('both give equal answers to a read: %s', async (target) => {
    expect((await same({ target })).status).toBe(200);
  });

  test('both give equal answers to every read of the seeded records', async () => {
    const { article, meeting, statement } = seeded;
    const { size } = (await archive.get('/events?limit=1')).body;
    for (const target of [
      `/log/tile/0/000.p/${size}`,
      `/articles/${article}`,
      `/articles/${article}/source`,
      `/articles/${article}/dependents?sole=true`,
      `/meetings/${meeting}`,
      `/meetings/${meeting}/dossier`,
      `/meetings/${meeting}?asOf=3`,
      `/statements/${statement}/events`,
    ])
      expect((await same({ target })).status, target).toBe(200);
  });

  test('both give equal answers to a feed, except for the addresses in it', async () => {
    // The ETag covers the whole text, including the addresses.
    const feed = { target: '/timeline/feed?limit=2' };
    const [{ headers: _, ...here }, { headers: __, ...there }] = [
      gistOf(await pair.embedded(feed)) as { headers: object; body: string },
      gistOf(await pair.lambda(feed, 'http-api')) as { headers: object; body: string },
    ];
    expect(here.body).toContain('<entry>');
    expect(there).toEqual(here);
  });

  test('both give equal answers to HEAD and to conditional requests', async () => {
    const { headers } = await same({ method: 'HEAD', target: '/topics' });
    const again = await same({
      target: '/topics',
      headers: [['If-None-Match', headers['etag'] ?? '']],
    });
    expect([again.status, again.body]).toEqual([304, '']);
  });

  test('both ignore the body of a GET', async () => {
    for (const body of ['{"kind":"person"}', 'x', '\u0000']) {
      const sent = { target: '/topics/peace', headers: [JSON_BODY], body };
      const answer = await same(sent);
      expect(answer).toMatchObject({
        status: 200,
        body: (await pair.embedded({ target: '/topics/peace' })).body,
      });
      expect((await same({ ...sent, method: 'HEAD' })).status).toBe(200);
    }
  });

  test('both accept a path with %23, %3F and other encoded characters, and keep all parameters of the query', async () => {
    for (const path of [
      '/projections/a%23b',
      '/log/tile/a%23',
      '/projections/%20a%C3%A9',
      '/projections/%5Cx',
    ]) {
      const { status, body } = await same({ target: `${path}?nothing=1` });
      expect([status, problemOf(body).detail], path).toEqual([400, 'the query: unknown parameter "nothing"']);
      expect((await same({ target: path })).status).toBe(404);
    }
    // Unlike a function URL, an HTTP API cuts a path at its %3F before it invokes the function.
    for (const path of [
      '/projections/a%3Fb',
      '/log/tile/a%3Fb=c',
      '/projections/%25zz',
      '/projections/a%253Fb',
    ]) {
      const { status, body } = await same({ target: `${path}?nothing=1` }, ['function-url']);
      expect([status, problemOf(body).detail], path).toEqual([400, 'the query: unknown parameter "nothing"']);
    }
  });

  test('both accept a path that an HTTP API has decoded twice', async () => {
    const event = eventOf({ target: '/' }, 'http-api');
    for (const rawPath of [
      '/projections/literal?value',
      '/projections/literal%value',
      '/projections/a b\\c#?',
    ]) {
      const { statusCode, body } = await pair.handle({ ...event, rawPath, rawQueryString: 'nothing=1' });
      expect(statusCode, rawPath).toBe(400);
      expect(Buffer.from(body, 'base64').toString()).toContain('unknown parameter \\"nothing\\"');
    }
  });

  test('both keep a whole query that arrives with a decoded "#"', async () => {
    const event = eventOf({ target: '/timeline' }, 'http-api');
    const { statusCode, body } = await pair.handle({ ...event, rawQueryString: 'recordedBy=a#b&nothing=1' });
    expect(statusCode).toBe(400);
    expect(Buffer.from(body, 'base64').toString()).toContain('unknown parameter \\"nothing\\"');
  });

  test('both give equal answers to an unusual query', async () => {
    for (const query of [
      'limit=%',
      'limit=1&limit=1',
      'topic=%23',
      'topic=a?b',
      'topic=%C3%A9',
      'topic=%FF',
      'cursor=!!!!',
      'cursor=WyJh',
      '=',
      '&&&',
      'topic',
    ])
      expect((await same({ target: `/timeline?${query}` })).status, query).toBeLessThan(500);
  });

  test('both refuse a cursor of malformed base64 with 400', async () => {
    const { headers } = await same({ target: '/timeline?limit=1' });
    const next = /<([^>]+)>; rel="next"/.exec(headers['link'] ?? '')?.[1] ?? '';
    expect((await same({ target: next })).status).toBe(200);
    for (const more of ['!', '%', '%20', '=', '==', 'A'])
      expect((await same({ target: `${next}${encodeURIComponent(more)}` })).status, more).toBe(400);
  });

  test('both accept header values that are not ASCII', async () => {
    for (const value of ['caf\u00e9', 'caf\u00c3\u00a9', '\u00ff', 'wait=\u00b2']) {
      for (const name of ['Prefer', 'Accept', 'User-Agent', 'If-None-Match', 'X-Anything', 'Last-Event-ID'])
        expect((await same({ target: '/topics', headers: [[name, value]] })).status, name).toBe(200);
      const key = await same(post('/actors', '{}', ['Idempotency-Key', value]));
      expect(problemOf(key.body).type).toMatch(/:(?:invalid|invalid-request)$/);
      await same(post('/actors', '{"kind":"person","name":"A"}', ['Idempotency-Key', value]));
      await same({
        target: '/events',
        headers: [
          ['Accept', 'text/event-stream'],
          ['Last-Event-ID', value],
        ],
      });
    }
  });

  test('both accept header values of other scripts, in either encoding', async () => {
    const target = '/actors';
    const body = '{"kind":"person","name":"A"}';
    for (const value of ['ключ', '鍵', 'cl\u00e9']) {
      const octets = Buffer.from(value).toString('latin1');
      const wire = await same(post(target, body, ['Idempotency-Key', octets]));
      const event = eventOf(post(target, body), 'http-api');
      const answer = await pair.handle({ ...event, headers: { ...event.headers, 'idempotency-key': value } });
      expect([wire.status, answer.statusCode]).toEqual([400, 400]);
      expect(Buffer.from(answer.body, 'base64').toString()).toBe(wire.body);
    }
  });

  test('both distinguish an empty header from an absent one', async () => {
    const { status } = await same(post('/actors', '{"kind":"person","name":"A"}', ['Idempotency-Key', '']));
    expect(status).toBe(400);
  });

  test.each<[string, number, Sent]>([
    ['malformed JSON', 400, post('/actors', '{"a":')],
    ['an empty body', 400, post('/actors', '')],
    ['no body and no type', 415, { method: 'POST', target: '/actors' }],
    [
      'another type',
      415,
      { method: 'POST', target: '/actors', headers: [['Content-Type', 'text/plain']], body: 'x' },
    ],
    ['what is not UTF-8', 400, post('/actors', new Uint8Array([0x7b, 0xc3, 0x7d]))],
    ['missing fields', 422, post('/actors', '{}')],
    ['a compressed body', 415, post('/actors', gzipSync('{}'), ['Content-Encoding', 'gzip'])],
    [
      'a body that is said to be compressed twice',
      415,
      post('/actors', '{}', ['Content-Encoding', 'identity, BR']),
    ],
    ['a body that is too large', 413, post('/actors', '', ['Content-Length', String(MAX_BODY_BYTES + 1)])],
    ['an unknown reference', 404, post('/meetings/meeting-nothing/retractions', '{"reason":"x"}')],
    ['an ETag from elsewhere', 400, post('/actors', '{"kind":"person","name":"A"}', ['If-Match', 'x'])],
    ['a method that the path does not take', 405, { method: 'PUT', target: '/actors', body: '{}' }],
    ['a preflight', 405, { method: 'OPTIONS', target: '/actors' }],
    ['a path that is not there', 404, { target: '/nothing/here' }],
    ['an id that is none', 404, { target: '/meetings/MEETING' }],
    ['a topic that is none', 404, { target: '/topics/nothing' }],
    ['a host that cannot be read', 400, { target: '/health', headers: [['Host', 'a b']] }],
    ['a port that cannot be', 400, { target: '/health', headers: [['Host', 'localhost:99999']] }],
    [
      'two hosts',
      400,
      {
        target: '/health',
        headers: [
          ['Host', 'localhost'],
          ['Host', 'localhost'],
        ],
      },
    ],
    ['an empty host', 400, { target: '/health', headers: [['Host', '']] }],
  ])('both give equal answers to %s: %i', async (_, status, sent) => {
    const answer = await same(sent);
    expect(answer.status, answer.body).toBe(status);
  });

  test.each([
    'application/x-ndjson',
    'Text/Event-Stream',
    'text/*',
    'application/json;q=0.1, application/x-NDJSON',
    '*/*',
  ])('both give equal answers to a page of the history with Accept: %s', async (accept) => {
    const { status, headers } = await same({ target: '/events?limit=3', headers: [['Accept', accept]] });
    expect([status, headers['vary']]).toEqual([200, 'Accept']);
  });

  test('both give equal answers to a write, on either path', async () => {
    const sent = post('/actors', '{"kind":"person","name":"Both"}', ['Idempotency-Key', 'both']);
    const here = await pair.embedded(sent);
    const there = await pair.lambda(sent, 'http-api');
    expect([here.status, there.status, there.headers['idempotency-replayed']]).toEqual([201, 201, 'true']);
    expect(there.body).toBe(here.body);
  });

  test('the compared requests cause no errors of the archive', () => {
    expect([...pair.alarms, ...archive.alarms]).toEqual([]);
  });
});

describe('events of API Gateway', () => {
  test('an event whose body is declared as base64 but is not is 400', async () => {
    for (const body of ['%%%%', 'e30', 'e30=e30=', 'e3 0', '=', 'e30\n']) {
      const answer = await pair.handle({ ...eventOf(post('/actors', '{}'), 'http-api'), body });
      expect([answer.statusCode, answer.headers['content-type']], body).toEqual([
        400,
        'application/problem+json',
      ]);
      expect(Buffer.from(answer.body, 'base64').toString()).toContain('base64');
    }
  });

  test('an event with a header or method that HTTP does not allow is 400', async () => {
    const event = eventOf({ target: '/topics' }, 'http-api');
    for (const odd of [
      { ...event, headers: { ...event.headers, 'a b': 'c' } },
      { ...event, headers: { ...event.headers, prefer: 'a\nb' } },
      { ...event, requestContext: { ...event.requestContext, http: { method: 'TRACE' } } },
    ]) {
      const answer = await pair.handle(odd);
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([400, 'application/problem+json']);
    }
    expect(pair.alarms).toEqual([]);
  });
});
