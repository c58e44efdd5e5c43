// Streams of commits on DynamoDB: an append is one conditional put, and costs what a bare put of those bytes costs.
// No transaction, counter, index or second table: nothing else is written on the request path.
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
 * Streams in the table of that name: partition key `stream` (S), sort key `revision` (N).
 * Where the client tried its own put again after a lost answer, `append` gives back that very commit: the caller sees
 * by its events that it is his.
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
        // Not every endpoint says what stands there.
        const there = error.Item ? commitOf(error.Item) : await get(commit.stream, commit.revision);
        if (there === undefined) throw error;
        return there;
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
