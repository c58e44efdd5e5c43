// Tests the DynamoDB adapters on AWS's emulator: the contracts, and the largest item.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodbEventStore } from '../../../adapters/dynamodb/event-store.ts';
import { dynamodbRowStores } from '../../../adapters/dynamodb/row-stores.ts';
import { dynamodbTable } from '../../../adapters/dynamodb/table.ts';
import { TooLarge, type Commit, type EventStore, type Table } from '../../../domain/ports.ts';
import { dynamodbSweepContract } from '../../contract/dynamodb-sweep.ts';
import { eventStoreContract } from '../../contract/event-store.ts';
import { rowStoreContract } from '../../contract/row-store.ts';
import { rowStoresContract } from '../../contract/row-stores.ts';
import { tableContract } from '../../contract/table.ts';
import type { Emulator } from '../../support/servers/dynalite.ts';
import { startDynamodbLocal, whyNoDynamodbLocal } from '../../support/servers/dynamodb-local.ts';

const missing = whyNoDynamodbLocal();
if (missing !== undefined) console.warn(`The suites on DynamoDB Local are skipped: ${missing}.`);

describe.skipIf(missing !== undefined)('on DynamoDB Local', () => {
  let emulator: Emulator;
  let store: EventStore;
  let state: Table;
  beforeAll(async () => {
    emulator = await startDynamodbLocal();
    store = dynamodbEventStore(emulator.client, emulator.tables.events);
    state = dynamodbTable(emulator.client, emulator.tables.state);
  });
  afterAll(() => emulator.close());

  eventStoreContract('the event store on DynamoDB Local', async () => ({ store, close }));
  tableContract('the table on DynamoDB Local', async () => ({ table: state, close }));
  rowStoreContract('the row store on DynamoDB Local', async () => {
    const { client } = emulator;
    return {
      rows: await dynamodbRowStores(client, { prefix: 'test-rows-', scanItems: 100 }).build(1),
      close,
    };
  });

  rowStoresContract('the row stores on DynamoDB Local', async () => {
    const open = () => dynamodbRowStores(emulator.client, { prefix: 'gens-rows-' });
    return { stores: open(), reopen: async () => open(), close };
  });

  test('an item of exactly 400 KB, as AWS counts, is stored, and one byte more is refused before a request is sent', async () => {
    // These bytes cannot be compressed. Packing accepts every byte except a newline.
    await expect(store.append(sized(409_601))).rejects.toEqual(
      new TooLarge('commit 1 of meeting-sized', 409_601, 409_600),
    );
    expect(await store.append(sized(409_600))).toBeUndefined();
    const [read] = await Array.fromAsync(store.read('meeting-sized'));
    expect(read?.events[0]?.length).toBe(sized(409_600).events[0]?.length);
  });

  dynamodbSweepContract('DynamoDB Local', () => emulator);
});

const incompressible = (length: number): Uint8Array =>
  createHash('shake256', { outputLength: length })
    .update('incompressible')
    .digest()
    .map((byte) => (byte === 0x0a ? 0 : byte));

const close = async (): Promise<void> => {};

const sized = (bytes: number): Commit => ({
  stream: 'meeting-sized',
  revision: 1,
  events: [incompressible(bytes - 'streammeeting-sized'.length - 'revision'.length - 2 - 'events'.length)],
});
