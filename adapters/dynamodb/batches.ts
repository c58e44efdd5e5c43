// Many items in few requests: batches of as many as DynamoDB takes, several at once, and what it left undone again,
// at growing random intervals, until it is done or nothing moves any more.
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { backoff } from '../backoff.ts';
import type { Item } from './commit-item.ts';
import { inParallel } from './parallel.ts';

const MOST_WRITES = 25;
const MOST_KEYS = 100;
const BATCHES_AT_ONCE = 4;
/** Tries in a row that bring nothing, each after the client's own tries. */
const MOST_STALLED = 8;

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
  await inParallel(atOnce, batchesOf(requests, MOST_WRITES), (batch, failed) =>
    untilDone(table, batch, send, failed),
  );
}

/** Strongly consistent; absent ones are left out. No key may come twice. */
export async function getBatches(
  client: DynamoDBClient,
  table: string,
  keys: readonly Item[],
): Promise<Item[]> {
  const items: Item[] = [];
  const send = async (left: Item[]): Promise<Item[]> => {
    const answer = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } }),
    );
    items.push(...(answer.Responses?.[table] ?? []));
    return answer.UnprocessedKeys?.[table]?.Keys ?? [];
  };
  await inParallel(BATCHES_AT_ONCE, batchesOf(keys, MOST_KEYS), (batch, failed) =>
    untilDone(table, batch, send, failed),
  );
  return items;
}

const batchesOf = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));

/**
 * Sends what `send` returns as undone until nothing is left: a table that is throttled, or an answer over 16 MB. Rejects
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
    if (stalled === MOST_STALLED) throw new ThrottlingException(table, left.length, batch.length);
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
