// Failures of the archive and throttling by its store: the answers to clients and the reports to operators.
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodbClient } from '../../../../adapters/dynamodb/dynamodb-client.ts';
import { s3Client } from '../../../../adapters/s3/s3-client.ts';
import { Refusal } from '../../../../domain/errors.ts';
import type { EventStore } from '../../../../domain/ports.ts';
import { createApi } from '../../../../functions/api/create-api.ts';
import { gatewayHandler } from '../../../../functions/runtime/gateway.ts';
import { apiEvent } from '../../../support/bundles.ts';
import { emulated } from '../../../support/servers/dynalite.ts';
import { articleBody, openTestArchive, type TestArchive } from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
beforeAll(async () => {
  archive = await openTestArchive();
});
afterAll(() => archive.close());

/** Returns the archive with a store that fails with this error, and the reports to its operator. */
function failing(error: unknown) {
  const told: { what: string; error: unknown }[] = [];
  const fail = () => {
    throw error;
  };
  const store: EventStore = { ...archive.embedded.archive.store, append: fail, get: fail, read: fail };
  const api = createApi({
    ...archive.embedded.archive,
    store,
    history: fail,
    report: (what, cause) => told.push({ what, error: cause }),
  });
  const post = async (path: string, body: unknown) => {
    const response = await api.request(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { response, body: (await response.json()) as any };
  };
  return { api, told, post };
}

const named = (name: string, more: object = {}) =>
  Object.assign(new Error('Rate exceeded'), { name, ...more });
const actor = { kind: 'person', name: 'A' };

test('a read that is refused during the first fold is not reported to the operator', async () => {
  const told: string[] = [];
  const api = createApi({
    ...archive.embedded.archive,
    open: async () => {
      throw new Refusal('not-ready', 'the read models fold the history for the first time');
    },
    report: (what) => told.push(what),
  });
  const response = await api.request('/timeline');
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await response.json()).not.toHaveProperty('requestId');
  expect(told).toEqual([]);
});

describe('failures of the archive', () => {
  test('a failure is a 500 with the request id of its log line, and does not expose its cause', async () => {
    const cause = new Error('disk /dev/secret is full');
    const { told, post } = failing(cause);
    const { response, body } = await post('/actors', actor);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      500,
      'application/problem+json',
    ]);
    expect(body).toMatchObject({
      type: 'urn:chancery:problem:internal-error',
      status: 500,
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    });
    expect(told).toEqual([{ what: `POST /actors failed (request ${body.requestId})`, error: cause }]);
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  test('the advice after a failure cannot lead to a second record', async () => {
    const { post } = failing(new Error('lost'));
    const { body } = await post('/actors', actor);
    expect(body.detail).toContain('retry with the same Idempotency-Key, or read first');
    expect(body.detail).not.toMatch(/try again/i);
  });

  test('each failure has its own id', async () => {
    const { post } = failing(new Error('lost'));
    const ids = [await post('/actors', actor), await post('/actors', actor)].map(
      ({ body }) => body.requestId,
    );
    expect(new Set(ids).size).toBe(2);
  });

  test('a failed record of a batch has a request id', async () => {
    const { id } = (await archive.post('/articles', articleBody)).body;
    const told: string[] = [];
    const { store } = archive.embedded.archive;
    const api = createApi({
      ...archive.embedded.archive,
      store: { ...store, append: () => Promise.reject(new Error('lost')) },
      report: (what) => told.push(what),
    });
    const response = await api.request(`/articles/${id}/records`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ records: [{ kind: 'actor', key: 'a', body: actor }] }),
    });
    const { records } = (await response.json()) as any;
    expect(records[0]).toMatchObject({ status: 500, problem: { status: 500 } });
    expect(told).toEqual([`POST /articles/${id}/records failed (request ${records[0].problem.requestId})`]);
  });

  test('a failure outside all routes is a problem with a request id on Lambda, regardless of the thrown value', async () => {
    for (const thrown of [new Error('lost'), 'a string', null]) {
      const told: string[] = [];
      const handle = gatewayHandler({ fetch: () => Promise.reject(thrown) }, (what) => told.push(what));
      const answer = await handle(apiEvent('GET', '/timeline') as any);
      const body = JSON.parse(Buffer.from(answer.body, 'base64').toString());
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([500, 'application/problem+json']);
      expect(told).toEqual([`GET /timeline failed (request ${body.requestId})`]);
    }
  });
});

describe('throttling by the store', () => {
  test.each([
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'RequestLimitExceeded',
    'SlowDown',
    'TransactionConflictException',
    'TooManyRequestsException',
  ])('throttling with %s is 503 busy with Retry-After', async (name) => {
    for (const error of [
      named(name),
      new Error('the batch failed', { cause: named(name) }),
      new AggregateError([new Error('other'), named(name)]),
    ]) {
      const { told, post } = failing(error);
      const { response, body } = await post('/actors', actor);
      expect([response.status, response.headers.get('retry-after'), body.type]).toEqual([
        503,
        '1',
        'urn:chancery:problem:busy',
      ]);
      expect(body.detail).toContain('retry with the same Idempotency-Key, or read first');
      expect(told).toEqual([{ what: `POST /actors failed (request ${body.requestId})`, error }]);
    }
  });

  test('a throttled record ends the attempts of its batch, so that the answer precedes the timeout', async () => {
    const { id } = (await archive.post('/articles', articleBody)).body;
    let [tries, reports] = [0, 0];
    const { store } = archive.embedded.archive;
    const api = createApi({
      ...archive.embedded.archive,
      store: { ...store, append: () => Promise.reject(named('ThrottlingException', { tries: ++tries })) },
      report: () => reports++,
    });
    const records = ['a', 'b', 'c'].map((key) => ({ kind: 'actor', key, body: actor }));
    const response = await api.request(`/articles/${id}/records`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ records }),
    });
    const results = ((await response.json()) as any).records;
    expect(results.map(({ key, status, problem }: any) => [key, status, problem.type])).toEqual(
      ['a', 'b', 'c'].map((key) => [key, 503, 'urn:chancery:problem:busy']),
    );
    expect([tries, reports]).toEqual([1, 1]);
  });

  test('throttling is recognised by the metadata of an unnamed error of the SDK', async () => {
    for (const more of [{ $retryable: { throttling: true } }, { $metadata: { httpStatusCode: 429 } }]) {
      const { response } = await failing(named('Unheard', more)).post('/actors', actor);
      expect(response.status).toBe(503);
    }
  });

  test('throttling is not confused with other failures', async () => {
    const circular: Error & { cause?: unknown } = new Error('round');
    circular.cause = circular;
    for (const error of [named('ResourceNotFoundException'), named('TimeoutError'), circular]) {
      const { response, body } = await failing(error).post('/actors', actor);
      expect([response.status, body.type]).toEqual([500, 'urn:chancery:problem:internal-error']);
    }
  });

  test('throttling is recognised in the errors that the SDK throws for DynamoDB and S3', async () => {
    const server = createServer((request, response) => {
      const isTable = request.headers['x-amz-target'] !== undefined;
      response.writeHead(isTable ? 400 : 503, {
        'Content-Type': isTable ? 'application/x-amz-json-1.0' : 'application/xml',
      });
      response.end(
        isTable
          ? '{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"x"}'
          : '<Error><Code>SlowDown</Code><Message>x</Message></Error>',
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const once1 = { endpoint, maxAttempts: 1, ...emulated };
    const [tables, objects] = [dynamodbClient(once1), s3Client(once1)];
    const errors = await Promise.allSettled([
      tables.send(new GetItemCommand({ TableName: 't', Key: { partition: { S: 'a' } } })),
      objects.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })),
    ]);
    for (const each of errors) {
      if (each.status === 'fulfilled') throw new Error('the server throttled nothing');
      const { response } = await failing(each.reason).post('/actors', actor);
      expect(response.status, String(each.reason)).toBe(503);
    }
    tables.destroy();
    objects.destroy();
    server.close();
  });
});
