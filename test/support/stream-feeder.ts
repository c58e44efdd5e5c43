// What Lambda's pollers do: reads a table's real stream from the emulator and hands its records to a handler, in
// batches, and again from the first that the handler says it failed on.
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { emulated } from './dynalite.ts';

export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface StreamFeeder {
  /** Hands over what the stream has now; gives how many records that were. */
  readonly feed: (handle: (event: { Records: StreamRecord[] }) => Promise<BatchResponse>) => Promise<number>;
  readonly close: () => void;
}

const BATCH = 100;

export async function feederOf(endpoint: string, table: string): Promise<StreamFeeder> {
  const client = new DynamoDBStreamsClient({ endpoint, ...emulated });
  const { Streams = [] } = await client.send(new ListStreamsCommand({ TableName: table }));
  const arn = Streams[0]?.StreamArn;
  if (arn === undefined) throw new Error(`${table} has no stream`);
  /** The sequence number up to which each shard was handed over. */
  const done = new Map<string, string>();

  async function iteratorOf(shard: string): Promise<string | undefined> {
    const after = done.get(shard);
    const from =
      after === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' as const }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, SequenceNumber: after };
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamArn: arn, ShardId: shard, ...from }),
    );
    return ShardIterator;
  }

  return {
    feed: async (handle) => {
      const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: arn }));
      let count = 0;
      for (const { ShardId: shard = '' } of StreamDescription?.Shards ?? []) {
        for (let iterator = await iteratorOf(shard); iterator !== undefined;) {
          const { Records = [], NextShardIterator } = await client.send(
            new GetRecordsCommand({ ShardIterator: iterator, Limit: BATCH }),
          );
          if (Records.length === 0) break;
          const { batchItemFailures } = await handle({ Records });
          const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
          const taken = Records.findIndex(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
          const last = Records.at(taken < 0 ? -1 : taken - 1);
          if (taken !== 0) done.set(shard, last?.dynamodb?.SequenceNumber ?? '');
          count += taken < 0 ? Records.length : taken;
          if (taken >= 0) break;
          iterator = NextShardIterator;
        }
      }
      return count;
    },
    close: () => client.destroy(),
  };
}
