// Stores JSON items by partition and sort key in one SQLite table: the archive's state, or the catalog of read models.
// SQLite compares TEXT by its UTF-8 bytes, which is the order that the port requires.
import { setImmediate } from 'node:timers/promises';
import { TooLarge, type Item, type StoredItem, type Table } from '../../domain/ports.ts';
import { arrayRows } from './array-rows.ts';
import type { Database } from './database.ts';

/** Many ranges need only their first item. */
const FIRST_PAGE_ITEMS = 10;
const PAGE_ITEMS = 100;
/** In SQLite a BLOB, even an empty one, sorts above every text. */
const ABOVE_ALL = new Uint8Array();

const MAX_BODY_BYTES = 350 * 1_024;
const COLUMNS = 'partition, sort, version, body';

/** An array is read in half the time of an object. */
type Row = readonly [partition: string, sort: string, version: number, body: string];

/** Returns the table of this name, which is created if it does not exist. */
export function sqliteTable(database: Database, name: string): Table {
  makeTable(database, name);
  const { connection } = database;
  const select = `SELECT ${COLUMNS} FROM ${name} WHERE partition = ?`;
  const one = arrayRows(connection, `${select} AND sort = ?`);
  const add = `INSERT INTO ${name} (partition, sort, body, version) VALUES (?, ?, ?, 1)`;
  const insert = connection.prepare(`${add} ON CONFLICT DO NOTHING`);
  const update = connection.prepare(
    `UPDATE ${name} SET body = ?, version = version + 1 WHERE partition = ? AND sort = ? AND version = ?`,
  );
  const upsert = connection.prepare(
    `${add} ON CONFLICT (partition, sort) DO UPDATE SET body = excluded.body, version = version + 1`,
  );
  const remove = connection.prepare(`DELETE FROM ${name} WHERE partition = ? AND sort = ?`);
  const between = `${select} AND sort >= ? AND sort < ?`;
  const ascending = arrayRows(connection, `${between} ORDER BY sort LIMIT ?`);
  const backwards = arrayRows(connection, `${between} ORDER BY sort DESC LIMIT ?`);

  return {
    async get(partition, sort) {
      const row = one.get(partition, sort);
      return row === undefined ? undefined : itemOf(row as unknown as Row);
    },

    async compareAndPut(item, version) {
      const { partition, sort } = item;
      const json = jsonOf(item);
      return database.write(() => {
        const { changes } =
          version === 0 ? insert.run(partition, sort, json) : update.run(json, partition, sort, version);
        return changes === 1;
      });
    },

    async batchPut(items) {
      const rows = items.map((item) => [item.partition, item.sort, jsonOf(item)] as const);
      if (rows.length === 0) return;
      await database.write(() => {
        for (const row of rows) upsert.run(...row);
      });
    },

    async batchDelete(keys) {
      if (keys.length === 0) return;
      await database.write(() => {
        for (const { partition, sort } of keys) remove.run(partition, sort);
      });
    },

    async *range(partition, { from = '', below, descending = false } = {}) {
      const statement = descending ? backwards : ascending;
      let low = from;
      let high: string | Uint8Array = below ?? ABOVE_ALL;
      for (let limit = FIRST_PAGE_ITEMS; ; limit = PAGE_ITEMS) {
        const rows = statement.all(partition, low, high, limit) as unknown as Row[];
        // Items are parsed one by one, because a caller may need only the first.
        for (const row of rows) yield itemOf(row);
        const last = rows.at(-1);
        if (rows.length < limit || last === undefined) return;
        // Each page begins next to the last key, even if that was removed. The next text above a key is the key and a NUL.
        const [, sort] = last;
        if (descending) high = sort;
        else low = `${sort}\0`;
        await setImmediate();
      }
    },
  };
}

const itemOf = ([partition, sort, version, body]: Row): StoredItem => ({
  partition,
  sort,
  version,
  body: JSON.parse(body) as unknown,
});

function jsonOf({ partition, sort, body }: Item): string {
  const json = JSON.stringify(body) as string | undefined;
  if (json === undefined) throw new TypeError(`the body of ${partition} ${sort} is not JSON`);
  // A code unit has at most three bytes in UTF-8, so few bodies must be counted.
  const bytes = 3 * json.length > MAX_BODY_BYTES ? Buffer.byteLength(json) : 0;
  if (bytes > MAX_BODY_BYTES) throw new TooLarge(`item ${partition} ${sort}`, bytes, MAX_BODY_BYTES);
  return json;
}

/**
 * Creates the table. The name is part of the code, never input. Tables of earlier releases have two more columns, which
 * stay empty.
 */
export function makeTable({ connection }: Database, name: string): void {
  connection.exec(`CREATE TABLE IF NOT EXISTS ${name} (
    partition TEXT NOT NULL, sort TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (partition, sort)
  ) STRICT`);
}
