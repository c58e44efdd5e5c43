// Measures @castore with its DynamoDB adapter, on the table that its documentation prescribes. It has no order over all
// streams, so a replay lists them, reads each and sorts by time.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventStore, EventType } from '@castore/core';
import { DynamoDBSingleTableEventStorageAdapter } from '@castore/event-storage-adapter-dynamodb';
import { costOf, metered } from '../dynamodb/metering.ts';
import { statementsOf, streamName, type Statement } from '../dynamodb/segments.ts';
import { clientOptions, createTable, dropTable, runSubject } from '../dynamodb/bench-subject.ts';
import { AT_ONCE, LONG_STREAM } from '../workload.ts';

const client = new DynamoDBClient(clientOptions);
const meter = metered(client);

async function open() {
  const table = await createTable(
    ['aggregateId:S', 'version:N'],
    [
      {
        name: 'initialEvents',
        keys: ['eventStoreId', 'timestamp'],
        types: ['eventStoreId:S', 'timestamp:S'],
        whole: false,
      },
    ],
  );
  const store = new EventStore({
    eventStoreId: 'STATEMENTS',
    eventTypes: [new EventType({ type: 'StatementMade' })],
    reducer: (_: unknown, { aggregateId, version }) => ({ aggregateId, version }),
    eventStorageAdapter: new DynamoDBSingleTableEventStorageAdapter({ tableName: table, dynamoDBClient: client }),
  });
  const eventOf = (aggregateId: string, version: number, payload: Statement) => ({
    aggregateId,
    version,
    type: 'StatementMade',
    payload,
    metadata: {},
  });
  return { table, store, eventOf };
}

async function replayAll({ store }: Awaited<ReturnType<typeof open>>): Promise<{ count: number }> {
  const streams: string[] = [];
  let pageToken: string | undefined;
  do {
    const page = await store.listAggregateIds({ pageToken });
    streams.push(...page.aggregateIds.map(({ aggregateId }) => aggregateId));
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  const all: { timestamp: string }[] = [];
  const reader = async () => {
    for (let next = streams.pop(); next !== undefined; next = streams.pop())
      all.push(...(await store.getEvents(next)).events);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
  return { count: all.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1)).length };
}

await runSubject({
  meter,
  open: async () => {
    const opened = await open();
    return {
      append: (stream, revision, data) =>
        opened.store.pushEvent(opened.eventOf(streamName(stream), revision, data)),
      replay: () => replayAll(opened),
      close: () => dropTable(opened.table),
    };
  },
  costs: async () => {
    const { table, store, eventOf } = await open();
    const group = statementsOf(2, 10).map((data, n) => store.groupEvent(eventOf(streamName('ten'), n + 1, data)));
    const ten = await costOf(meter, () => EventStore.pushEventGroup(...group));
    const fill = async (stream: string, count: number) => {
      for (const [n, data] of statementsOf(1, count).entries()) await store.pushEvent(eventOf(stream, n + 1, data));
    };
    await fill('hundred', LONG_STREAM);
    const hundred = await costOf(meter, () => store.getEvents('hundred'));
    await fill('long', 1_200);
    const long = (await store.getEvents('long')).events.length;
    await dropTable(table);
    return { tenInOne: ten.writes, hundred: hundred.reads, long };
  },
});
