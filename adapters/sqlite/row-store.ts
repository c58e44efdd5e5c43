// The row versions of one generation, in the one table of an SQLite file. SQLite compares TEXT by its UTF-8 bytes, which
// is the order that the port asks for.
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { Damaged } from '../../domain/errors.ts';
import type { CurrentRow, NewRowStore } from '../../domain/projections/rows/row-store.ts';
import type { RowVersion } from '../../domain/projections/rows/row.ts';
import { arrayRows, type ArrayRows } from './array-rows.ts';
import { codeOf, type Database } from './database.ts';

/** Readers often need only the first row. */
const FIRST_PAGE_ROWS = 10;
const PAGE_ROWS = 100;
/** Rows that a live generation takes in one transaction. Readers on the same thread wait for it. */
const LIVE_ROWS = 4_000;
/** A page of a scan ends after this many characters of bodies and keys. */
const SCAN_CHARACTERS = 1_048_576;
/** SQLite sorts a BLOB, even an empty one, above every text. */
const ABOVE_ALL = new Uint8Array();

const INDEX = 'row_keys';
const SQLITE_CONSTRAINT_UNIQUE = 2_067;

/**
 * A page of current rows: of each key the newest version up to a position, unless it is a tombstone. Versions after the
 * position are skipped within the index, without their bodies.
 */
const pageSql = (order: 'ASC' | 'DESC'): string =>
  `SELECT sort, position, body FROM rows INDEXED BY ${INDEX}
   WHERE partition = ? AND sort >= ? AND sort < ? AND position <= ?
     AND NOT EXISTS (
       SELECT 1 FROM rows AS newer INDEXED BY ${INDEX}
       WHERE newer.partition = rows.partition AND newer.sort = rows.sort
         AND newer.position > rows.position AND newer.position <= ?
     )
     AND body IS NOT NULL
   ORDER BY sort ${order} LIMIT ?`;

/** The same of one key: its newest version is found at once, however many there are. */
const KEY_SQL = `SELECT sort, position, body FROM rows INDEXED BY ${INDEX}
   WHERE partition = ? AND sort = ? AND position <= ? ORDER BY position DESC LIMIT 1`;

type FoundRow = readonly [sort: string, position: number, json: string];

const currentRow = (partition: string, [sort, position, json]: FoundRow): CurrentRow => ({
  sort,
  position,
  body: bodyIn(json, partition, sort, position),
});

/** @throws Damaged if it is not the JSON of an object. */
function bodyIn(json: string, partition: string, sort: string, position: number): object {
  let body: unknown;
  try {
    body = JSON.parse(json);
  } catch {
    // As if it were another value.
  }
  if (typeof body === 'object' && body !== null) return body;
  throw new Damaged(`row ${partition} ${sort} of position ${position} is not the JSON of an object`);
}

type ScannedRow = readonly [
  rowid: number,
  partition: string,
  sort: string,
  position: number,
  json: string | null,
];

/**
 * The table is created if the file has none. It has no index until `complete` builds it: appending to a table without
 * one is several times faster.
 */
export function sqliteRowStore(database: Database): NewRowStore {
  const { connection } = database;
  connection.exec(
    'CREATE TABLE IF NOT EXISTS rows (partition TEXT NOT NULL, sort TEXT NOT NULL, position INTEGER NOT NULL, body TEXT) STRICT',
  );
  // Without the index nothing conflicts.
  const insert = connection.prepare('INSERT INTO rows VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const scanned = arrayRows(
    connection,
    'SELECT rowid, partition, sort, position, body FROM rows WHERE rowid > ? ORDER BY rowid',
  );
  const removeFrom = connection.prepare('DELETE FROM rows WHERE position >= ?');
  const findIndex = connection.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?');
  let pages: Readonly<Record<'ascending' | 'descending' | 'key', ArrayRows>> | undefined;

  let complete = false;
  const isComplete = (): boolean => (complete ||= findIndex.get(INDEX) !== undefined);
  // A rollback journal keeps only pages that a transaction changes, and not those that it adds at the end of the file.
  // So each page is written once; a write-ahead log writes it twice. Both are durable when a transaction ends.
  if (!isComplete()) connection.exec('PRAGMA journal_mode = TRUNCATE');

  function preparePages() {
    if (!isComplete())
      throw new Damaged('the generation is not complete: its rows cannot be read by key yet');
    return {
      ascending: arrayRows(connection, pageSql('ASC')),
      descending: arrayRows(connection, pageSql('DESC')),
      key: arrayRows(connection, KEY_SQL),
    };
  }

  async function appendTogether(versions: readonly RowVersion[]): Promise<void> {
    if (versions.length === 0) return;
    await database.write(() => {
      let last: object | undefined;
      let json: string | null = null;
      for (const { partition, sort, position, body } of versions) {
        // Rows of several lists often share one body.
        if (body !== last) json = body === undefined ? null : JSON.stringify(body);
        last = body;
        insert.run(partition, sort, position, json);
      }
    });
  }

  return {
    async append(versions) {
      if (!isComplete()) return appendTogether(versions);
      // In the order of the index, rows on the same page are written together. Because the same versions may be appended
      // again after a failure, they need not share a transaction.
      const ordered = versions.toSorted(byKey);
      for (let from = 0; from < ordered.length; from += LIVE_ROWS)
        await appendTogether(ordered.slice(from, from + LIVE_ROWS));
    },

    async *range(partition, { at, from = '', below, descending = false }) {
      pages ??= preparePages();
      if (below === `${from}\0`) {
        const row = pages.key.get(partition, from, at) as unknown as FoundRow | undefined;
        if (row?.[2] != null) yield currentRow(partition, row);
        return;
      }
      const statement = descending ? pages.descending : pages.ascending;
      let low = from;
      let high: string | Uint8Array = below ?? ABOVE_ALL;
      for (let limit = FIRST_PAGE_ROWS; ; limit = PAGE_ROWS) {
        const page = statement.all(partition, low, high, at, at, limit) as unknown as FoundRow[];
        for (const row of page) yield currentRow(partition, row);
        const last = page.at(-1);
        if (page.length < limit || last === undefined) return;
        // The next page begins next to the last key; the lowest text above a key is the key and a NUL.
        if (descending) [high] = last;
        else low = `${last[0]}\0`;
        await setImmediate();
      }
    },

    async scan(after = '0') {
      const versions: RowVersion[] = [];
      let characters = 0;
      for (const row of scanned.iterate(Number(after)) as Iterable<unknown> as Iterable<ScannedRow>) {
        const [rowid, partition, sort, position, json] = row;
        versions.push({
          partition,
          sort,
          position,
          ...(json === null ? {} : { body: bodyIn(json, partition, sort, position) }),
        });
        characters += partition.length + sort.length + (json?.length ?? 0);
        if (characters >= SCAN_CHARACTERS) return { versions, next: String(rowid) };
      }
      return { versions };
    },

    async resume(next) {
      // With the index, versions that are appended again do no harm.
      await database.write(() => {
        if (!isComplete()) removeFrom.run(next);
      });
    },

    async complete() {
      await database.write(() => {
        if (!isComplete()) buildIndex(connection);
      });
      connection.exec('PRAGMA journal_mode = WAL');
    },
  };
}

const byKey = (a: RowVersion, b: RowVersion): number =>
  compare(a.partition, b.partition) || compare(a.sort, b.sort);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function buildIndex(connection: DatabaseSync): void {
  const build = (): void =>
    connection.exec(`CREATE UNIQUE INDEX ${INDEX} ON rows (partition, sort, position)`);
  try {
    build();
  } catch (error) {
    if (codeOf(error) !== SQLITE_CONSTRAINT_UNIQUE) throw error;
    // Versions that were appended twice are the same, so that the first of them is enough.
    connection.exec(
      'DELETE FROM rows WHERE rowid NOT IN (SELECT min(rowid) FROM rows GROUP BY partition, sort, position)',
    );
    build();
  }
}
