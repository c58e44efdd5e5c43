// Tests answers that emulators do not give, with a stubbed client: refusals, unprocessed items and conflicts.
import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type AttributeValue,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { itemOf } from '../../../adapters/dynamodb/commit-item.ts';
import { dynamodbEventStore } from '../../../adapters/dynamodb/event-store.ts';
import { dynamodbTable } from '../../../adapters/dynamodb/table.ts';
import { s3BlobStore } from '../../../adapters/s3/blob-store.ts';
import type { Commit } from '../../../domain/ports.ts';

/** Records the waits between retries, and replaces them. */
const waits: number[] = [];
vi.mock('../../../adapters/backoff.ts', () => ({ backoff: async (round: number) => void waits.push(round) }));
const throttled = () =>
  Object.assign(new Error('too much'), { name: 'ProvisionedThroughputExceededException' });

const dynamodb = mockClient(new DynamoDBClient({ region: 'local' }));
const s3 = mockClient(new S3Client({ region: 'local' }));
beforeEach(() => {
  waits.length = 0;
  dynamodb.reset().onAnyCommand().rejects(new Error('not expected'));
  s3.reset().onAnyCommand().rejects(new Error('not expected'));
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const refused = (Item?: Record<string, AttributeValue>) =>
  new ConditionalCheckFailedException({
    $metadata: {},
    message: 'The conditional request failed',
    ...(Item && { Item }),
  });

const store = dynamodbEventStore(dynamodb as unknown as DynamoDBClient, 'events');
const standing: Commit = {
  stream: 'meeting-a',
  revision: 1,
  events: [bytes('{"a":1}')],
  receipt: { command: 'ab' },
};
const late: Commit = { ...standing, events: [bytes('{"b":2}')] };

test('a refused append takes the existing commit from the refusal, without a further request', async () => {
  dynamodb.on(PutItemCommand).rejects(refused(itemOf(standing)));
  expect((await store.append(late))?.events.map(String)).toEqual(standing.events.map(String));
  expect(
    dynamodb.commandCalls(PutItemCommand, { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
  ).toHaveLength(1);
  expect(dynamodb.commandCalls(GetItemCommand)).toHaveLength(0);
});

test('a refused append reads the existing commit, strongly consistent, if the refusal has no item', async () => {
  dynamodb.on(PutItemCommand).rejects(refused());
  dynamodb.on(GetItemCommand, { ConsistentRead: true }).resolves({ Item: itemOf(standing) });
  expect((await store.append(late))?.receipt).toEqual(standing.receipt);
});

test('a refused append rejects if no commit exists after all', async () => {
  dynamodb.on(PutItemCommand).rejects(refused());
  dynamodb.on(GetItemCommand).resolves({});
  await expect(store.append(late)).rejects.toThrow(ConditionalCheckFailedException);
});

const table = dynamodbTable(dynamodb as unknown as DynamoDBClient, 'state');
const item = { partition: 'log', sort: 'head', body: { size: 7 } };

test('a refused conditional write is true if the refusal contains its own token, because the client repeated it', async () => {
  dynamodb.on(PutItemCommand).callsFake((input: PutItemCommandInput) => Promise.reject(own(input)));
  expect(await table.compareAndPut(item, 0)).toBe(true);
  expect(await table.compareAndPut(item, 6)).toBe(true);
});

test('a refused conditional write is true if a consistent read returns its own token', async () => {
  let landed: PutItemCommandInput | undefined;
  dynamodb.on(PutItemCommand).callsFake((input: PutItemCommandInput) => {
    landed = input;
    return Promise.reject(refused());
  });
  dynamodb.on(GetItemCommand, { ConsistentRead: true }).callsFake(() => ({ Item: landed?.Item }));
  expect(await table.compareAndPut(item, 6)).toBe(true);
});

test.each([
  ['the same body by another hand', { token: { B: bytes('another hand, 16') } }],
  ['an item that batchPut wrote, without a token', {}],
])('a refused conditional write is false if the item has %s', async (_, token) => {
  const body = { S: JSON.stringify(item.body) };
  const there = { partition: { S: 'log' }, sort: { S: 'head' }, version: { N: '7' }, body, ...token };
  dynamodb.on(PutItemCommand).rejects(refused(there));
  expect(await table.compareAndPut(item, 6)).toBe(false);
});

test('a refused conditional write is false if the item does not exist', async () => {
  dynamodb.on(PutItemCommand).rejects(refused());
  dynamodb.on(GetItemCommand).resolves({});
  expect(await table.compareAndPut(item, 6)).toBe(false);
});

describe('batches of requests', () => {
  const table = dynamodbTable(dynamodb as unknown as DynamoDBClient, 'views');
  const items = Array.from({ length: 60 }, (_, n) => ({ partition: 'p', sort: `s${n}`, body: n }));

  test('a batch of writes sends only the unprocessed items again', async () => {
    const sent: string[][] = [];
    dynamodb.on(BatchWriteItemCommand).callsFake(({ RequestItems }) => {
      const requests = RequestItems.views;
      sent.push(sortsOf(requests));
      // All but the first ten items of each batch are unprocessed.
      return { UnprocessedItems: requests.length > 10 ? { views: requests.slice(10) } : {} };
    });
    await table.batchPut(items);
    expect(sent.map((batch) => batch.length).toSorted((a, b) => b - a)).toEqual([25, 25, 15, 15, 10, 5, 5]);
    const done = sent.flatMap((batch) => batch.slice(0, 10));
    expect(done.toSorted()).toEqual(items.map(({ sort }) => sort).toSorted());
    expect(waits).toEqual([0, 0, 0, 0]);
  });

  test('a batch of writes is rejected with its counts if retries make no progress', async () => {
    dynamodb.on(BatchWriteItemCommand).callsFake(({ RequestItems }) => ({ UnprocessedItems: RequestItems }));
    await expect(table.batchPut(items.slice(0, 3))).rejects.toThrow(
      'views is throttled and left 3 of 3 items unprocessed',
    );
    expect(waits).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('a batch of writes without progress rejects with the name that the SDK gives to throttling', async () => {
    dynamodb.on(BatchWriteItemCommand).callsFake(({ RequestItems }) => ({ UnprocessedItems: RequestItems }));
    await expect(table.batchPut(items.slice(0, 3))).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  /** Holds sent batches in order, until the test answers each of them. */
  function held() {
    const sent: { answer: (undone?: number) => void; fail: (error: Error) => void }[] = [];
    dynamodb.on(BatchWriteItemCommand).callsFake(
      ({ RequestItems }) =>
        new Promise((resolve, reject) => {
          const answer = (undone = 0) =>
            resolve(undone === 0 ? {} : { UnprocessedItems: { views: RequestItems.views.slice(0, undone) } });
          sent.push({ answer, fail: reject });
        }),
    );
    return sent;
  }
  const turn = () => new Promise<void>(setImmediate);
  const many = Array.from({ length: 250 }, (_, n) => ({ partition: 'p', sort: `s${n}`, body: n }));

  test('a batch of writes starts no further request after a failure, and rejects after the running ones have ended', async () => {
    const sent = held();
    let rejected: unknown;
    const writing = table.batchPut(many).catch((error: unknown) => (rejected = error));
    await turn();
    expect(sent).toHaveLength(4);
    sent[1]?.fail(throttled());
    await turn();
    sent[0]?.answer();
    // This batch is partly unprocessed, but is not sent again after the failure.
    sent[2]?.answer(5);
    await turn();
    expect([sent.length, rejected]).toEqual([4, undefined]);
    sent[3]?.answer();
    await writing;
    expect(rejected).toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    await turn();
    expect(sent).toHaveLength(4);
  });

  test('a batch of deletes contains each key once', async () => {
    dynamodb.on(BatchWriteItemCommand).resolves({});
    await table.batchDelete([...items.slice(0, 20), ...items.slice(0, 20)]);
    const [call, ...others] = dynamodb.commandCalls(BatchWriteItemCommand);
    expect(call?.args[0].input.RequestItems?.['views']).toHaveLength(20);
    expect(others).toEqual([]);
  });

  test('the number of concurrent batches is bounded', async () => {
    let [under, most] = [0, 0];
    dynamodb.on(BatchWriteItemCommand).callsFake(async () => {
      most = Math.max(most, ++under);
      await new Promise(setImmediate);
      under--;
      return {};
    });
    await table.batchPut(
      Array.from({ length: 1_000 }, (_, n) => ({ partition: 'p', sort: `${n}`, body: n })),
    );
    expect(dynamodb.commandCalls(BatchWriteItemCommand)).toHaveLength(40);
    expect(most).toBe(4);
  });
});

describe('an object in S3', () => {
  const blobs = s3BlobStore(s3 as unknown as S3Client, { bucket: 'archive' });

  test('an object is put again after a conflict with a concurrent write in S3', async () => {
    s3.on(PutObjectCommand)
      .rejectsOnce(failure('ConditionalRequestConflict'))
      .rejectsOnce(failure('ConditionalRequestConflict'))
      .resolves({});
    expect(await blobs.create('a', bytes('a'))).toBe('created');
    expect(await blobs.replace('a', bytes('b'), '"etag"')).toBe(true);
    expect(waits).toEqual([0, 1]);
  });

  test('a put to S3 is rejected if the conflict does not end', async () => {
    s3.on(PutObjectCommand).rejects(failure('ConditionalRequestConflict'));
    await expect(blobs.replace('a', bytes('a'), '"etag"')).rejects.toThrow(S3ServiceException);
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(9);
  });

  test("a refused put to S3 counts as done if the object has its own mark, and else as another writer's", async () => {
    let mark: string | undefined;
    s3.on(PutObjectCommand).callsFake(({ Metadata }) => {
      mark = Metadata.put;
      return Promise.reject(failure('PreconditionFailed'));
    });
    s3.on(HeadObjectCommand).callsFake(() => ({ Metadata: { put: mark } }));
    s3.on(GetObjectCommand).callsFake(() => ({ ...object('a'), Metadata: { put: mark } }));
    expect(await blobs.replace('a', bytes('a'), '"etag"')).toBe(true);
    expect(await blobs.create('a', bytes('a'))).toBe('created');
    s3.on(HeadObjectCommand).resolves({ Metadata: { put: 'another' } });
    s3.on(GetObjectCommand).resolves(object('a'));
    expect(await blobs.replace('a', bytes('a'), '"etag"')).toBe(false);
    expect(await blobs.create('a', bytes('a'))).toBe('same');
    expect(await blobs.create('a', bytes('b'))).toBe('different');
  });

  test('an object in S3 that is deleted between refusal and read is put again', async () => {
    s3.on(PutObjectCommand).rejectsOnce(failure('PreconditionFailed')).resolves({});
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ $metadata: {}, message: '' }));
    expect(await blobs.create('a', bytes('a'))).toBe('created');
  });

  test('a refused put to S3 is not done if the object is missing', async () => {
    s3.on(PutObjectCommand).rejects(new NoSuchKey({ $metadata: {}, message: '' }));
    s3.on(HeadObjectCommand).rejects(new NotFound({ $metadata: {}, message: '' }));
    expect(await blobs.replace('a', bytes('a'), '"etag"')).toBe(false);
  });

  test('an object in S3 does not count as missing if access is denied', async () => {
    s3.on(GetObjectCommand).rejects(failure('AccessDenied'));
    await expect(blobs.get('a')).rejects.toThrow(S3ServiceException);
  });

  test('a put to S3 does not count as refused if the bucket is missing', async () => {
    s3.on(PutObjectCommand).rejects(failure('NoSuchBucket'));
    await expect(blobs.replace('a', bytes('a'), '"etag"')).rejects.toThrow(S3ServiceException);
  });
});

/** Returns the answer for an object that a put has stored. */
const own = ({ Item }: PutItemCommandInput) => refused(Item);

const sortsOf = (requests: { PutRequest?: { Item?: Record<string, AttributeValue> | undefined } }[] = []) =>
  requests.map(({ PutRequest }) => PutRequest?.Item?.['sort']?.S ?? '');

const failure = (name: string) => new S3ServiceException({ name, $fault: 'client', $metadata: {} });

const object = (text: string) => ({
  ETag: '"etag"',
  Body: { transformToByteArray: async () => bytes(text) } as never,
});
