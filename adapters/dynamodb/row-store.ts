// The row versions of one generation, in a DynamoDB table of its own. DynamoDB compares strings by their UTF-8 bytes,
// which is the order that the port asks for.
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

/** Of 25 items each. A new table takes 4,000 write units a second. */
const BATCHES_AT_ONCE = 16;
/**
 * Many readers need one row, most others a page of 100. Each page is three times as long as the one before, so that a
 * reader who stops after 100 rows has read 130 items, and a whole partition takes few queries.
 */
const FIRST_PAGE_ITEMS = 10;
const PAGE_GROWTH = 3;

/**
 * The table's keys are `partition` and `sort`, both strings. Reading and appending reject if it does not exist. A page of
 * a scan has `scanItems` items at most; without it DynamoDB ends a page at 1 MB. In partitions whose sort keys are
 * positions (of 12 digits), a range has to begin at one, or at the first.
 */
export function dynamodbRowStore(client: DynamoDBClient, table: string, scanItems?: number): NewRowStore {
  /** Strongly consistent. */
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
      const asked = rangeQuery(partition, range);
      if (!asked) return;
      const { from = '', below, at } = range;
      for await (const { sort, position, body } of newest(versions(asked), at, asked.newestFirst)) {
        // Items of a block may have rows beyond the limits.
        const isWithin =
          blockStart(sort) === undefined ||
          (!isBelow(sort, from) && (below === undefined || isBelow(sort, below)));
        const value = isWithin ? body() : undefined;
        if (value) yield { sort, position, body: value };
        if (asked.one) return;
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
      // The next page begins with all items of the last block, unless a page is too short for one.
      const [whole] = last ? splitBlock(Items) : [Items];
      const complete = whole.length === 0 ? Items : whole;
      const next = last && (complete.length < Items.length ? complete.at(-1) : last);
      return {
        versions: Array.from(orderedVersions(complete), rowVersion),
        ...(next ? { next: cursorOf(next) } : {}),
      };
    },

    // Every version is durable as soon as it is appended, and readable at once.
    resume: async () => {},
    complete: async () => {},
  };
}

/** Of each key the newest version up to a position, tombstones included. */
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

/** @throws Damaged if the table does not exist. */
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
