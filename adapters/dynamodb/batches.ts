// Writes many items in batches of the maximum size, several at a time. It retries unprocessed items at growing random
// intervals until all are written, or until no retry makes progress.
import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { backoff } from '../backoff.ts';
import { inParallel } from './parallel.ts';

const MAX_WRITES = 25;
const BATCHES_AT_ONCE = 4;
/** The number of retries in a row without progress after which a batch fails. */
const MAX_STALLED = 8;

/**
 * Sends write requests in batches, `atOnce` batches at a time. No key may occur twice. It is not atomic: if it rejects,
 * some writes may be done, but no write is still running.
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
 * Sends the requests of a batch again that `send` returns as unprocessed. Rejects with the signal's reason if the signal
 * is aborted.
 * @throws ThrottlingException if several retries in a row make no progress
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
    const remaining = await send(left);
    stalled = remaining.length < left.length ? 0 : stalled + 1;
    left = remaining;
  }
}

/** Reports throttling within a batch, for which the SDK throws no error. It has the name that the SDK uses elsewhere. */
class ThrottlingException extends Error {
  override readonly name = 'ThrottlingException';
  constructor(table: string, left: number, all: number) {
    super(`${table} is throttled and left ${left} of ${all} items unprocessed: try again later`);
  }
}
