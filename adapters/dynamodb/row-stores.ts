// The row stores of all generations: a DynamoDB table for each, which is created when its generation is first built.
import { paginateListTables, type DynamoDBClient, type Tag } from '@aws-sdk/client-dynamodb';
import type { RowStores } from '../../domain/projections/rows/row-store.ts';
import { dynamodbRowStore } from './row-store.ts';
import { createTable, deleteTable, keyed } from './table-lifecycle.ts';

export interface RowTables {
  /** The names of the tables are this and the number of the generation. */
  readonly prefix: string;
  /** Id or ARN of the KMS key that encrypts the tables; without it AWS's own key does. */
  readonly kmsKey?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Items in a page of a scan, at most; without it DynamoDB ends a page at 1 MB. */
  readonly scanItems?: number | undefined;
}

/** Alarms of one table, under names that begin with the table's. Repeating a call changes nothing. */
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
        ...keyed(table, ['partition', 'S'], ['sort', 'S']),
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
      // Before the table, whose name is all that leads to them.
      await alarms?.remove(table);
      await deleteTable(client, table);
    },

    async list() {
      const generations: number[] = [];
      for await (const { TableNames = [] } of paginateListTables({ client }, {}))
        for (const name of TableNames) {
          const number = name.startsWith(prefix) ? name.slice(prefix.length) : '';
          // Tables of other archives may begin alike, but have more than a number after that.
          if (/^(?:0|[1-9]\d*)$/.test(number)) generations.push(Number(number));
        }
      return generations;
    },
  };
}
