// Many items in few requests: batches of as many as DynamoDB takes, several at once, and what it left undone again,
// at growing random intervals, until it is done or nothing moves any more.
import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { backoff } from '../backoff.ts';
import { inParallel } from './parallel.ts';

const MAX_WRITES = 25;
const BATCHES_AT_ONCE = 4;
/** Tries in a row that bring nothing, each after the client's own tries. */
const MAX_STALLED = 8;

/**
 * Sends so many requests at once. It is not one transaction: if it rejects, some of the writes may be done, and none is
 * still under way. No key may come twice.
 */
export async function writeBatches(
  client: DynamoDBClient,
  table: string,
  requests: readonly WriteRequest[],
  atOnce = BATCHES_AT_ONCE,
): Promise<void> {
  const send = async (left: WriteRequest[]): Promise<WriteRequest[]> => {
    const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: left } }));
    return answer.UnprocessedItems?.[table] ?? [];
  };
  await inParallel(atOnce, batchesOf(requests), (batch, failed) => untilDone(table, batch, send, failed));
}

const batchesOf = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / MAX_WRITES) }, (_, n) =>
    all.slice(n * MAX_WRITES, (n + 1) * MAX_WRITES),
  );

/**
 * Sends what `send` returns as undone until nothing is left, as of a table that is throttled. Rejects
 * with a ThrottlingException if several tries in a row bring nothing, and with the signal's reason if it is aborted.
 */
async function untilDone<T>(
  table: string,
  batch: T[],
  send: (left: T[]) => Promise<T[]>,
  stop: AbortSignal,
): Promise<void> {
  let left = await send(batch);
  for (let stalled = 0; left.length > 0;) {
    if (stalled === MAX_STALLED) throw new ThrottlingException(table, left.length, batch.length);
    await backoff(stalled, stop);
    stop.throwIfAborted();
    const still = await send(left);
    stalled = still.length < left.length ? 0 : stalled + 1;
    left = still;
  }
}

/** DynamoDB reports throttling within a batch without an error. It has the SDK's name, so callers know one name. */
class ThrottlingException extends Error {
  override readonly name = 'ThrottlingException';
  constructor(table: string, left: number, all: number) {
    super(`${table} left ${left} of ${all} items undone: it is throttled; try later`);
  }
}
