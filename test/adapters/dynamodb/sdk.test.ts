// What no emulator answers, from a stubbed client: refusals with and without an item, batches left undone, conflicts.
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

/** The waits between tries, instead of waiting. */
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

describe('an append that is refused', () => {
  const store = dynamodbEventStore(dynamodb as unknown as DynamoDBClient, 'events');
  const standing: Commit = {
    stream: 'meeting-a',
    revision: 1,
    events: [bytes('{"a":1}')],
    receipt: { command: 'ab' },
  };
  const late: Commit = { ...standing, events: [bytes('{"b":2}')] };

  test('takes what stands there from the refusal, and asks for nothing more', async () => {
    dynamodb.on(PutItemCommand).rejects(refused(itemOf(standing)));
    expect((await store.append(late))?.events.map(String)).toEqual(standing.events.map(String));
    expect(
      dynamodb.commandCalls(PutItemCommand, { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    ).toHaveLength(1);
    expect(dynamodb.commandCalls(GetItemCommand)).toHaveLength(0);
  });

  test('reads it, strongly consistent, where the refusal has no item', async () => {
    dynamodb.on(PutItemCommand).rejects(refused());
    dynamodb.on(GetItemCommand, { ConsistentRead: true }).resolves({ Item: itemOf(standing) });
    expect((await store.append(late))?.receipt).toEqual(standing.receipt);
  });

  test('rejects where nothing stands there after all', async () => {
    dynamodb.on(PutItemCommand).rejects(refused());
    dynamodb.on(GetItemCommand).resolves({});
    await expect(store.append(late)).rejects.toThrow(ConditionalCheckFailedException);
  });
});

describe('a conditional write of a table that is refused', () => {
  const table = dynamodbTable(dynamodb as unknown as DynamoDBClient, 'state');
  const item = { partition: 'log', sort: 'head', body: { size: 7 } };

  test('is true where the refusal shows our own token: the client tried it again', async () => {
    dynamodb.on(PutItemCommand).callsFake((input: PutItemCommandInput) => Promise.reject(own(input)));
    expect(await table.compareAndPut(item, 0)).toBe(true);
    expect(await table.compareAndPut(item, 6)).toBe(true);
  });

  test('is true where a consistent read shows it', async () => {
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
    ['an item that putAll wrote, without a token', {}],
  ])('is false where it shows %s', async (_, token) => {
    const body = { S: JSON.stringify(item.body) };
    const there = { partition: { S: 'log' }, sort: { S: 'head' }, version: { N: '7' }, body, ...token };
    dynamodb.on(PutItemCommand).rejects(refused(there));
    expect(await table.compareAndPut(item, 6)).toBe(false);
  });

  test('is false where nothing is there', async () => {
    dynamodb.on(PutItemCommand).rejects(refused());
    dynamodb.on(GetItemCommand).resolves({});
    expect(await table.compareAndPut(item, 6)).toBe(false);
  });
});

describe('batches', () => {
  const table = dynamodbTable(dynamodb as unknown as DynamoDBClient, 'views');
  const items = Array.from({ length: 60 }, (_, n) => ({ partition: 'p', sort: `s${n}`, body: n }));

  test('of writes send again what was left undone, and nothing else', async () => {
    const sent: string[][] = [];
    dynamodb.on(BatchWriteItemCommand).callsFake(({ RequestItems }) => {
      const requests = RequestItems.views;
      sent.push(sortsOf(requests));
      // All but the first ten of each are left.
      return { UnprocessedItems: requests.length > 10 ? { views: requests.slice(10) } : {} };
    });
    await table.batchPut(items);
    expect(sent.map((batch) => batch.length).toSorted((a, b) => b - a)).toEqual([25, 25, 15, 15, 10, 5, 5]);
    const done = sent.flatMap((batch) => batch.slice(0, 10));
    expect(done.toSorted()).toEqual(items.map(({ sort }) => sort).toSorted());
    expect(waits).toEqual([0, 0, 0, 0]);
  });

  test('of writes give up, and say so, where nothing moves any more', async () => {
    dynamodb.on(BatchWriteItemCommand).callsFake(({ RequestItems }) => ({ UnprocessedItems: RequestItems }));
    await expect(table.batchPut(items.slice(0, 3))).rejects.toThrow('views left 3 of 3 items undone');
    expect(waits).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('of writes that nothing moves any more reject with the name that the SDK gives to throttling', async () => {
    dynamodb.on(BatchWriteItemCommand).callsFake(({ RequestItems }) => ({ UnprocessedItems: RequestItems }));
    await expect(table.batchPut(items.slice(0, 3))).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  /** Batches under way, in the order in which they were sent: each is answered when the test says so. */
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

  test('of writes start no further request after one has failed, and reject only once those under way have ended', async () => {
    const sent = held();
    let rejected: unknown;
    const writing = table.batchPut(many).catch((error: unknown) => (rejected = error));
    await turn();
    expect(sent).toHaveLength(4);
    sent[1]?.fail(throttled());
    await turn();
    sent[0]?.answer();
    // Left partly undone: it is not sent again after the failure.
    sent[2]?.answer(5);
    await turn();
    expect([sent.length, rejected]).toEqual([4, undefined]);
    sent[3]?.answer();
    await writing;
    expect(rejected).toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    await turn();
    expect(sent).toHaveLength(4);
  });

  test('of removals name each key once', async () => {
    dynamodb.on(BatchWriteItemCommand).resolves({});
    await table.batchDelete([...items.slice(0, 20), ...items.slice(0, 20)]);
    const [call, ...others] = dynamodb.commandCalls(BatchWriteItemCommand);
    expect(call?.args[0].input.RequestItems?.['views']).toHaveLength(20);
    expect(others).toEqual([]);
  });

  test('are a bounded number at once', async () => {
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

  test('is put again after a conflict with another write under way', async () => {
    s3.on(PutObjectCommand)
      .rejectsOnce(failure('ConditionalRequestConflict'))
      .rejectsOnce(failure('ConditionalRequestConflict'))
      .resolves({});
    expect(await blobs.create('a', bytes('a'))).toBe('created');
    expect(await blobs.replace('a', bytes('b'), '"etag"')).toBe(true);
    expect(waits).toEqual([0, 1]);
  });

  test('is given up where the conflict does not end', async () => {
    s3.on(PutObjectCommand).rejects(failure('ConditionalRequestConflict'));
    await expect(blobs.replace('a', bytes('a'), '"etag"')).rejects.toThrow(S3ServiceException);
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(9);
  });

  test('is ours where the refusal comes of our own lost answer, and else another’s', async () => {
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

  test('that goes between refusal and reading is put again', async () => {
    s3.on(PutObjectCommand).rejectsOnce(failure('PreconditionFailed')).resolves({});
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ $metadata: {}, message: '' }));
    expect(await blobs.create('a', bytes('a'))).toBe('created');
  });

  test('is not ours where it was refused and is gone', async () => {
    s3.on(PutObjectCommand).rejects(new NoSuchKey({ $metadata: {}, message: '' }));
    s3.on(HeadObjectCommand).rejects(new NotFound({ $metadata: {}, message: '' }));
    expect(await blobs.replace('a', bytes('a'), '"etag"')).toBe(false);
  });

  test('is not taken for absent where access is denied', async () => {
    s3.on(GetObjectCommand).rejects(failure('AccessDenied'));
    await expect(blobs.get('a')).rejects.toThrow(S3ServiceException);
  });

  test('is not taken for refused where the bucket is missing', async () => {
    s3.on(PutObjectCommand).rejects(failure('NoSuchBucket'));
    await expect(blobs.replace('a', bytes('a'), '"etag"')).rejects.toThrow(S3ServiceException);
  });
});

/** What a put that had landed left there. */
const own = ({ Item }: PutItemCommandInput) => refused(Item);

const sortsOf = (requests: { PutRequest?: { Item?: Record<string, AttributeValue> | undefined } }[] = []) =>
  requests.map(({ PutRequest }) => PutRequest?.Item?.['sort']?.S ?? '');

const failure = (name: string) => new S3ServiceException({ name, $fault: 'client', $metadata: {} });

const object = (text: string) => ({
  ETag: '"etag"',
  Body: { transformToByteArray: async () => bytes(text) } as never,
});
