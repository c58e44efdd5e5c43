// The archive's four tables, of the same keys as in an account but without their streams. In an account a stream is
// read apart from the table and takes no write unit; the emulator slows every put down the more records it holds.
import type { TableNames } from '../../adapters/dynamodb/tables.ts';
import { createTable, dropTable } from './bench-subject.ts';

export interface OpenedTables {
  readonly names: TableNames;
  readonly close: () => Promise<void>;
}

export async function openTables(): Promise<OpenedTables> {
  const names = {
    events: await createTable(['stream:S', 'revision:N']),
    state: await createTable(['partition:S', 'sort:S']),
    views: await createTable(['partition:S', 'sort:S']),
    catalog: await createTable(['partition:S', 'sort:S']),
  };
  const close = async () => {
    await Promise.all(Object.values(names).map(dropTable));
  };
  return { names, close };
}
