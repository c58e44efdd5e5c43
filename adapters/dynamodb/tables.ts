// The three tables, made where they are absent: for tests, and for one process against an emulator. In an account the
// stack makes them, of the same shape and with what an emulator lacks: recovery, protection, tags.
import {
  CreateTableCommand,
  ResourceInUseException,
  waitUntilTableExists,
  type CreateTableCommandInput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';

export interface TableNames {
  readonly events: string;
  readonly state: string;
  readonly views: string;
}

export const tableNames = (prefix = ''): TableNames => ({
  events: `${prefix}events`,
  state: `${prefix}state`,
  views: `${prefix}views`,
});

const MADE_WITHIN_SECONDS = 60;

/** Resolves once all three can be used; those that are there already stay as they are. */
export async function createTables(client: DynamoDBClient, names: TableNames): Promise<void> {
  const stream = { StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } } as const;
  const shapes: CreateTableCommandInput[] = [
    { ...keyed(names.events, ['stream', 'S'], ['revision', 'N']), ...stream },
    { ...keyed(names.state, ['partition', 'S'], ['sort', 'S']), ...stream },
    keyed(names.views, ['partition', 'S'], ['sort', 'S']),
  ];
  await Promise.all(shapes.map((shape) => createTable(client, shape)));
}

type Key = readonly [name: string, type: 'S' | 'N'];

const keyed = (name: string, hash: Key, range: Key): CreateTableCommandInput => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [
    { AttributeName: hash[0], KeyType: 'HASH' },
    { AttributeName: range[0], KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [hash, range].map(([AttributeName, AttributeType]) => ({
    AttributeName,
    AttributeType,
  })),
});

async function createTable(client: DynamoDBClient, shape: CreateTableCommandInput): Promise<void> {
  try {
    await client.send(new CreateTableCommand(shape));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists(
    { client, minDelay: 0.05, maxDelay: 1, maxWaitTime: MADE_WITHIN_SECONDS },
    { TableName: shape.TableName },
  );
}
