// Row stores of all generations: one DynamoDB table for each, created at the first build of its generation.
import { paginateListTables, type DynamoDBClient, type Tag } from '@aws-sdk/client-dynamodb';
import type { RowStores } from '../../domain/projections/rows/row-store.ts';
import { dynamodbRowStore } from './row-store.ts';
import { createTable, deleteTable, tableDefinition } from './table-lifecycle.ts';

export interface RowTables {
  /** Prefix of the names of the tables. The number of the generation follows. */
  readonly prefix: string;
  /** Id or ARN of the KMS key that encrypts the tables. Default: a key that AWS owns. */
  readonly kmsKey?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Maximum number of items of a scan page. Default: DynamoDB ends a page at 1 MB. */
  readonly scanItems?: number | undefined;
}

/** Creates and removes the alarms of one table, whose names begin with the name of the table. Idempotent. */
export interface TableAlarms {
  create(table: string): Promise<void>;
  remove(table: string): Promise<void>;
}

export function dynamodbRowStores(
  client: DynamoDBClient,
  { prefix, kmsKey, tags = {}, scanItems }: RowTables,
  alarms?: TableAlarms,
): RowStores {
  const tableOf = (generation: number): string => `${prefix}${generation}`;
  const Tags = Object.entries(tags).map(([Key, Value]): Tag => ({ Key, Value }));

  return {
    open: (generation) => dynamodbRowStore(client, tableOf(generation), scanItems),

    async build(generation) {
      const table = tableOf(generation);
      await createTable(client, {
        ...tableDefinition(table, ['partition', 'S'], ['sort', 'S']),
        ...(kmsKey === undefined
          ? {}
          : { SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: kmsKey } }),
        ...(Tags.length > 0 ? { Tags } : {}),
      });
      await alarms?.create(table);
      return dynamodbRowStore(client, table, scanItems);
    },

    async drop(generation) {
      const table = tableOf(generation);
      // Alarms first, because they are found only by the name of the table.
      await alarms?.remove(table);
      await deleteTable(client, table);
    },

    async list() {
      const generations: number[] = [];
      for await (const { TableNames = [] } of paginateListTables({ client }, {}))
        for (const name of TableNames) {
          const number = name.startsWith(prefix) ? name.slice(prefix.length) : '';
          // Names of other archives may have the same prefix, but not a number alone after it.
          if (/^(?:0|[1-9]\d*)$/.test(number)) generations.push(Number(number));
        }
      return generations;
    },
  };
}
