// Tests the costs of the archive's calls on DynamoDB in billed units, as AWS's emulator counts them.
import { CreateTableCommand, waitUntilTableExists, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodbEventStore } from '../../../adapters/dynamodb/event-store.ts';
import { dynamodbTable } from '../../../adapters/dynamodb/table.ts';
import { readHead } from '../../../domain/log/head.ts';
import type { Commit, EventStore, Table } from '../../../domain/ports.ts';
import { revisionKey } from '../../../domain/log/positions.ts';
import { sequence } from '../../../domain/log/sequencer.ts';
import type { Emulator } from '../../support/servers/dynalite.ts';
import { startDynamodbLocal, whyNoDynamodbLocal } from '../../support/servers/dynamodb-local.ts';
import { realIdentity } from '../../support/logs/identity.ts';
import { memoryBlobs } from '../../support/stores/memory-blobs.ts';
import { meteredClient, unitsOf, type Metered } from '../../support/stores/meter.ts';
import { segmentsCommit } from '../../support/segments.ts';

const missing = whyNoDynamodbLocal();
if (missing !== undefined) console.warn(`What calls cost on DynamoDB is not tested: ${missing}.`);

const BATCHES = 100;
const streams = Array.from({ length: 100 }, (_, index) => index + 1);

describe.skipIf(missing !== undefined)('on DynamoDB', () => {
  let emulator: Emulator;
  let metered: Metered;
  let store: EventStore;
  let state: Table;
  beforeAll(async () => {
    emulator = await startDynamodbLocal();
    metered = meteredClient(emulator.endpoint);
    // The tables have no streams, which cost no unit and slow the emulator down.
    await createTable(emulator.client, 'costs-events', ['stream', 'S'], ['revision', 'N']);
    await createTable(emulator.client, 'costs-state', ['partition', 'S'], ['sort', 'S']);
    store = dynamodbEventStore(metered.client, 'costs-events');
    state = dynamodbTable(metered.client, 'costs-state');
  });
  afterAll(async () => {
    metered?.client.destroy();
    await emulator?.close();
  });

  const appendAll = async (commits: readonly Commit[]): Promise<void> => {
    for (const commit of commits) expect(await store.append(commit)).toBeUndefined();
  };
  const readOf = (stream: string, events: number) =>
    unitsOf(metered, async () => {
      const commits = await Array.fromAsync(store.read(stream));
      expect(commits.flatMap((commit) => commit.events)).toHaveLength(events);
    });
  const tens = (stream: number): Commit[] =>
    Array.from({ length: 10 }, (_, at) => segmentsCommit(stream, 10, 'about 1 KB', at + 1));

  test.each(['about 1 KB' as const, 'whole' as const])(
    'an append of one event (%s) costs 1.00 write units and one request',
    async (size) => {
      const before = metered.requests.length;
      const took = await unitsOf(metered, () =>
        appendAll(streams.map((stream) => segmentsCommit(stream, 1, size))),
      );
      expect(took).toEqual({ reads: 0, writes: streams.length });
      expect(metered.requests.slice(before)).toEqual(streams.map(() => 'PutItem'));
    },
  );

  test('an append of ten events costs at most 3.2 write units', async () => {
    const { reads, writes } = await unitsOf(metered, () =>
      appendAll(streams.map((stream) => segmentsCommit(stream, 10, 'about 1 KB'))),
    );
    expect(reads).toBe(0);
    expect(writes).toBeGreaterThanOrEqual(streams.length);
    expect(writes / streams.length).toBeLessThanOrEqual(3.2);
  });

  test(
    'append, sequence and log cost at most 2.1 write units an event, over 100 batches of 100 streams',
    { timeout: 600_000 },
    async () => {
      const log = memoryBlobs();
      const alarm = (what: string, error: unknown) => {
        throw new Error(what, { cause: error });
      };
      const { writes } = await unitsOf(metered, async () => {
        for (let batch = 0; batch < BATCHES; batch++) {
          const commits = streams.map((stream) =>
            segmentsCommit(10_000 + batch * 100 + stream, 1, 'about 1 KB'),
          );
          await Promise.all(commits.map((commit) => store.append(commit)));
          await sequence(
            { store, state, log, identity: realIdentity, alarm },
            commits.map(({ stream }) => stream),
          );
        }
      });
      const events = BATCHES * streams.length;
      expect((await readHead(state)).published).toBe(events);
      console.log(`append, sequence and log: ${(writes / events).toFixed(3)} write units an event`);
      // One unit for the event and one for its position are the minimum.
      expect(writes / events).toBeGreaterThan(2);
      expect(writes / events).toBeLessThanOrEqual(2.1);
    },
  );

  test('a refused append writes nothing, and reads nothing to return the existing commit', async () => {
    const commit = segmentsCommit(200, 1, 'about 1 KB');
    await store.append(commit);
    let standing: Commit | undefined;
    const took = await unitsOf(metered, async () => (standing = await store.append(commit)));
    expect(standing?.events.map((event) => Buffer.from(event).toString())).toEqual(
      commit.events.map((event) => Buffer.from(event).toString()),
    );
    expect(took).toEqual({ reads: 0, writes: 0 });
  });

  test.each([
    ['ten in a commit', 6, () => tens(300)],
    ['all in one commit', 6, () => [segmentsCommit(301, 100, 'about 1 KB')]],
    // Keys and receipts alone take 2.7 of these units, the words 4.5 (bench/README.md).
    ['one in each commit', 11, () => streams.map((at) => segmentsCommit(302, 1, 'about 1 KB', at))],
  ])(
    'a strongly consistent read of a stream of 100 events, %s, costs at most %d units',
    async (_, most, made) => {
      const commits = made();
      await appendAll(commits);
      const { reads, writes } = await readOf(commits[0]?.stream ?? '', 100);
      expect(writes).toBe(0);
      expect(reads).toBeGreaterThan(0);
      expect(reads).toBeLessThanOrEqual(most);
    },
  );

  test('the last item of a long partition is found for two units', async () => {
    const items = Array.from({ length: 500 }, (_, n) => ({
      partition: 'positions/meeting-long',
      sort: revisionKey(n + 1),
      body: { first: n + 1, position: n, counts: [1] },
    }));
    await state.batchPut(items);
    const { reads } = await unitsOf(metered, async () => {
      for await (const { sort } of state.range('positions/meeting-long', { descending: true })) {
        expect(sort).toBe(revisionKey(500));
        break;
      }
    });
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThanOrEqual(2);
  });
});

type Key = readonly [name: string, type: 'S' | 'N'];

async function createTable(client: DynamoDBClient, TableName: string, hash: Key, range: Key): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: hash[0], KeyType: 'HASH' },
        { AttributeName: range[0], KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [hash, range].map(([AttributeName, AttributeType]) => ({
        AttributeName,
        AttributeType,
      })),
    }),
  );
  await waitUntilTableExists({ client, minDelay: 0.05, maxDelay: 1, maxWaitTime: 60 }, { TableName });
}
