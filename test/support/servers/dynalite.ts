// Starts Dynalite, a DynamoDB in JavaScript, with the tables of the archive. It runs without Java. It has no streams,
// and does not return the current item if a condition fails.
import { createRequire } from 'node:module';
import type { AddressInfo, Server } from 'node:net';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbClient } from '../../../adapters/dynamodb/dynamodb-client.ts';
import { createTables, tableNames, type TableNames } from '../../../adapters/dynamodb/tables.ts';

export interface Emulator {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  readonly tables: TableNames;
  readonly close: () => Promise<void>;
}

const dynalite = createRequire(import.meta.url)('dynalite') as (options: { createTableMs: number }) => Server;

/** Settings of clients. Emulators accept all credentials. */
export const emulated = { region: 'local', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

export async function startDynalite(): Promise<Emulator> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = dynamodbClient({ endpoint, ...emulated });
  const tables = tableNames('test-');
  await createTables(client, tables);
  return {
    endpoint,
    client,
    tables,
    close: async () => {
      client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
