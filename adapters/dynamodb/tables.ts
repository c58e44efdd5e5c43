// The three tables with fixed names, made where they are absent: for tests, and for one process against an emulator. In an account the
// stack makes them, of the same shape and with what an emulator lacks: recovery, protection, tags.
import type { CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable, keyed } from './table-lifecycle.ts';

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

/** Resolves once all can be used; those that are there already stay as they are. */
export async function createTables(client: DynamoDBClient, names: TableNames): Promise<void> {
  const stream = { StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } } as const;
  const shapes: CreateTableCommandInput[] = [
    { ...keyed(names.events, ['stream', 'S'], ['revision', 'N']), ...stream },
    { ...keyed(names.state, ['partition', 'S'], ['sort', 'S']), ...stream },
    keyed(names.catalog, ['partition', 'S'], ['sort', 'S']),
  ];
  await Promise.all(shapes.map((shape) => createTable(client, shape)));
}
