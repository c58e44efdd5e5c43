// The DynamoDB adapters on AWS's own emulator: the contracts, and what calls cost in read and write units.
import { createHash } from 'node:crypto';
import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dynamodbEventStore } from '../../adapters/dynamodb/event-store.ts';
import { dynamodbTable } from '../../adapters/dynamodb/table.ts';
import { TooLarge, type Commit, type EventStore, type Table } from '../../domain/ports.ts';
import { revisionKey } from '../../domain/positions.ts';
import { readHead } from '../../domain/head.ts';
import { sequence } from '../../domain/sequence.ts';
import { dynamodbSweepContract } from '../contract/dynamodb-sweep.ts';
import { eventStoreContract } from '../contract/event-store.ts';
import { tableContract } from '../contract/table.ts';
import type { Emulator } from '../support/dynalite.ts';
import { startDynamodbLocal, whyNoDynamodbLocal } from '../support/dynamodb-local.ts';
import { realIdentity } from '../support/identity.ts';
import { memoryBlobs } from '../support/memory-blobs.ts';
import { segmentsCommit } from '../support/segments.ts';

const missing = whyNoDynamodbLocal();
if (missing !== undefined) console.warn(`The suites on DynamoDB Local are skipped: ${missing}.`);

/** Adds up what the client's calls cost: all of them, or its writes. */
function meter(
  client: DynamoDBClient,
  name: string,
  counts: (command: string) => boolean = () => true,
): { units: number } {
  const meter = { units: 0 };
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const input = args.input as { ReturnConsumedCapacity?: 'TOTAL' };
        input.ReturnConsumedCapacity = 'TOTAL';
        const result = await next(args);
        const { ConsumedCapacity: consumed } = result.output as {
          ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[];
        };
        if (!counts(commandName)) return result;
        for (const each of [consumed ?? []].flat()) meter.units += each.CapacityUnits ?? 0;
        return result;
      },
    { step: 'initialize', name },
  );
  return meter;
}

/** Every batch costs the same; the bench makes a hundred. */
const BATCHES = 10;

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

  describe('costs', () => {
    let cost: { units: number };
    let writes: { units: number };
    beforeEach(() => {
      for (const name of ['all', 'writes']) emulator.client.middlewareStack.remove(name);
      cost = meter(emulator.client, 'all');
      writes = meter(emulator.client, 'writes', (command) => /^(?:Put|BatchWrite)/.test(command));
    });

    const streams = Array.from({ length: 100 }, (_, index) => index + 1);
    const appendOf = async (commits: readonly Commit[]): Promise<number> => {
      cost.units = 0;
      for (const commit of commits) expect(await store.append(commit)).toBeUndefined();
      return cost.units / commits.length;
    };
    const readOf = async (stream: string, events: number): Promise<number> => {
      cost.units = 0;
      const commits = await Array.fromAsync(store.read(stream));
      expect(commits.flatMap((commit) => commit.events)).toHaveLength(events);
      return cost.units;
    };

    test.each(['about 1 KB' as const, 'whole' as const])(
      'an append of one event (%s) costs 1.00 write units',
      async (size) => {
        expect(await appendOf(streams.map((stream) => segmentsCommit(stream, 1, size)))).toBe(1);
      },
    );

    test('append, sequence and log cost at most 2.1 write units an event, in batches of a hundred streams', async () => {
      const [log, head] = [memoryBlobs(), dynamodbTable(emulator.client, emulator.tables.state)];
      const alarm = (what: string, error: unknown) => {
        throw new Error(what, { cause: error });
      };
      let total = 0;
      for (let batch = 0; batch < BATCHES; batch++) {
        const commits = streams.map((stream) =>
          segmentsCommit(10_000 + batch * 100 + stream, 1, 'about 1 KB'),
        );
        writes.units = 0;
        await Promise.all(commits.map((commit) => store.append(commit)));
        await sequence(
          { store, state: head, log, identity: realIdentity, alarm },
          commits.map(({ stream }) => stream),
        );
        total += writes.units;
      }
      expect((await readHead(head)).published).toBe(BATCHES * 100);
      console.log(`append, sequence and log: ${(total / (BATCHES * 100)).toFixed(3)} write units an event`);
      expect(total / (BATCHES * 100)).toBeLessThanOrEqual(2.1);
    });

    test('an append of ten events costs at most 3.2 write units', async () => {
      expect(
        await appendOf(streams.map((stream) => segmentsCommit(stream, 10, 'about 1 KB'))),
      ).toBeLessThanOrEqual(3.2);
    });

    test('an append that is refused writes nothing, and reads nothing to say what stands there', async () => {
      const commit = segmentsCommit(200, 1, 'about 1 KB');
      await store.append(commit);
      cost.units = 0;
      const standing = await store.append(commit);
      expect(standing?.events.map((event) => Buffer.from(event).toString())).toEqual(
        commit.events.map((event) => Buffer.from(event).toString()),
      );
      expect(cost.units).toBe(0);
    });

    test('a stream of 100 events, ten in a commit, is read for at most 6 units', async () => {
      const revisions = Array.from({ length: 10 }, (_, index) => index + 1);
      const commits = revisions.map((revision) => segmentsCommit(300, 10, 'about 1 KB', revision));
      await appendOf(commits);
      expect(await readOf(commits[0]?.stream ?? '', 100)).toBeLessThanOrEqual(6);
    });

    test('a stream of 100 events in one commit is read for at most 6 units', async () => {
      const commit = segmentsCommit(301, 100, 'about 1 KB');
      await appendOf([commit]);
      expect(await readOf(commit.stream, 100)).toBeLessThanOrEqual(6);
    });

    test('the last item of a long partition is found for two units', async () => {
      const items = Array.from({ length: 500 }, (_, n) => ({
        partition: 'positions/meeting-long',
        sort: revisionKey(n + 1),
        body: { first: n + 1, position: n, counts: [1] },
      }));
      await state.putAll(items);
      cost.units = 0;
      for await (const { sort } of state.range('positions/meeting-long', { descending: true })) {
        expect(sort).toBe(revisionKey(500));
        break;
      }
      expect(cost.units).toBeLessThanOrEqual(2);
    });
  });

  test('an item of exactly 400 KB, as AWS counts, is held, and one byte more is refused before it is sent', async () => {
    // Nothing compresses these bytes; packing takes any but a newline.
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
