// Stores JSON items in DynamoDB: the archive's state, or the catalog of read models.
// DynamoDB compares strings by their UTF-8 bytes, as the port requires.
import { randomBytes } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type DynamoDBClient,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Item, Range, StoredItem, Table } from '../../domain/ports.ts';
import { writeBatches } from './batches.ts';
import { bodyText, withBody } from './event-bodies.ts';
import type { Item as Attributes } from './commit-item.ts';

/** The first page is small, because many callers need one item. Each further page is ten times as long, up to 1 MB. */
const FIRST_PAGE_ITEMS = 10;
const TOKEN_BYTES = 16;

type Key = Pick<Item, 'partition' | 'sort'>;

/**
 * Creates a table of items on DynamoDB. The keys `partition` and `sort` are strings (S) and must not be empty.
 * `compareAndPut` marks each write with a token. If the client repeated a write after a lost answer, it recognizes its
 * own write and returns true, unless another writer has overwritten it.
 */
export function dynamodbTable(client: DynamoDBClient, table: string): Table {
  async function find(key: Key): Promise<Attributes | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true }),
    );
    return Item;
  }

  return {
    async get(partition, sort) {
      const item = await find({ partition, sort });
      return item && storedOf(item);
    },

    async compareAndPut(item, version) {
      const token = randomBytes(TOKEN_BYTES);
      const put = {
        TableName: table,
        Item: attributesOf(item, version + 1, token),
        ...unchangedSince(version),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      } as const;
      try {
        await client.send(new PutItemCommand(put));
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const existing = error.Item ?? (await find(item));
        return existing?.['token']?.B !== undefined && token.equals(existing['token'].B);
      }
    },

    async batchPut(items) {
      const puts = distinct(items).map((item) => ({ PutRequest: { Item: attributesOf(item, 1) } }));
      await writeBatches(client, table, puts);
    },

    async batchDelete(keys) {
      const deletes = distinct(keys).map((key) => ({ DeleteRequest: { Key: keyOf(key) } }));
      await writeBatches(client, table, deletes);
    },

    async *range(partition, range = {}) {
      const limits = limitsOf(range);
      if (limits === 'empty') return;
      const query = queryOf(table, partition, limits, range);
      let from: QueryCommandOutput['LastEvaluatedKey'];
      let limit = FIRST_PAGE_ITEMS;
      do {
        const { Items = [], LastEvaluatedKey }: QueryCommandOutput = await client.send(
          new QueryCommand({ ...query, Limit: limit, ExclusiveStartKey: from }),
        );
        for (const item of Items.map(storedOf)) if (item.sort !== range.below) yield item;
        from = LastEvaluatedKey;
        limit *= 10;
      } while (from);
    },
  };
}

const keyOf = ({ partition, sort }: Key): Attributes => ({ partition: { S: partition }, sort: { S: sort } });

/** Returns the last item of each key. */
const distinct = <T extends Key>(keys: readonly T[]): T[] => [
  ...new Map(keys.map((key) => [JSON.stringify([key.partition, key.sort]), key])).values(),
];

function attributesOf(item: Item, version: number, token?: Uint8Array): Attributes {
  const { partition, sort, body } = item;
  const bare: Attributes = {
    ...keyOf(item),
    version: { N: String(version) },
    ...(token === undefined ? {} : { token: { B: token } }),
  };
  return withBody(bare, body, `${partition} ${sort}`);
}

function storedOf(item: Attributes): StoredItem {
  const { partition, sort, version } = item;
  const text = bodyText(item);
  if (partition?.S === undefined || sort?.S === undefined || text === undefined)
    throw new TypeError(
      `item ${partition?.S} ${sort?.S} cannot be read: an attribute is missing; restore it from a backup`,
    );
  return {
    partition: partition.S,
    sort: sort.S,
    version: Number(version?.N),
    body: JSON.parse(text) as unknown,
  };
}

const unchangedSince = (version: number) =>
  version === 0
    ? {
        ConditionExpression: 'attribute_not_exists(#partition)',
        ExpressionAttributeNames: { '#partition': 'partition' },
      }
    : {
        ConditionExpression: '#version = :version',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':version': { N: String(version) } },
      };

/** Returns the limits of a query. DynamoDB rejects an empty string, and a lower limit above the upper one. */
function limitsOf({ from = '', below }: Range): { from?: string; below?: string } | 'empty' {
  if (below !== undefined && Buffer.compare(Buffer.from(from), Buffer.from(below)) >= 0) return 'empty';
  return { ...(from === '' ? {} : { from }), ...(below === undefined ? {} : { below }) };
}

function queryOf(
  table: string,
  partition: string,
  { from, below }: { from?: string; below?: string },
  { descending = false }: Range,
): QueryCommandInput {
  // BETWEEN includes both ends, so `range` drops the upper one.
  const both = from !== undefined && below !== undefined ? ' AND #sort BETWEEN :from AND :below' : undefined;
  const lower = from === undefined ? '' : ' AND #sort >= :from';
  const upper = below === undefined ? '' : ' AND #sort < :below';
  const condition = both ?? lower + upper;
  return {
    TableName: table,
    KeyConditionExpression: `#partition = :partition${condition}`,
    ExpressionAttributeNames: {
      '#partition': 'partition',
      ...(condition === '' ? {} : { '#sort': 'sort' }),
    },
    ExpressionAttributeValues: {
      ':partition': { S: partition },
      ...(from === undefined ? {} : { ':from': { S: from } }),
      ...(below === undefined ? {} : { ':below': { S: below } }),
    },
    ScanIndexForward: !descending,
    ConsistentRead: true,
  };
}
