// Builds the query of the items that may have the rows of a range.
import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { nextKey } from '../../domain/projections/rows/row-keys.ts';
import type { RowRange } from '../../domain/projections/rows/row-store.ts';
import { blockStart, itemSort, JOINT, lowestSort } from './row-item.ts';

const ABOVE_JOINT = '\u0002';

export interface RangeQuery {
  readonly query: Pick<
    QueryCommandInput,
    'KeyConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues' | 'Limit'
  >;
  /** True if the highest keys come first, and the newest version of each key first. */
  readonly newestFirst: boolean;
  /** True if only the first version counts. */
  readonly one: boolean;
}

/** Returns the query, or undefined if the range is empty, because DynamoDB rejects such limits. */
export function rangeQuery(partition: string, range: RowRange): RangeQuery | undefined {
  const { at, from = '', below, descending = false } = range;
  // For a single row, the query reads only the newest version. The key of position -1 is below those of all versions.
  if (below === nextKey(from) && !from.endsWith('\0') && blockStart(from) === undefined)
    return {
      query: { ...between(partition, from + JOINT, itemSort(from, at)), Limit: 1 },
      newestFirst: true,
      one: true,
    };
  const low = itemLimit(lowestSort(from));
  const high = below === undefined ? undefined : itemLimit(below);
  if (high !== undefined && Buffer.compare(Buffer.from(low), Buffer.from(high)) >= 0) return undefined;
  return { query: between(partition, low, high), newestFirst: descending, one: false };
}

/**
 * Returns the limit in sort keys of items for a limit in sort keys of rows. A limit that ends in NUL is the lowest key
 * above another key, so it becomes the end of all versions of that key.
 */
const itemLimit = (limit: string): string =>
  limit.endsWith('\0') ? limit.slice(0, -1) + ABOVE_JOINT : limit + JOINT;

/** Returns a condition with both limits inclusive. Only the query of a single row has an item at its upper limit. */
const between = (partition: string, low: string, high: string | undefined) => ({
  KeyConditionExpression: `#partition = :partition AND #sort ${high === undefined ? '>= :low' : 'BETWEEN :low AND :high'}`,
  ExpressionAttributeNames: { '#partition': 'partition', '#sort': 'sort' },
  ExpressionAttributeValues: {
    ':partition': { S: partition },
    ':low': { S: low },
    ...(high === undefined ? {} : { ':high': { S: high } }),
  },
});
