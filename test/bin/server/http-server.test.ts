// Requests that an HTTP client library cannot send, and clients that disconnect before the answer.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpServer } from '../../../bin/server/http-server.ts';
import { exchange, openHttpPair, readAnswer, type HttpPair } from '../../support/servers/http-pair.ts';
import { openTestArchive, seed, type TestArchive } from '../../support/archives/test-archive.ts';
import { serveArchive, type ArchiveProcess } from '../../support/servers/archive-process.ts';

let archive: TestArchive;
let pair: HttpPair;
beforeAll(async () => {
  archive = await openTestArchive();
  await seed(archive);
  pair = await openHttpPair(archive);
});
afterAll(async () => {
  await pair.close();
  await archive.close();
});

const request = (first: string, ...lines: string[]) =>
  [`${first} HTTP/1.1`, ...lines, 'Connection: close', '', ''].join('\r\n');

test.each([
  ['has two Host headers', 400, request('GET /health', 'Host: localhost', 'Host: localhost')],
  [
    'has two Host headers that differ',
    400,
    request('GET /health', 'Host: localhost', 'host: archive.example'),
  ],
  ['has no Host header', 400, request('GET /health')],
  ['has an empty Host header', 400, request('GET /health', 'Host:')],
  ['has a host with a space', 400, request('GET /health', 'Host: local host')],
  ['has a host with a path', 400, request('GET /health', 'Host: localhost/health')],
  ['has a host with a name before it', 400, request('GET /health', 'Host: localhost@archive.example')],
  ['has a host with a port above 65535', 400, request('GET /health', 'Host: localhost:99999')],
  ['has half an IPv6 address', 400, request('GET /health', 'Host: [::1')],
  ['has a host that is not ASCII', 400, request('GET /health', 'Host: caf\u00e9')],
  ['has a "#" in its address', 400, request('GET /timeline#?limit=1', 'Host: localhost')],
  ['has a backslash in its address', 400, request('GET /a\\b', 'Host: localhost')],
  ['asks for *', 400, request('OPTIONS *', 'Host: localhost')],
  ['asks for an invalid address', 400, request('GET http://[x/', 'Host: localhost')],
  [
    'asks for the address of another host',
    421,
    request('GET http://archive.example/health', 'Host: localhost'),
  ],
  ['opens a tunnel', 405, request('CONNECT archive.example:443', 'Host: archive.example:443')],
  ['asks for a trace', 405, request('TRACE /health', 'Host: localhost')],
  ['is not HTTP', 400, 'NONSENSE\r\n\r\n'],
  ['has a header without a name', 400, request('GET /health', 'Host: localhost', ': x')],
  [
    'has another transfer coding',
    415,
    request(
      'POST /actors',
      'Host: localhost',
      'Content-Type: application/json',
      'Transfer-Encoding: gzip, chunked',
    ).concat('0\r\n\r\n'),
  ],
])('a request that %s gets a problem with status %i', async (_, status, bytes) => {
  const answer = await readAnswer(pair.port, Buffer.from(bytes, 'latin1'));
  expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/problem+json']);
  expect(JSON.parse(answer.body)).toMatchObject({
    type: expect.stringMatching(/^urn:chancery:problem:/),
    status,
    detail: expect.any(String),
  });
  expect(pair.alarms).toEqual([]);
});

test('an unknown Expect header is ignored', async () => {
  const answer = await readAnswer(pair.port, request('GET /health', 'Host: localhost', 'Expect: wonders'));
  expect([answer.status, answer.body]).toEqual([200, '{"status":"ok"}']);
});

test('a second request on a connection is read after the body of the GET before it', async () => {
  const both = await exchange(
    pair.port,
    `GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc${request('GET /topics', 'Host: localhost')}`,
  );
  expect(both.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
});

test('a request that does not arrive in time gets a problem with status 408', async () => {
  const server = httpServer({ fetch: () => new Response() }, () => {});
  server.headersTimeout = 1;
  server.requestTimeout = 1;
  // Node checks for late requests at this interval. It reads the setting when the server begins to listen.
  Object.assign(server, { connectionsCheckingInterval: 10 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer = await readAnswer(port, 'GET /health HTTP/1.1\r\nHost: local');
  expect([answer.status, answer.headers['content-type']]).toEqual([408, 'application/problem+json']);
  expect(JSON.parse(answer.body).type).toBe('urn:chancery:problem:request-timeout');
  server.close();
});

test('a request whose handler fails gets a 500 with the request id that the log line names', async () => {
  const alarms: string[] = [];
  const server = httpServer({ fetch: () => Promise.reject(new Error('lost')) }, (what) => alarms.push(what));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer = await readAnswer(port, request('GET /health', 'Host: localhost'));
  expect([answer.status, answer.headers['content-type']]).toEqual([500, 'application/problem+json']);
  expect(alarms).toEqual([`GET /health failed (request ${JSON.parse(answer.body).requestId})`]);
  server.close();
});

describe('a client that leaves', () => {
  let home: string;
  let served: ArchiveProcess;
  let port: number;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'chancery-leaving-'));
    served = await serveArchive(home);
    port = Number(new URL(served.url).port);
    const send = (path: string, body: unknown) =>
      fetch(`${served.url}${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Prefer: 'wait=25' },
        body: JSON.stringify(body),
      }).then((answer) => answer.json() as any);
    const { id } = await send('/articles', { text: 'A.', title: 'A', publisher: 'P', language: 'en' });
    // Several megabytes of events exceed the buffers of a connection.
    for (const batch of ['a', 'b', 'c', 'd']) {
      const records = Array.from({ length: 100 }, (_, index) => ({
        kind: 'actor',
        key: `${batch}${index}`,
        body: {
          kind: 'group',
          name: `Group ${batch} ${index}`,
          aliases: Array.from({ length: 40 }, (__, at) => ({
            name: `${batch} ${index} ${at} ${'ж'.repeat(150)}`,
          })),
        },
      }));
      await send(`/articles/${id}/records`, { records });
    }
  });
  afterAll(async () => {
    await served.kill();
    await rm(home, { recursive: true });
  });

  const post = (path: string, ...lines: string[]) =>
    [`POST ${path} HTTP/1.1`, 'Host: localhost', 'Content-Type: application/json', ...lines, '', ''].join(
      '\r\n',
    );
  const get = (path: string, ...lines: string[]) =>
    [`GET ${path} HTTP/1.1`, 'Host: localhost', ...lines, '', ''].join('\r\n');

  /** Sends bytes, waits for the first bytes of an answer if `isAnswered`, and closes or resets the connection. */
  async function leave(
    bytes: string,
    isAnswered: boolean,
    how: 'destroy' | 'resetAndDestroy',
  ): Promise<void> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    await new Promise((resolve) => socket.write(bytes, resolve));
    if (isAnswered) await once(socket, 'data');
    // When the server has answered another connection, it has received these bytes.
    else await fetch(`${served.url}/health`);
    socket[how]();
    await once(socket, 'close');
  }

  test.each([
    ['half a head', 'GET /events HTTP/1.1\r\nHost: loc', false],
    ['half a body of a known length', `${post('/articles', 'Content-Length: 1000')}{"text":"`, false],
    ['half a body in chunks', `${post('/articles', 'Transfer-Encoding: chunked')}5\r\n{"tex\r\n`, false],
    [
      'half of many records',
      `${post('/articles/article-a/records', 'Content-Length: 9999')}{"records":[`,
      false,
    ],
    [
      'a whole write that waits for the read models',
      `${post('/actors', 'Content-Length: 2', 'Prefer: wait=5')}{}`,
      false,
    ],
    ['a long poll', get('/events?after=100000', 'Prefer: wait=25'), false],
    ['a read of a megabyte', get('/events?limit=1000'), true],
    ['a read of the whole history', get('/events', 'Accept: application/x-ndjson'), true],
    ['a read of live events', get('/events', 'Accept: text/event-stream'), true],
  ])('a client that disconnects after it sent %s does not harm the server', async (_, bytes, isAnswered) => {
    for (const how of ['destroy', 'resetAndDestroy'] as const) await leave(bytes, isAnswered, how);
    expect((await fetch(`${served.url}/health`)).status).toBe(200);
  });

  test('clients that disconnected have left no log lines', async () => {
    expect(await served.stop()).toBe(0);
    expect(served.complaints()).toBe('');
  });
});
