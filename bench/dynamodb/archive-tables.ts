// Creates the archive's four tables without streams. On AWS, streams take no write units; in the emulator, each stream
// record slows down later puts.
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
