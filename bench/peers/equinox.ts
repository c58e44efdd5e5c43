// Measures @equinox-js on DynamoDB by its cheapest path: events in the last item of a stream (the "tip", 32 KB by
// default), compressed bodies, cached state. Its index over all streams is fed without its Lambda function.
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { CachingStrategy, Codec, Decider, LoadOption, MemoryCache, StreamId } from '@equinox-js/core';
import {
  AccessStrategy, DynamoStoreCategory, DynamoStoreClient, DynamoStoreContext, EventsContext, QueryOptions, TipOptions,
} from '@equinox-js/dynamo-store';
import { AppendsEpoch, AppendsPartitionId, DynamoStoreIngester, IndexStreamId } from '@equinox-js/dynamo-store-indexer';
import { costOf, metered } from '../dynamodb/metering.ts';
import { statementsOf, streamName, type Statement } from '../dynamodb/segments.ts';
import { clientOptions, createTable, dropTable, runSubject } from '../dynamodb/bench-subject.ts';
import { AT_ONCE, LONG_STREAM } from '../workload.ts';

const client = new DynamoDB(clientOptions);
const meter = metered(client);

const CATEGORY = 'Statement';
const INDEX_BATCH = 100;
type Made = { type: 'StatementMade'; data: Statement };
type Span = { p: ReturnType<typeof IndexStreamId.ofString>; i: number; c: string[] };

async function contextOf() {
  const tableName = await createTable(['p:S', 'i:N']);
  const context = new DynamoStoreContext({
    client: new DynamoStoreClient(client),
    tableName,
    tip: TipOptions.create({}),
    query: QueryOptions.create({}),
  });
  return { tableName, context };
}

async function open() {
  const { tableName, context } = await contextOf();
  const streams = (caching: ReturnType<typeof CachingStrategy.NoCache>) => {
    const category = DynamoStoreCategory.create(
      context,
      CATEGORY,
      Codec.compress(Codec.json<Made>()),
      (count: number, events: Made[]) => count + events.length,
      0,
      caching,
      AccessStrategy.Unoptimized(),
    );
    return (name: string) => Decider.forStream(category, StreamId.create(name), undefined);
  };
  const warm = streams(CachingStrategy.Cache(new MemoryCache(2_000)));
  const append = (name: string, revision: number, data: readonly Statement[]) =>
    warm(name).transact(
      () => data.map((each): Made => ({ type: 'StatementMade', data: each })),
      revision === 1 ? LoadOption.AssumeEmpty : LoadOption.AnyCachedValue,
    );
  return { tableName, context, append, cold: streams(CachingStrategy.NoCache()) };
}

/** Reads each stream once, and counts the events in the order of the index. */
async function replayAll(store: DynamoStoreContext, index: DynamoStoreContext): Promise<{ count: number }> {
  const reader = AppendsEpoch.Reader.Config.create(index);
  const order: Span[] = [];
  for (let [epoch, more] = [0, true]; more; epoch++) {
    const [, , state] = await reader.read(AppendsPartitionId.wellKnownId, epoch as never, 0n);
    for (const [, spans] of state.changes) order.push(...spans);
    more = state.closed;
  }
  const events = new EventsContext(store);
  const streams = [...new Set(order.map(({ p }) => p))];
  const bodies = new Map<string, unknown[]>();
  const worker = async () => {
    for (let next = streams.pop(); next !== undefined; next = streams.pop()) {
      const all = await events.read(next as never);
      bodies.set(next, all.map(({ data }) => JSON.parse(Codec.smartDecompress(data as never).toString())));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const inOrder = order.flatMap(({ p, i, c }) => bodies.get(p)?.slice(i, i + c.length) ?? []);
  return { count: inOrder.length };
}

await runSubject({
  meter,
  open: async () => {
    const { tableName, context, append } = await open();
    const index = await contextOf();
    const spans: Span[] = [];
    return {
      append: async (stream, revision, data) => {
        await append(streamName(stream), revision, [data]);
        spans.push({ p: IndexStreamId.ofString(`${CATEGORY}-${streamName(stream)}`), i: revision - 1, c: ['StatementMade'] });
      },
      beforeReplay: async () => {
        const { service } = new DynamoStoreIngester(index.context);
        for (let from = 0; from < spans.length; from += INDEX_BATCH)
          await service.ingestWithoutConcurrency(AppendsPartitionId.wellKnownId, spans.slice(from, from + INDEX_BATCH));
      },
      replay: () => replayAll(context, index.context),
      close: async () => {
        await Promise.all([tableName, index.tableName].map(dropTable));
      },
    };
  },
  costs: async () => {
    const { tableName, append, cold } = await open();
    const ten = await costOf(meter, () => append('ten', 1, statementsOf(2, 10)));
    const fill = async (stream: string, count: number) => {
      for (const [n, data] of statementsOf(1, count).entries()) await append(stream, n + 1, [data]);
    };
    await fill('hundred', LONG_STREAM);
    const hundred = await costOf(meter, () => cold('hundred').query((count: number) => count));
    await fill('long', 1_200);
    const long = await cold('long').query((count: number) => count);
    await dropTable(tableName);
    return { tenInOne: ten.writes, hundred: hundred.reads, long };
  },
});
