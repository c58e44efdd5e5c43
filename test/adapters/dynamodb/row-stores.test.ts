// Tests row stores on DynamoDB beyond their contract: states of tables, throttling, requests, and costs of reads.
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  QueryCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  ScanCommand,
  type BatchWriteItemCommandInput,
  type TableStatus,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { dynamodbRowStore } from '../../../adapters/dynamodb/row-store.ts';
import { dynamodbRowStores } from '../../../adapters/dynamodb/row-stores.ts';
import { startDynalite, type Emulator } from '../../support/servers/dynalite.ts';
import { meteredClient } from '../../support/stores/meter.ts';

vi.mock('../../../adapters/backoff.ts', () => ({ backoff: async () => {} }));

const client = new DynamoDBClient({ region: 'local' });
const dynamodb = mockClient(client);
beforeEach(() => {
  dynamodb.reset().onAnyCommand().rejects(new Error('not expected'));
});

const inUse = new ResourceInUseException({ $metadata: {}, message: 'in use' });
const notFound = new ResourceNotFoundException({ $metadata: {}, message: 'not found' });

/** Answers one description of the table after another; undefined means that it does not exist. */
function describedAs(...states: (TableStatus | undefined)[]): void {
  const left = [...states];
  dynamodb.on(DescribeTableCommand).callsFake(() => {
    const status = left.length > 1 ? left.shift() : left[0];
    if (status === undefined) throw notFound;
    return { Table: { TableStatus: status } };
  });
}
const calls = () =>
  dynamodb.calls().map(({ args: [{ constructor }] }) => constructor.name.replace('Command', ''));

describe('building a generation on DynamoDB', () => {
  const stores = dynamodbRowStores(client, { prefix: 'a-rows-', kmsKey: 'key-1', tags: { archive: 'a' } });

  test('building a generation creates its table on demand, with the key and the tags, and waits until it is active', async () => {
    dynamodb.on(CreateTableCommand).resolves({});
    describedAs(undefined, 'CREATING', 'ACTIVE');
    await stores.build(3);
    expect(calls()).toEqual(['CreateTable', 'DescribeTable', 'DescribeTable', 'DescribeTable']);
    expect(dynamodb.commandCalls(CreateTableCommand)[0]?.args[0].input).toMatchObject({
      TableName: 'a-rows-3',
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: 'key-1' },
      Tags: [{ Key: 'archive', Value: 'a' }],
    });
  });

  test('building a generation without a key and tags sends neither', async () => {
    dynamodb.on(CreateTableCommand).resolves({});
    describedAs('ACTIVE');
    await dynamodbRowStores(client, { prefix: 'a-rows-' }).build(3);
    const input = dynamodb.commandCalls(CreateTableCommand)[0]?.args[0].input;
    expect(input).not.toHaveProperty('SSESpecification');
    expect(input).not.toHaveProperty('Tags');
  });

  test.each(['ACTIVE', 'CREATING'] as const)(
    'building a generation leaves a table that is %s unchanged',
    async (status) => {
      dynamodb.on(CreateTableCommand).rejects(inUse);
      describedAs(status, 'ACTIVE');
      await stores.build(3);
      expect(dynamodb.commandCalls(CreateTableCommand)).toHaveLength(1);
    },
  );

  test('building a generation waits for a table that is being deleted, and then creates it', async () => {
    dynamodb.on(CreateTableCommand).rejectsOnce(inUse).resolves({});
    describedAs('DELETING', 'DELETING', undefined, 'ACTIVE');
    await stores.build(3);
    expect(calls().filter((name) => name === 'CreateTable')).toHaveLength(2);
  });

  test('building a generation rejects with any other error of DynamoDB', async () => {
    dynamodb.on(CreateTableCommand).rejects(new Error('AccessDenied'));
    await expect(stores.build(3)).rejects.toThrow('AccessDenied');
  });
});

describe('dropping a generation on DynamoDB', () => {
  const stores = dynamodbRowStores(client, { prefix: 'a-rows-' });

  test('dropping a generation deletes its table and waits until it is gone', async () => {
    dynamodb.on(DeleteTableCommand, { TableName: 'a-rows-3' }).resolves({});
    describedAs('ACTIVE', 'DELETING', undefined);
    await stores.drop(3);
    expect(calls()).toEqual(['DescribeTable', 'DeleteTable', 'DescribeTable', 'DescribeTable']);
  });

  test('dropping a generation deletes nothing if there is no table', async () => {
    describedAs(undefined);
    await stores.drop(3);
    expect(dynamodb.commandCalls(DeleteTableCommand)).toHaveLength(0);
  });

  test('dropping a generation waits for a table that another process creates or deletes', async () => {
    dynamodb.on(DeleteTableCommand).resolves({});
    describedAs('CREATING', 'ACTIVE', undefined);
    await stores.drop(3);
    expect(dynamodb.commandCalls(DeleteTableCommand)).toHaveLength(1);
    dynamodb.resetHistory();
    describedAs('DELETING', undefined);
    await stores.drop(3);
    expect(dynamodb.commandCalls(DeleteTableCommand)).toHaveLength(0);
  });

  test.each([inUse, notFound])(
    'dropping a generation takes $name as a deletion by another process',
    async (refusal) => {
      dynamodb.on(DeleteTableCommand).rejects(refusal);
      describedAs('ACTIVE', undefined);
      await expect(stores.drop(3)).resolves.toBeUndefined();
    },
  );
});

test('the generations on DynamoDB are the tables whose name is the prefix and a number, on all pages', async () => {
  dynamodb
    .on(ListTablesCommand, { ExclusiveStartTableName: undefined })
    .resolves({ TableNames: ['a-events', 'a-rows-1', 'a-rows-12'], LastEvaluatedTableName: 'a-rows-12' })
    .on(ListTablesCommand, { ExclusiveStartTableName: 'a-rows-12' })
    .resolves({
      TableNames: [
        'a-rows-2-events',
        'a-rows-2-rows-1',
        'a-rows-03',
        'a-rows-',
        'a-rows--1',
        'b-a-rows-4',
        'a-rows-5',
      ],
    });
  expect(await dynamodbRowStores(client, { prefix: 'a-rows-' }).list()).toEqual([1, 12, 5]);
});

describe('appending row versions to DynamoDB', () => {
  const rows = dynamodbRowStore(client, 'a-rows-1');
  const versions = Array.from({ length: 1_000 }, (_, position) => ({
    partition: 'p',
    sort: 'a',
    position,
    body: { position },
  }));

  test('appending row versions names no key twice in a request, even if the versions do', async () => {
    dynamodb.on(BatchWriteItemCommand).resolves({});
    await rows.append([...versions.slice(7, 8), ...versions.slice(7, 8)]);
    expect(
      dynamodb.commandCalls(BatchWriteItemCommand).map(({ args: [{ input }] }) => input.RequestItems),
    ).toEqual([{ 'a-rows-1': [{ PutRequest: { Item: expect.anything() as unknown } }] }]);
  });

  test('appending row versions repeats unprocessed items until all are written', async () => {
    const written: unknown[] = [];
    dynamodb.on(BatchWriteItemCommand).callsFake(({ RequestItems }: BatchWriteItemCommandInput) => {
      const requests = RequestItems?.['a-rows-1'] ?? [];
      written.push(...requests.slice(0, 10));
      return requests.length > 10 ? { UnprocessedItems: { 'a-rows-1': requests.slice(10) } } : {};
    });
    await rows.append(versions);
    expect(written).toHaveLength(versions.length);
    expect(new Set(written).size).toBe(versions.length);
  });

  test('appending row versions rejects as throttled if DynamoDB no longer processes any item', async () => {
    dynamodb.on(BatchWriteItemCommand).callsFake(({ RequestItems }) => ({ UnprocessedItems: RequestItems }));
    await expect(rows.append(versions)).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  test('appending row versions sends at most sixteen requests at once', async () => {
    let underWay = 0;
    let most = 0;
    dynamodb.on(BatchWriteItemCommand).callsFake(async () => {
      most = Math.max(most, ++underWay);
      await new Promise(setImmediate);
      underWay--;
      return {};
    });
    await rows.append(versions);
    expect(dynamodb.commandCalls(BatchWriteItemCommand)).toHaveLength(40);
    expect(most).toBe(16);
  });

  test('appending row versions rejects a body of more than 350 KB before the first request', async () => {
    const body = { text: 'x'.repeat(350 * 1_024) };
    await expect(
      rows.append([...versions, { partition: 'p', sort: 'b', position: 7, body }]),
    ).rejects.toThrow('p b at position 7');
    expect(calls()).toEqual([]);
  });
});

test('a scan of DynamoDB is eventually consistent and resumes after its cursor', async () => {
  const rows = dynamodbRowStore(client, 'a-rows-1');
  const key = { partition: { S: 'p' }, sort: { S: 'a\u0001000000000007' } };
  dynamodb
    .on(ScanCommand, { ExclusiveStartKey: undefined })
    .resolves({ Items: [key], LastEvaluatedKey: key });
  dynamodb.on(ScanCommand, { ExclusiveStartKey: key }).resolves({ Items: [] });
  const first = await rows.scan();
  expect(first.versions).toEqual([{ partition: 'p', sort: 'a', position: 7 }]);
  expect(await rows.scan(first.next)).toEqual({ versions: [] });
  for (const { args } of dynamodb.commandCalls(ScanCommand))
    expect(args[0].input.ConsistentRead).toBeUndefined();
});

test('a page of a scan of DynamoDB has a limit only if the caller gives one', async () => {
  dynamodb.on(ScanCommand).resolves({ Items: [] });
  await dynamodbRowStores(client, { prefix: 'a-rows-' }).open(1).scan();
  await dynamodbRowStores(client, { prefix: 'a-rows-', scanItems: 7 }).open(1).scan();
  const limits = dynamodb.commandCalls(ScanCommand).map(({ args: [{ input }] }) => input.Limit);
  expect(limits).toEqual([undefined, 7]);
});

test('a range of DynamoDB is strongly consistent and keeps the name of throttling', async () => {
  dynamodb.on(QueryCommand).rejects(Object.assign(new Error('too much'), { name: 'ThrottlingException' }));
  const reading = Array.fromAsync(dynamodbRowStore(client, 'a-rows-1').range('p', { at: 3 }));
  await expect(reading).rejects.toMatchObject({ name: 'ThrottlingException' });
  expect(dynamodb.commandCalls(QueryCommand)[0]?.args[0].input.ConsistentRead).toBe(true);
});

test('a range rejects an item whose key has no position, and names it', async () => {
  dynamodb.on(QueryCommand).resolves({ Items: [{ partition: { S: 'p' }, sort: { S: 'a' } }] });
  const reading = Array.fromAsync(dynamodbRowStore(client, 'a-rows-1').range('p', { at: 3 }));
  await expect(reading).rejects.toThrow('p a is not a row version');
});

describe('on dynalite', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startDynalite();
  });
  afterAll(() => emulator.close());

  test('a generation on dynalite is created, found by its number, and dropped', async () => {
    const stores = dynamodbRowStores(emulator.client, { prefix: 'desk-rows-' });
    await dynamodbRowStores(emulator.client, { prefix: 'desk-rows-2-' }).build(1);
    await stores.build(1);
    await stores.build(2);
    await stores.build(2);
    expect((await stores.list()).toSorted()).toEqual([1, 2]);
    await stores.drop(1);
    await stores.drop(1);
    expect(await stores.list()).toEqual([2]);
    await expect(stores.open(1).append([{ partition: 'p', sort: 'a', position: 0 }])).rejects.toThrow(
      ResourceNotFoundException,
    );
  });

  test('one row with many versions is read by one query of one item', async () => {
    const { client: metered, requests, units } = meteredClient(emulator.endpoint);
    const rows = await dynamodbRowStores(metered, { prefix: 'single-rows-' }).build(1);
    const body = { text: 'x'.repeat(900) };
    await rows.append(
      Array.from({ length: 500 }, (_, n) => ({
        partition: 'p',
        sort: 'a',
        position: 2 * n,
        body: { n, ...body },
      })),
    );
    requests.length = 0;
    units.reads = 0;
    const read = (at: number) => Array.fromAsync(rows.range('p', { at, from: 'a', below: 'a\0' }));
    expect(await read(101)).toEqual([{ sort: 'a', position: 100, body: { n: 50, ...body } }]);
    expect(requests).toEqual(['Query']);
    expect(units.reads).toBe(1);
    expect(await read(-1)).toEqual([]);
    metered.destroy();
  });

  test('a reader who stops after one row has read ten items, and after 100 rows 130', async () => {
    const { client: metered } = meteredClient(emulator.endpoint);
    const asked: unknown[] = [];
    metered.middlewareStack.add(
      (next) => (args) => {
        if ('Limit' in args.input) asked.push(args.input.Limit);
        return next(args);
      },
      { step: 'initialize', name: 'limits' },
    );
    const rows = await dynamodbRowStores(metered, { prefix: 'paged-rows-' }).build(1);
    await rows.append(
      Array.from({ length: 200 }, (_, n) => ({
        partition: 'p',
        sort: `${1_000 + n}`,
        position: n,
        body: { n },
      })),
    );
    const take = async (count: number) => {
      asked.length = 0;
      for await (const _ of rows.range('p', { at: 200, descending: true })) if (--count === 0) break;
      return asked;
    };
    expect(await take(1)).toEqual([10]);
    expect(await take(100)).toEqual([10, 30, 90]);
    metered.destroy();
  });
});

describe('rows on DynamoDB that cannot be read', () => {
  const rows = dynamodbRowStore(client, 'a-rows-1');

  test('rows of a missing table are damaged', async () => {
    dynamodb.on(ScanCommand).rejects(notFound);
    await expect(rows.scan()).rejects.toMatchObject({
      name: 'Damaged',
      message: expect.stringContaining('table a-rows-1'),
    });
  });

  test('rows that are not JSON are damaged, and the error names them', async () => {
    const item = { partition: { S: 'all' }, sort: { S: 'x\u0001000000000007' }, body: { S: '{' } };
    dynamodb.on(ScanCommand).resolves({ Items: [item] });
    await expect(rows.scan()).rejects.toMatchObject({
      name: 'Damaged',
      message: expect.stringContaining('row all x'),
    });
  });
});
