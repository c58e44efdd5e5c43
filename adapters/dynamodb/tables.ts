// Creates the three tables with fixed names for tests and for a process with an emulator. In an AWS account, the CDK
// stack creates the same tables with backups, deletion protection and tags.
import type { CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable, tableDefinition } from './table-lifecycle.ts';

export interface TableNames {
  readonly events: string;
  readonly state: string;
  readonly catalog: string;
}

export const tableNames = (prefix = ''): TableNames => ({
  events: `${prefix}events`,
  state: `${prefix}state`,
  catalog: `${prefix}read-models`,
});

/** Creates the missing tables, and resolves when all tables are active. Existing tables stay unchanged. */
export async function createTables(client: DynamoDBClient, names: TableNames): Promise<void> {
  const stream = { StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } } as const;
  const shapes: CreateTableCommandInput[] = [
    { ...tableDefinition(names.events, ['stream', 'S'], ['revision', 'N']), ...stream },
    { ...tableDefinition(names.state, ['partition', 'S'], ['sort', 'S']), ...stream },
    tableDefinition(names.catalog, ['partition', 'S'], ['sort', 'S']),
  ];
  await Promise.all(shapes.map((shape) => createTable(client, shape)));
}
