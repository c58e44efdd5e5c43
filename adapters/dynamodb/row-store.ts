// The row versions of one generation, in a DynamoDB table of its own. DynamoDB compares strings by their UTF-8 bytes,
// which is the order that the port asks for.
import {
  QueryCommand,
  ScanCommand,
  type DynamoDBClient,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { NewRowStore, RowRange } from '../../domain/projections/row-store.ts';
import { writeBatches } from './batches.ts';
import type { Item } from './commit-item.ts';
import {
  currentRow,
  itemLimit,
  itemOfVersion,
  itemSort,
  packedVersion,
  versionOfItem,
  versionText,
  type PackedVersion,
} from './row-item.ts';

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
 * a scan has `scanItems` items at most; without it DynamoDB ends a page at 1 MB.
 */
export function dynamodbRowStore(client: DynamoDBClient, table: string, scanItems?: number): NewRowStore {
  /** Strongly consistent. */
  async function* versions(
    query: Pick<QueryCommandInput, 'KeyConditionExpression'>,
  ): AsyncGenerator<PackedVersion> {
    let start: QueryCommandOutput['LastEvaluatedKey'];
    for (let limit = FIRST_PAGE_ITEMS; ; limit *= PAGE_GROWTH) {
      const page: QueryCommandOutput = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          Limit: limit,
          ...query,
          ExclusiveStartKey: start,
        }),
      );
      yield* (page.Items ?? []).map(packedVersion);
      start = page.LastEvaluatedKey;
      if (!start) return;
    }
  }

  return {
    async append(rows) {
      // A request must not name a key twice. Versions with the same key are the same.
      const distinct = new Map(rows.map((version) => [versionText(version), version]));
      const puts = Array.from(distinct.values(), (version) => ({
        PutRequest: { Item: itemOfVersion(version) },
      }));
      await writeBatches(client, table, puts, { atOnce: BATCHES_AT_ONCE });
    },

    async *range(partition, range) {
      const limits = limitsOf(range);
      if (!limits) return;
      const { newestFirst } = limits;
      const found = newest(versions(queryOf(partition, limits)), range.at, newestFirst);
      for await (const version of found) {
        const row = currentRow(version);
        if (row) yield row;
        if (limits.oneKey) return;
      }
    },

    async scan(after) {
      const { Items = [], LastEvaluatedKey: last } = await client.send(
        new ScanCommand({
          TableName: table,
          Limit: scanItems,
          ExclusiveStartKey: after === undefined ? undefined : keyIn(after),
        }),
      );
      return { versions: Items.map(versionOfItem), ...(last ? { next: cursorOf(last) } : {}) };
    },

    // Every version is durable as soon as it is appended, and readable at once.
    resume: async () => {},
    complete: async () => {},
  };
}

/** Of each key the newest version up to a position, tombstones included. */
async function* newest(
  versions: AsyncIterable<PackedVersion>,
  at: number,
  newestFirst: boolean,
): AsyncGenerator<PackedVersion> {
  let last: PackedVersion | undefined;
  for await (const version of versions) {
    if (version.position > at) continue;
    const isSameKey = version.sort === last?.sort;
    if (newestFirst && !isSameKey) yield version;
    if (!newestFirst && last && !isSameKey) yield last;
    last = version;
  }
  if (!newestFirst && last) yield last;
}

interface Limits {
  readonly low: string;
  readonly high?: string;
  readonly newestFirst: boolean;
  readonly oneKey: boolean;
}

/** Returns undefined if the range is empty: DynamoDB refuses limits that have nothing between them. */
function limitsOf({ at, from = '', below, descending = false }: RowRange): Limits | undefined {
  const low = itemLimit(from);
  // Of a single row the newest version comes first, however many there are.
  if (below === `${from}\0` && !from.endsWith('\0'))
    return at < 0 ? undefined : { low, high: itemSort(from, at), newestFirst: true, oneKey: true };
  if (below === undefined) return { low, newestFirst: descending, oneKey: false };
  const high = itemLimit(below);
  const isEmpty = Buffer.compare(Buffer.from(low), Buffer.from(high)) >= 0;
  return isEmpty ? undefined : { low, high, newestFirst: descending, oneKey: false };
}

/** BETWEEN includes both limits. No item has the upper one, unless it is the item of a version itself. */
const queryOf = (partition: string, { low, high, newestFirst, oneKey }: Limits) => ({
  KeyConditionExpression: `#partition = :partition AND #sort ${high === undefined ? '>= :low' : 'BETWEEN :low AND :high'}`,
  ExpressionAttributeNames: { '#partition': 'partition', '#sort': 'sort' },
  ExpressionAttributeValues: {
    ':partition': { S: partition },
    ':low': { S: low },
    ...(high === undefined ? {} : { ':high': { S: high } }),
  },
  ScanIndexForward: !newestFirst,
  ...(oneKey ? { Limit: 1 } : {}),
});

const cursorOf = ({ partition, sort }: Item): string => JSON.stringify([partition?.S, sort?.S]);

function keyIn(cursor: string): Item {
  const [partition, sort] = JSON.parse(cursor) as [string, string];
  return { partition: { S: partition }, sort: { S: sort } };
}
