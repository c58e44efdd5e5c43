// Row versions of one generation in a DynamoDB table. DynamoDB compares strings by their UTF-8 bytes, as the port
// requires.
import {
  QueryCommand,
  ResourceNotFoundException,
  ScanCommand,
  type DynamoDBClient,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { Damaged } from '../../domain/errors.ts';
import type { NewRowStore } from '../../domain/projections/rows/row-store.ts';
import type { RowVersion } from '../../domain/projections/rows/row.ts';
import { writeBatches } from './batches.ts';
import type { Item } from './commit-item.ts';
import { blockStart, itemsOf, type StoredVersion } from './row-item.ts';
import { orderedVersions, splitBlock } from './row-order.ts';
import { rangeQuery, type RangeQuery } from './row-query.ts';

/** Concurrent batches of 25 items. A new table accepts 4,000 write units per second. */
const BATCHES_AT_ONCE = 16;
/**
 * Many readers need one row, most others 100. Because each page is three times as long as the previous one, a reader of
 * 100 rows reads 130 items, and a whole partition takes few queries.
 */
const FIRST_PAGE_ITEMS = 10;
const PAGE_GROWTH = 3;

/**
 * Returns the row store of a table with string keys `partition` and `sort`. Its methods reject if the table does not
 * exist. A scan page has at most `scanItems` items, by default 1 MB. A range of keys of 12 digits must begin at a
 * position.
 */
export function dynamodbRowStore(client: DynamoDBClient, table: string, scanItems?: number): NewRowStore {
  /** Reads the versions of a range, strongly consistent. */
  async function* versions({ query, newestFirst }: RangeQuery): AsyncGenerator<StoredVersion> {
    let start: QueryCommandOutput['LastEvaluatedKey'];
    let open: readonly Item[] = [];
    for (let limit = FIRST_PAGE_ITEMS; ; limit *= PAGE_GROWTH) {
      const page: QueryCommandOutput = await client
        .send(
          new QueryCommand({
            TableName: table,
            ConsistentRead: true,
            Limit: limit,
            ScanIndexForward: !newestFirst,
            ...query,
            ExclusiveStartKey: start,
          }),
        )
        .catch(asDamage(table));
      const items = [...open, ...(page.Items ?? [])];
      start = page.LastEvaluatedKey;
      if (!start) return yield* orderedVersions(items, newestFirst);
      const [complete, rest] = splitBlock(items);
      yield* orderedVersions(complete, newestFirst);
      open = rest;
    }
  }

  return {
    async append(rows) {
      const puts = itemsOf(rows).map((Item) => ({ PutRequest: { Item } }));
      await writeBatches(client, table, puts, BATCHES_AT_ONCE);
    },

    async *range(partition, range) {
      const rowQuery = rangeQuery(partition, range);
      if (!rowQuery) return;
      const { from = '', below, at } = range;
      for await (const { sort, position, body } of newest(versions(rowQuery), at, rowQuery.newestFirst)) {
        // A block may have rows outside the range.
        const isWithin =
          blockStart(sort) === undefined ||
          (!isBelow(sort, from) && (below === undefined || isBelow(sort, below)));
        const value = isWithin ? body() : undefined;
        if (value) yield { sort, position, body: value };
        if (rowQuery.one) return;
      }
    },

    async scan(after) {
      const { Items = [], LastEvaluatedKey: last } = await client
        .send(
          new ScanCommand({
            TableName: table,
            Limit: scanItems,
            ExclusiveStartKey: after === undefined ? undefined : keyIn(after),
          }),
        )
        .catch(asDamage(table));
      // The next page begins with the last block, unless this page has only items of that block.
      const [closed] = last ? splitBlock(Items) : [Items];
      const complete = closed.length === 0 ? Items : closed;
      const next = last && (complete.length < Items.length ? complete.at(-1) : last);
      return {
        versions: Array.from(orderedVersions(complete), rowVersion),
        ...(next ? { next: cursorOf(next) } : {}),
      };
    },

    // Appended versions are durable and readable, so no other step is needed.
    resume: async () => {},
    complete: async () => {},
  };
}

/** Returns the newest version of each key up to a position, tombstones included. */
async function* newest(
  versions: AsyncIterable<StoredVersion>,
  at: number,
  newestFirst: boolean,
): AsyncGenerator<StoredVersion> {
  let last: StoredVersion | undefined;
  for await (const version of versions) {
    if (version.position > at) continue;
    const isSameKey = version.sort === last?.sort;
    if (newestFirst && !isSameKey) yield version;
    if (!newestFirst && last && !isSameKey) yield last;
    last = version;
  }
  if (!newestFirst && last) yield last;
}

/** Returns a handler that throws Damaged if the table does not exist, and otherwise the error. */
function asDamage(table: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new Damaged(`table ${table} of the read models does not exist; start a rebuild and accept it`, {
      cause: error,
    });
  };
}

const isBelow = (sort: string, limit: string): boolean =>
  Buffer.compare(Buffer.from(sort), Buffer.from(limit)) < 0;

function rowVersion({ partition, sort, position, body }: StoredVersion): RowVersion {
  const value = body();
  return { partition, sort, position, ...(value === undefined ? {} : { body: value }) };
}

const cursorOf = ({ partition, sort }: Item): string => JSON.stringify([partition?.S, sort?.S]);

function keyIn(cursor: string): Item {
  const [partition, sort] = JSON.parse(cursor) as [string, string];
  return { partition: { S: partition }, sort: { S: sort } };
}
