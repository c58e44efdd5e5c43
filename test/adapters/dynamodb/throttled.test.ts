// Tests that the error of a throttled store keeps the SDK's name, so that the HTTP API answers that the archive is busy.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dynamodbClient } from '../../../adapters/dynamodb/dynamodb-client.ts';
import { dynamodbEventStore } from '../../../adapters/dynamodb/event-store.ts';
import { dynamodbTable } from '../../../adapters/dynamodb/table.ts';
import { s3BlobStore } from '../../../adapters/s3/blob-store.ts';
import { s3Client } from '../../../adapters/s3/s3-client.ts';
import { emulated } from '../../support/servers/dynalite.ts';
import { startFaultProxy, type FaultProxy } from '../../support/servers/fault-proxy.ts';

let proxy: FaultProxy;
beforeAll(async () => {
  // The proxy throttles every request.
  proxy = await startFaultProxy('http://127.0.0.1:1', () => 'throttle');
});
afterAll(() => proxy.close());

const item = { partition: 'p', sort: 's', body: 0 };
const bytes = new Uint8Array([1]);
const once = () => ({ endpoint: proxy.endpoint, maxAttempts: 1, ...emulated });
const events = () => dynamodbEventStore(dynamodbClient(once()), 'events');
const table = () => dynamodbTable(dynamodbClient(once()), 'state');
const blobs = () => s3BlobStore(s3Client(once()), { bucket: 'articles' });

const calls: Record<string, () => Promise<unknown>> = {
  'append of an event store': () => events().append({ stream: 'meeting-a', revision: 1, events: [bytes] }),
  'get of an event store': () => events().get('meeting-a', 1),
  'read of an event store': () => Array.fromAsync(events().read('meeting-a')),
  'get of a table': () => table().get('p', 's'),
  'compareAndPut of a table': () => table().compareAndPut(item, 0),
  'batchPut of a table': () => table().batchPut([item]),
  'batchDelete of a table': () => table().batchDelete([item]),
  'range of a table': () => Array.fromAsync(table().range('p')),
  'get of objects': () => blobs().get('a'),
  'create of objects': () => blobs().create('a', bytes),
  'replace of objects': () => blobs().replace('a', bytes, '"etag"'),
};

test.each(Object.entries(calls))('the error of a throttled %s keeps its name', async (name, call) => {
  await expect(call()).rejects.toMatchObject({
    name: name.endsWith('objects') ? 'SlowDown' : 'ProvisionedThroughputExceededException',
  });
});
