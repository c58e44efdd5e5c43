// Stores commits in DynamoDB. An append is one conditional put and costs as much as an unconditional one.
// It uses no transaction, counter, index or second table.
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type DynamoDBClient,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Commit, EventStore } from '../../domain/ports.ts';
import { commitOf, itemOf } from './commit-item.ts';

/**
 * Creates an event store on a table with the partition key `stream` (S) and the sort key `revision` (N).
 * If the client repeated a put after a lost answer, `append` returns the caller's own commit, with equal events.
 */
export function dynamodbEventStore(client: DynamoDBClient, table: string): EventStore {
  async function get(stream: string, revision: number): Promise<Commit | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: table,
        Key: { stream: { S: stream }, revision: { N: String(revision) } },
        ConsistentRead: true,
      }),
    );
    return Item && commitOf(Item);
  }

  return {
    async append(commit) {
      const Item = itemOf(commit);
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item,
            ConditionExpression: 'attribute_not_exists(#stream)',
            ExpressionAttributeNames: { '#stream': 'stream' },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return undefined;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // Not every endpoint returns the existing item with the error.
        const existing = error.Item ? commitOf(error.Item) : await get(commit.stream, commit.revision);
        if (existing === undefined) throw error;
        return existing;
      }
    },

    get,

    async *read(stream, after = 0) {
      let from: QueryCommandOutput['LastEvaluatedKey'];
      do {
        const { Items = [], LastEvaluatedKey }: QueryCommandOutput = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: '#stream = :stream AND #revision > :after',
            ExpressionAttributeNames: { '#stream': 'stream', '#revision': 'revision' },
            ExpressionAttributeValues: { ':stream': { S: stream }, ':after': { N: String(after) } },
            ConsistentRead: true,
            ExclusiveStartKey: from,
          }),
        );
        for (const item of Items) yield commitOf(item);
        from = LastEvaluatedKey;
      } while (from);
    },
  };
}
