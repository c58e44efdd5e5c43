// Items of JSON under a partition and a sort key, in one SQLite table: the archive's state, or a view's rows.
// SQLite compares TEXT by its UTF-8 bytes, which is the order that the port asks for.
import { setImmediate } from 'node:timers/promises';
import type { Range, StoredItem, Table } from '../../domain/ports.ts';
import { arrayRows } from './array-rows.ts';
import type { Database } from './database.ts';
import { COLUMNS, COLUMN_TYPES, rowsWith, type Row } from './items.ts';

/** Many a range wants only its first item. */
const FIRST_PAGE_ITEMS = 10;
const PAGE_ITEMS = 100;
/** To SQLite a BLOB, even an empty one, is above every text. */
const ABOVE_ALL = new Uint8Array();

/**
 * Items in a table of that name of the database, made where it is absent. All partitions begin with `prefix`, which is
 * not stored.
 */
export function sqliteTable(database: Database, name: string, prefix = ''): Table {
  makeTable(database, name);
  const { connection } = database;
  const { inside, itemOf, valuesOf } = rowsWith(prefix);
  const select = `SELECT ${COLUMNS} FROM ${name} WHERE partition = ?`;
  const one = arrayRows(connection, `${select} AND sort = ?`);
  const add = `INSERT INTO ${name} (partition, sort, body, since, until, version) VALUES (?, ?, ?, ?, ?, 1)`;
  const insert = connection.prepare(`${add} ON CONFLICT DO NOTHING`);
  const update = connection.prepare(
    `UPDATE ${name} SET body = ?, since = ?, until = ?, version = version + 1
     WHERE partition = ? AND sort = ? AND version = ?`,
  );
  const upsert = connection.prepare(
    `${add} ON CONFLICT (partition, sort) DO UPDATE
     SET body = excluded.body, since = excluded.since, until = excluded.until, version = version + 1`,
  );
  const remove = connection.prepare(`DELETE FROM ${name} WHERE partition = ? AND sort = ?`);
  const between = `SELECT ${COLUMNS} FROM ${name} WHERE partition = ? AND sort >= ? AND sort < ?`;
  const stood = '(since IS NULL OR since <= ?) AND (until IS NULL OR until > ?)';
  const ordered = (order: 'ASC' | 'DESC') => ({
    all: arrayRows(connection, `${between} ORDER BY sort ${order} LIMIT ?`),
    at: arrayRows(connection, `${between} AND ${stood} ORDER BY sort ${order} LIMIT ?`),
  });
  const [ascending, backwards] = [ordered('ASC'), ordered('DESC')];

  function find(partition: string, sort: string): StoredItem | undefined {
    const row = one.get(inside(partition), sort);
    return row === undefined ? undefined : itemOf(row as unknown as Row);
  }

  return {
    async get(partition, sort) {
      return find(partition, sort);
    },

    async getAll(keys) {
      return database.read(() =>
        keys.map(({ partition, sort }) => find(partition, sort)).filter((item) => item !== undefined),
      );
    },

    async putIf(item, version) {
      const row = valuesOf(item);
      const [partition, sort, ...values] = row;
      return database.write(() => {
        const { changes } =
          version === 0 ? insert.run(...row) : update.run(...values, partition, sort, version);
        return changes === 1;
      });
    },

    async putAll(items) {
      const rows = items.map(valuesOf);
      if (rows.length === 0) return;
      await database.write(() => {
        for (const row of rows) upsert.run(...row);
      });
    },

    async removeAll(keys) {
      if (keys.length === 0) return;
      await database.write(() => {
        for (const { partition, sort } of keys) remove.run(inside(partition), sort);
      });
    },

    async *range(partition, { from = '', below, descending = false, at }: Range = {}) {
      const statement = descending ? backwards : ascending;
      let low = from;
      let high: string | Uint8Array = below ?? ABOVE_ALL;
      for (let limit = FIRST_PAGE_ITEMS; ; limit = PAGE_ITEMS) {
        const keys = [inside(partition), low, high] as const;
        const rows = (at === undefined
          ? statement.all.all(...keys, limit)
          : statement.at.all(...keys, at, at, limit)) as unknown as Row[];
        // Parsed one by one: whoever wants the first only leaves the rest.
        for (const row of rows) yield itemOf(row);
        const last = rows.at(-1);
        if (rows.length < limit || last === undefined) return;
        // Each page begins beside the last key given out, there or not any more; the next text above it ends in NUL.
        const [, sort] = last;
        if (descending) high = sort;
        else low = `${sort}\0`;
        await setImmediate();
      }
    },
  };
}

/** The name is the code's own and never somebody's input. */
export function makeTable({ connection }: Database, name: string): void {
  connection.exec(`CREATE TABLE IF NOT EXISTS ${name} (
    ${COLUMN_TYPES}, PRIMARY KEY (partition, sort)
  ) STRICT`);
}
