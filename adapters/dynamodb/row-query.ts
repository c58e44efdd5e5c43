// The query of a range of rows: which items may hold them.
import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { RowRange } from '../../domain/projections/rows/row-store.ts';
import { blockStart, itemSort, JOINT, lowestSort } from './row-item.ts';

const ABOVE_JOINT = '\u0002';

export interface RangeQuery {
  readonly query: Pick<
    QueryCommandInput,
    'KeyConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues' | 'Limit'
  >;
  /** Versions come with the highest keys first, and of a key with the newest first. */
  readonly newestFirst: boolean;
  /** The first version that comes is the only one that counts. */
  readonly one: boolean;
}

/** Returns undefined if the range is empty: DynamoDB refuses limits that have nothing between them. */
export function rangeQuery(partition: string, range: RowRange): RangeQuery | undefined {
  const { at, from = '', below, descending = false } = range;
  // Of a single row the newest version comes first, however many there are.
  if (below === `${from}\0` && !from.endsWith('\0') && blockStart(from) === undefined)
    return at < 0
      ? undefined
      : {
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
 * The limit in the items' sort keys that stands for a limit in the rows' sort keys. A NUL ends the lowest key above
 * another key; it stands for the end of all versions of that key.
 */
const itemLimit = (limit: string): string =>
  limit.endsWith('\0') ? limit.slice(0, -1) + ABOVE_JOINT : limit + JOINT;

/** BETWEEN includes both limits. No item has the upper one, unless it is the item of the version that is looked for. */
const between = (partition: string, low: string, high: string | undefined) => ({
  KeyConditionExpression: `#partition = :partition AND #sort ${high === undefined ? '>= :low' : 'BETWEEN :low AND :high'}`,
  ExpressionAttributeNames: { '#partition': 'partition', '#sort': 'sort' },
  ExpressionAttributeValues: {
    ':partition': { S: partition },
    ':low': { S: low },
    ...(high === undefined ? {} : { ':high': { S: high } }),
  },
});
