// Tests the DynamoDB adapters on dynalite, which runs everywhere: the contracts, the size of items, and refusals.
import { createHash } from 'node:crypto';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodbEventStore } from '../../../adapters/dynamodb/event-store.ts';
import { itemBytes, MAX_ITEM_BYTES, writeUnits } from '../../../adapters/dynamodb/item-size.ts';
import { dynamodbRowStores } from '../../../adapters/dynamodb/row-stores.ts';
import { dynamodbTable } from '../../../adapters/dynamodb/table.ts';
import { TooLarge, type Commit } from '../../../domain/ports.ts';
import { dynamodbSweepContract } from '../../contract/dynamodb-sweep.ts';
import { eventStoreContract } from '../../contract/event-store.ts';
import { rowStoreContract } from '../../contract/row-store.ts';
import { rowStoresContract } from '../../contract/row-stores.ts';
import { tableContract } from '../../contract/table.ts';
import { startDynalite, type Emulator } from '../../support/servers/dynalite.ts';
import { meteredClient } from '../../support/stores/meter.ts';
import { segmentsCommit } from '../../support/segments.ts';

eventStoreContract('the event store on dynalite', async () => {
  const { client, tables, close } = await startDynalite();
  return { store: dynamodbEventStore(client, tables.events), close };
});
tableContract('the table on dynalite', async () => {
  const { client, tables, close } = await startDynalite();
  return { table: dynamodbTable(client, tables.state), close };
});
rowStoreContract('the row store on dynalite', async () => {
  const { client, close } = await startDynalite();
  return { rows: await dynamodbRowStores(client, { prefix: 'test-rows-', scanItems: 100 }).build(1), close };
});
rowStoresContract('the row stores on dynalite', async () => {
  const { client, close } = await startDynalite();
  const open = () => dynamodbRowStores(client, { prefix: 'gens-rows-' });
  return { stores: open(), reopen: async () => open(), close };
});

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startDynalite();
});
afterAll(() => emulator.close());

dynamodbSweepContract('dynalite', () => emulator);

const store = () => dynamodbEventStore(emulator.client, emulator.tables.events);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function itemAt(stream: string, revision: number) {
  const Key = { stream: { S: stream }, revision: { N: String(revision) } };
  const { Item } = await emulator.client.send(
    new GetItemCommand({ TableName: emulator.tables.events, Key, ConsistentRead: true }),
  );
  if (!Item) throw new Error(`${stream} ${revision} is absent`);
  return Item;
}
async function unitsOf(commit: Commit): Promise<number> {
  await store().append(commit);
  return writeUnits(await itemAt(commit.stream, commit.revision));
}

describe('the size of a commit', () => {
  const streams = Array.from({ length: 60 }, (_, index) => index + 1);

  test('a commit with one event of about 1 KB and its receipt takes one write unit', async () => {
    for (const stream of streams) expect(await unitsOf(segmentsCommit(stream, 1, 'about 1 KB'))).toBe(1);
  });

  test('a commit with one event of 1.5 KB takes one write unit, because it is compressed', async () => {
    for (const stream of streams) expect(await unitsOf(segmentsCommit(stream, 1, 'whole'))).toBe(1);
  });

  test.each([
    ['about 1 KB' as const, 3.2],
    // Events of 1.5 KB, with 600 to 800 characters of random words.
    ['whole' as const, 4],
  ])('a commit with ten events of %s takes at most %d write units on average', async (size, most) => {
    let units = 0;
    for (const stream of streams) units += await unitsOf(segmentsCommit(stream, 10, size));
    expect(units / streams.length).toBeLessThanOrEqual(most);
  });

  test('a commit is stored uncompressed if compression saves no write unit', async () => {
    const commit = segmentsCommit(900, 1, 'about 1 KB');
    const short: Commit = {
      ...commit,
      stream: 'meeting-short',
      events: [bytes('{"short":"aaaaaaaaaaaaaaaaaaaaa"}')],
    };
    await store().append(short);
    const item = await itemAt('meeting-short', 1);
    expect(Buffer.from(item['events']?.B ?? []).toString()).toBe('{"short":"aaaaaaaaaaaaaaaaaaaaa"}');
    expect(Object.keys(item).toSorted()).toEqual(['command', 'events', 'revision', 'stream']);
    expect(item['command']?.B).toHaveLength(32);
  });
});

test('the size of an item is computed as AWS does: names and values, numbers by their digits', () => {
  expect(itemBytes({ a: { S: 'é' } })).toBe(3);
  expect(itemBytes({ é: { B: new Uint8Array(5) } })).toBe(7);
  expect([1, 9, 10, 12, 100, 123, 1_000, 12_345].map((n) => itemBytes({ n: { N: String(n) } }))).toEqual([
    3, 3, 3, 3, 3, 4, 3, 5,
  ]);
  expect(itemBytes({ n: { N: '-12' } })).toBe(4);
  expect(itemBytes({ l: { L: [{ S: 'ab' }, { S: 'c' }] } })).toBe(1 + 3 + 3 + 2);
  expect(writeUnits({ a: { B: new Uint8Array(1_023) } })).toBe(1);
  expect(writeUnits({ a: { B: new Uint8Array(1_024) } })).toBe(2);
});

test('a commit that is too large is refused before a request is sent, with its size as AWS counts and the limit', async () => {
  const { client, requests } = meteredClient(emulator.endpoint);
  const events = Array.from({ length: 40 }, (_, n) => noise(60_000 + n));
  const refusal: unknown = await dynamodbEventStore(client, emulator.tables.events)
    .append({ stream: 'meeting-large', revision: 1, events })
    .catch((error: unknown) => error);
  client.destroy();
  expect(refusal).toBeInstanceOf(TooLarge);
  expect(refusal).toMatchObject({ limit: MAX_ITEM_BYTES });
  expect((refusal as TooLarge).bytes).toBeGreaterThan(MAX_ITEM_BYTES);
  expect(requests).toEqual([]);
});

test('a commit whose plain bytes exceed the limit is stored if it compresses enough', async () => {
  const events = Array.from({ length: 40 }, (_, n) =>
    bytes(JSON.stringify(`${n}`.padEnd(60_000, 'diplomacy '))),
  );
  expect(await store().append({ stream: 'meeting-repeats', revision: 1, events })).toBeUndefined();
  const [read] = await Array.fromAsync(store().read('meeting-repeats'));
  expect(read?.events.map((event) => Buffer.from(event).toString())).toEqual(
    events.map((event) => Buffer.from(event).toString()),
  );
});

test('an item without events is refused as a commit', async () => {
  const Item = { stream: { S: 'meeting-bare' }, revision: { N: '1' }, events: { S: 'text' } };
  await emulator.client.send(new PutItemCommand({ TableName: emulator.tables.events, Item }));
  await expect(Array.fromAsync(store().read('meeting-bare'))).rejects.toThrow('an attribute is missing');
});

test('a table refuses a body over the limit and a body that is not JSON, before anything is written', async () => {
  const table = dynamodbTable(emulator.client, emulator.tables.state);
  const item = { partition: 'p', sort: 's', body: 'x'.repeat(350 * 1_024 - 1) };
  await expect(table.compareAndPut(item, 0)).rejects.toThrow(TooLarge);
  await expect(
    table.batchPut([
      { ...item, body: 1 },
      { ...item, sort: 't' },
    ]),
  ).rejects.toThrow(TooLarge);
  await expect(table.compareAndPut({ ...item, body: undefined }, 0)).rejects.toThrow(TypeError);
  expect(await table.get('p', 's')).toBeUndefined();
});

/** Returns a JSON string of `length` bytes that Brotli compresses to three quarters. */
const noise = (length: number): Uint8Array => {
  const random = createHash('shake256', { outputLength: length }).update(`${length}`).digest('base64url');
  return bytes(JSON.stringify(random.slice(0, length - 2)));
};
