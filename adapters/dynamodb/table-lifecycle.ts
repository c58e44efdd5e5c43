// Creates and deletes tables, and waits until DynamoDB has completed the operation.
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  waitUntilTableExists,
  waitUntilTableNotExists,
  type CreateTableCommandInput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';

const WAIT_SECONDS = 60;

type Key = readonly [name: string, type: 'S' | 'N'];

/** Returns the definition of an on-demand table with these keys. */
export const tableDefinition = (name: string, hash: Key, range: Key) =>
  ({
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
  }) satisfies CreateTableCommandInput;

/**
 * Creates a table, and resolves when it is active. An existing table stays unchanged; a table that is being deleted is
 * created again afterwards.
 * @throws Error if DynamoDB takes longer than a minute
 */
export async function createTable(client: DynamoDBClient, shape: CreateTableCommandInput): Promise<void> {
  const table = shape.TableName ?? '';
  while (!(await isCreated(client, shape))) {
    const status = await statusOf(client, table);
    if (status !== undefined && status !== 'DELETING') break;
    await waitUntil('deleted', client, table);
  }
  await waitUntil('active', client, table);
}

/** Deletes a table, and resolves when it no longer exists. @throws Error if DynamoDB takes longer than a minute */
export async function deleteTable(client: DynamoDBClient, table: string): Promise<void> {
  const status = await statusOf(client, table);
  if (status === undefined) return;
  if (status === 'CREATING') await waitUntil('active', client, table);
  if (status !== 'DELETING') await requestDeletion(client, table);
  await waitUntil('deleted', client, table);
}

/** Requests the creation of a table. Returns false if a table of this name already exists. */
async function isCreated(client: DynamoDBClient, shape: CreateTableCommandInput): Promise<boolean> {
  try {
    await client.send(new CreateTableCommand(shape));
    return true;
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
    return false;
  }
}

async function requestDeletion(client: DynamoDBClient, table: string): Promise<void> {
  try {
    await client.send(new DeleteTableCommand({ TableName: table }));
  } catch (error) {
    // Another process is deleting the table or has deleted it.
    if (!(error instanceof ResourceInUseException || error instanceof ResourceNotFoundException)) throw error;
  }
}

/** Returns the status of a table, or undefined if it does not exist. */
async function statusOf(client: DynamoDBClient, table: string): Promise<string | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    return Table?.TableStatus;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    return undefined;
  }
}

async function waitUntil(state: 'active' | 'deleted', client: DynamoDBClient, table: string): Promise<void> {
  const wait = state === 'active' ? waitUntilTableExists : waitUntilTableNotExists;
  try {
    await wait({ client, minDelay: 0.05, maxDelay: 1, maxWaitTime: WAIT_SECONDS }, { TableName: table });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'TimeoutError')) throw error;
    throw new Error(`table ${table} is not ${state} after ${WAIT_SECONDS} s: try again`, { cause: error });
  }
}
