// Measures event-store-adapter-js by its cheapest path, on the two tables of its documentation: one snapshot at the
// beginning of a stream. It has no call for several events, and no order over all streams.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventStoreFactory } from 'event-store-adapter-js';
import { costOf, metered } from '../dynamodb/metering.ts';
import { statementsOf, streamName, type Statement } from '../dynamodb/segments.ts';
import { clientOptions, createTable, dropTable, runSubject } from '../dynamodb/bench-subject.ts';
import { LONG_STREAM } from '../workload.ts';

const client = new DynamoDBClient(clientOptions);
const meter = metered(client);

const SHARDS = 32;
const INDEX = { name: 'aid', keys: ['aid', 'seq_nr'], types: ['aid:S', 'seq_nr:N'], whole: true } as const;

class Id {
  readonly typeName = 'Statement';
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
  asString = (): string => `${this.typeName}-${this.value}`;
}

class Snapshot {
  readonly typeName = 'Statement';
  readonly id: Id;
  readonly sequenceNumber: number;
  readonly version: number;
  constructor(id: Id, sequenceNumber: number, version: number) {
    this.id = id;
    this.sequenceNumber = sequenceNumber;
    this.version = version;
  }
  withVersion = (version: number): Snapshot => new Snapshot(this.id, this.sequenceNumber, version);
  updateVersion = (next: (version: number) => number): Snapshot => this.withVersion(next(this.version));
}

const eventOf = (id: Id, sequenceNumber: number, payload: Statement) => ({
  typeName: 'StatementMade',
  id: `${id.value}-${sequenceNumber}`,
  aggregateId: id,
  sequenceNumber,
  occurredAt: new Date(),
  isCreated: sequenceNumber === 1,
  payload,
});

async function open() {
  const journal = await createTable(['pkey:S', 'skey:S'], [INDEX]);
  const snapshots = await createTable(['pkey:S', 'skey:S'], [INDEX]);
  const fromJson = (json: { data?: unknown }) => json.data as never;
  const store = EventStoreFactory.ofDynamoDB<Id, Snapshot, ReturnType<typeof eventOf>>(
    client, journal, snapshots, INDEX.name, INDEX.name, SHARDS, fromJson as never, fromJson as never,
  );
  const append = (name: string, n: number, data: Statement): Promise<void> => {
    const id = new Id(name);
    const event = eventOf(id, n, data);
    return n === 1 ? store.persistEventAndSnapshot(event, new Snapshot(id, 1, 1)) : store.persistEvent(event, n - 1);
  };
  const close = async () => {
    await Promise.all([journal, snapshots].map(dropTable));
  };
  return { store, append, close };
}

await runSubject({
  meter,
  open: async () => {
    const { append, close } = await open();
    return { append: (stream, revision, data) => append(streamName(stream), revision, data), close };
  },
  costs: async () => {
    const { store, append, close } = await open();
    const fill = async (stream: string, count: number) => {
      for (const [n, data] of statementsOf(1, count).entries()) await append(stream, n + 1, data);
    };
    await fill('hundred', LONG_STREAM);
    const hundred = await costOf(meter, () => store.getEventsByIdSinceSequenceNumber(new Id('hundred'), 1));
    await fill('long', 1_200);
    const long = (await store.getEventsByIdSinceSequenceNumber(new Id('long'), 1)).length;
    await close();
    return { hundred: hundred.reads, long };
  },
});
