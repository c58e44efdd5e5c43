// Items as rows of an SQLite table: what a table has in columns, and the body as JSON.
import { TooLarge, type Item, type StoredItem } from '../../domain/ports.ts';

const MAX_BODY_BYTES = 350 * 1024;

export const COLUMNS = 'partition, sort, version, body, since, until';
export const COLUMN_TYPES = `partition TEXT NOT NULL, sort TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
    since INTEGER, until INTEGER`;

/** An array takes half the time that an object by the columns' names does. */
export type Row = readonly [
  partition: string,
  sort: string,
  version: number,
  body: string,
  since: number | null,
  until: number | null,
];

export interface Rows {
  /** As the table stores partitions: without the prefix that all of them have. */
  readonly inside: (partition: string) => string;
  readonly itemOf: (row: Row) => StoredItem;
  /** What an item fills in but its version. Throws TooLarge. */
  readonly valuesOf: (
    item: Item,
  ) => readonly [partition: string, sort: string, body: string, since: number | null, until: number | null];
}

export function rowsWith(prefix: string): Rows {
  const inside = (partition: string): string => partition.slice(prefix.length);
  return {
    inside,
    itemOf: ([partition, sort, version, body, since, until]) => ({
      partition: prefix + partition,
      sort,
      version,
      body: JSON.parse(body) as unknown,
      ...(since === null ? {} : { from: since }),
      ...(until === null ? {} : { to: until }),
    }),
    valuesOf: (item) => [inside(item.partition), item.sort, jsonOf(item), item.from ?? null, item.to ?? null],
  };
}

function jsonOf({ partition, sort, body }: Item): string {
  const json = JSON.stringify(body) as string | undefined;
  if (json === undefined) throw new TypeError(`the body of ${partition} ${sort} is not JSON`);
  // A code unit is three bytes of UTF-8 at most: few bodies have to be counted.
  const bytes = 3 * json.length > MAX_BODY_BYTES ? Buffer.byteLength(json) : 0;
  if (bytes > MAX_BODY_BYTES) throw new TooLarge(`item ${partition} ${sort}`, bytes, MAX_BODY_BYTES);
  return json;
}
