// Reads a table's stream from the emulator as Lambda does. The handler gets batches, and again from the first failed
// record. After the last retry, the rest of the batch is kept and the next one follows.
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

export type Handle = (event: { Records: StreamRecord[] }) => Promise<BatchResponse>;

export interface StreamFeeder {
  /** Passes the current records of the stream to the handler. Returns their count. */
  readonly feed: (handle: Handle) => Promise<number>;
  /** Batches that failed after the last retry, each from its first failed record. */
  readonly kept: readonly { readonly Records: StreamRecord[] }[];
  readonly close: () => void;
}

const BATCH = 100;

export async function feederOf(endpoint: string, table: string, retries: number): Promise<StreamFeeder> {
  const client = new DynamoDBStreamsClient({ endpoint, ...emulated });
  const { Streams = [] } = await client.send(new ListStreamsCommand({ TableName: table }));
  const arn = Streams[0]?.StreamArn;
  if (arn === undefined) throw new Error(`${table} has no stream`);
  /** The last passed sequence number of each shard. */
  const done = new Map<string, string>();
  const kept: { Records: StreamRecord[] }[] = [];

  async function handOver(records: StreamRecord[], handle: Handle): Promise<void> {
    let left = records;
    for (let tries = 0; left.length > 0; tries++) {
      if (tries > retries) return void kept.push({ Records: left });
      const { batchItemFailures } = await handle({ Records: left });
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      const first = left.findIndex(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
      left = first < 0 ? [] : left.slice(first);
    }
  }

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
          await handOver(Records, handle);
          done.set(shard, Records.at(-1)?.dynamodb?.SequenceNumber ?? '');
          count += Records.length;
          iterator = NextShardIterator;
        }
      }
      return count;
    },
    kept,
    close: () => client.destroy(),
  };
}
