// The row versions of one generation, in the one table of an SQLite file. SQLite compares TEXT by its UTF-8 bytes, which
// is the order that the port asks for.
import { setImmediate } from 'node:timers/promises';
import type { RowStore } from '../../domain/projections/row-store.ts';
import { arrayRows } from './array-rows.ts';
import type { Database } from './database.ts';

/** Readers often need only the first row. */
const FIRST_PAGE_ROWS = 10;
const PAGE_ROWS = 100;
/** SQLite sorts a BLOB, even an empty one, above every text. */
const ABOVE_ALL = new Uint8Array();

/** A page of current rows: of each key the newest version up to a position, unless it is a tombstone. */
const pageSql = (order: 'ASC' | 'DESC'): string =>
  `SELECT sort, position, body FROM rows
   WHERE partition = ? AND sort >= ? AND sort < ? AND position <= ? AND body IS NOT NULL
     AND NOT EXISTS (
       SELECT 1 FROM rows AS newer
       WHERE newer.partition = rows.partition AND newer.sort = rows.sort
         AND newer.position > rows.position AND newer.position <= ?
     )
   ORDER BY sort ${order} LIMIT ?`;

/** The table is created if the file has none. */
export function sqliteRowStore(database: Database): RowStore {
  const { connection } = database;
  connection.exec(
    `CREATE TABLE IF NOT EXISTS rows (
       partition TEXT NOT NULL, sort TEXT NOT NULL, position INTEGER NOT NULL, body TEXT
     ) STRICT;
     CREATE UNIQUE INDEX IF NOT EXISTS row_keys ON rows (partition, sort, position)`,
  );
  const insert = connection.prepare('INSERT INTO rows VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const ascending = arrayRows(connection, pageSql('ASC'));
  const backwards = arrayRows(connection, pageSql('DESC'));

  return {
    async append(versions) {
      const values = versions.map(
        ({ partition, sort, position, body }) =>
          [partition, sort, position, body === undefined ? null : JSON.stringify(body)] as const,
      );
      if (values.length === 0) return;
      await database.write(() => {
        for (const each of values) insert.run(...each);
      });
    },

    async scan() {
      throw new Error('not implemented yet');
    },

    async *range(partition, { at, from = '', below, descending = false }) {
      const statement = descending ? backwards : ascending;
      let low = from;
      let high: string | Uint8Array = below ?? ABOVE_ALL;
      for (let limit = FIRST_PAGE_ROWS; ; limit = PAGE_ROWS) {
        const page = statement.all(partition, low, high, at, at, limit) as unknown as [
          string,
          number,
          string,
        ][];
        for (const [sort, position, json] of page) yield { sort, position, body: JSON.parse(json) };
        const last = page.at(-1);
        if (page.length < limit || last === undefined) return;
        // The next page begins next to the last key; the lowest text above a key is the key and a NUL.
        if (descending) [high] = last;
        else low = `${last[0]}\0`;
        await setImmediate();
      }
    },
  };
}
