// The stack's custom resource for the tables of rows: its deletions, and its responses to CloudFormation.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { dynamodbRowStores } from '../../adapters/dynamodb/row-stores.ts';
import { handler } from '../../functions/delete-row-tables.ts';
import { emulated, startDynalite, type Emulator } from '../support/servers/dynalite.ts';

vi.mock('../../functions/runtime/alarm.ts', () => ({ alarm: vi.fn() }));

interface Told {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

let emulator: Emulator;
let cloudFormation: Server;
let answer: number;
let told: Told[];
beforeAll(async () => {
  emulator = await startDynalite();
  cloudFormation = createServer(async (request, response) => {
    const { method, headers } = request;
    told.push({ method, headers, body: JSON.parse(await text(request)) });
    response.writeHead(answer).end();
  }).listen(0, '127.0.0.1');
  await once(cloudFormation, 'listening');
});
afterAll(async () => {
  cloudFormation.close();
  await emulator.close();
});

const tables = async (): Promise<string[]> =>
  (await emulator.client.send(new ListTablesCommand({}))).TableNames ?? [];

beforeEach(async () => {
  [told, answer] = [[], 200];
  vi.stubEnv('AWS_REGION', emulated.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', emulated.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', emulated.credentials.secretAccessKey);
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', emulator.endpoint);
  vi.stubEnv('CHANCERY_ROWS_PREFIX', 'desk-rows-');
  for (const prefix of ['desk-rows-', 'desk-rows-2-rows-', 'other-rows-']) {
    const stores = dynamodbRowStores(emulator.client, { prefix });
    await Promise.all([stores.build(1), stores.build(12)]);
  }
});
afterEach(() => vi.unstubAllEnvs());

const request = (RequestType: 'Create' | 'Update' | 'Delete') =>
  ({
    RequestType,
    ResponseURL: `http://127.0.0.1:${(cloudFormation.address() as AddressInfo).port}/outcome?signature=1`,
    StackId: 'stack-1',
    RequestId: 'request-1',
    LogicalResourceId: 'RowTables',
    ...(RequestType === 'Create' ? {} : { PhysicalResourceId: 'RowTables' }),
  }) as CloudFormationCustomResourceEvent;

const outcome = {
  StackId: 'stack-1',
  RequestId: 'request-1',
  LogicalResourceId: 'RowTables',
  PhysicalResourceId: 'RowTables',
};

test('deleting the stack removes the rows of all generations, and no other table', async () => {
  const before = await tables();
  await handler(request('Delete'));
  expect(await tables()).toEqual(before.filter((name) => !/^desk-rows-\d+$/.test(name)));
  expect(before.length - (await tables()).length).toBe(2);
  expect(told.map(({ method, body }) => [method, body])).toEqual([
    ['PUT', { ...outcome, Status: 'SUCCESS' }],
  ]);
  // The URL is signed for a request without a content type.
  expect(told[0]?.headers).not.toHaveProperty('content-type');
});

test.each(['Create', 'Update'] as const)('a stack that sends %s keeps its tables', async (type) => {
  const before = await tables();
  await handler(request(type));
  expect(await tables()).toEqual(before);
  expect(told.map(({ body }) => body)).toEqual([{ ...outcome, Status: 'SUCCESS' }]);
});

test('the response to CloudFormation has the reason if tables could not be removed', async () => {
  vi.stubEnv('CHANCERY_ROWS_PREFIX', 'x');
  await handler(request('Delete'));
  expect(told.map(({ body }) => body)).toEqual([
    {
      ...outcome,
      Status: 'FAILED',
      Reason: expect.stringContaining('CHANCERY_ROWS_PREFIX must have') as unknown,
    },
  ]);
});

test('an outcome that CloudFormation rejects is an error, so that Lambda retries the request', async () => {
  answer = 403;
  await expect(handler(request('Create'))).rejects.toThrow('answered 403 to the outcome SUCCESS');
});
