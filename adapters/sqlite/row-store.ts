// Row versions of one generation in an SQLite file. Table `keys` is in key order and refers to table `bodies`. While a
// generation is built, another file has its keys in order of arrival. SQLite compares TEXT by UTF-8 bytes.
import { rm } from 'node:fs/promises';
import type { StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { Damaged } from '../../domain/errors.ts';
import type { CurrentRow, NewRowStore, ScanPage } from '../../domain/projections/rows/row-store.ts';
import { nextKey } from '../../domain/projections/rows/row-keys.ts';
import type { RowVersion } from '../../domain/projections/rows/row.ts';
import { arrayRows, type ArrayRows } from './array-rows.ts';
import type { Database } from './database.ts';

/** Rows of the first page. Readers often need only one row. */
const FIRST_PAGE_ROWS = 10;
const PAGE_ROWS = 100;
/** Maximum number of rows of a transaction in a live generation, because readers on the same thread wait for it. */
const LIVE_ROWS = 4_000;
/** A page of a scan ends after this many characters of bodies and keys. */
const SCAN_CHARACTERS = 1_048_576;
/** SQLite sorts a BLOB, even an empty one, above every text. */
const ABOVE_ALL = new Uint8Array();

const COLUMNS = 'partition TEXT NOT NULL, sort TEXT NOT NULL, position INTEGER NOT NULL, body INTEGER';

/**
 * Returns the query of a page of current rows: the newest version of each key up to a position, unless it is a
 * tombstone. It does not read the bodies of versions after the position.
 */
const pageSql = (order: 'ASC' | 'DESC'): string =>
  `SELECT sort, position, json FROM keys LEFT JOIN bodies ON id = body
   WHERE partition = ? AND sort >= ? AND sort < ? AND position <= ? AND body IS NOT NULL
     AND NOT EXISTS (
       SELECT 1 FROM keys AS newer
       WHERE newer.partition = keys.partition AND newer.sort = keys.sort
         AND newer.position > keys.position AND newer.position <= ?
     )
   ORDER BY sort ${order} LIMIT ?`;

/** Query of the current row of one key. Its time does not depend on the number of versions. */
const KEY_SQL = `SELECT sort, position, json, body FROM keys LEFT JOIN bodies ON id = body
   WHERE partition = ? AND sort = ? AND position <= ? ORDER BY position DESC LIMIT 1`;

/** Query of all versions after a key, in the order of the keys. */
const SCAN_SQL = `SELECT partition, sort, position, json, body FROM keys LEFT JOIN bodies ON id = body
   WHERE (partition, sort, position) > (?, ?, ?) ORDER BY partition, sort, position`;

/** Query of all versions of a generation that is being built, in order of arrival. */
const BUILT_SQL = `SELECT partition, sort, position, json, body, built.rowid FROM building.keys AS built
   LEFT JOIN bodies ON id = body WHERE built.rowid > ? ORDER BY built.rowid`;

type KeyRow = readonly [sort: string, position: number, json: string | null, body?: number | null];

const currentRow = (partition: string, [sort, position, json]: KeyRow): CurrentRow => ({
  sort,
  position,
  body: bodyIn(json, partition, sort, position),
});

/** Parses a body. @throws Damaged if it is not the JSON of an object. */
function bodyIn(json: string | null, partition: string, sort: string, position: number): object {
  let body: unknown;
  try {
    // If the body is lost, the join gives null.
    body = JSON.parse(json ?? 'null');
  } catch {
    // Invalid JSON is reported like a value that is not an object.
  }
  if (typeof body === 'object' && body !== null) return body;
  throw new Damaged(`row ${partition} ${sort} of position ${position} is not the JSON of an object`);
}

type ScannedRow = readonly [
  partition: string,
  sort: string,
  position: number,
  json: string | null,
  body: number | null,
  rowid: number,
];

/**
 * Opens the row store of a file and creates missing tables. Until `complete`, or `resume` with a position above 0, sorts
 * the keys, they are in the file at `buildingPath`, which is created on demand.
 */
export function sqliteRowStore(database: Database, buildingPath: string): NewRowStore {
  const { connection } = database;
  connection.exec('CREATE TABLE IF NOT EXISTS bodies (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT');
  const insertBody = connection.prepare('INSERT INTO bodies VALUES (?, ?)');
  const lastBody = arrayRows(connection, 'SELECT coalesce(max(id), 0) FROM bodies');
  const findKeys = connection.prepare("SELECT 1 FROM main.sqlite_schema WHERE name = 'keys'");
  let complete: Complete | undefined;
  let building: Building | undefined;

  /** Returns undefined until the generation is complete. Another connection may complete it. */
  const completed = (): Complete | undefined =>
    (complete ??= findKeys.get() === undefined ? undefined : prepareComplete(database));
  // A rollback journal writes an appended page once, a write-ahead log twice. Both are durable at the end of a
  // transaction.
  if (!completed()) connection.exec('PRAGMA journal_mode = TRUNCATE');

  const built = (): Building => (building ??= attachBuilding(database, buildingPath));

  function readable(): Complete {
    const statements = completed();
    if (statements) return statements;
    throw new Damaged(
      'the generation is not complete, so its rows cannot be read by key: wait until its rebuild has folded it',
    );
  }

  async function appendTogether(versions: readonly RowVersion[]): Promise<void> {
    if (versions.length === 0) return;
    if (!completed()) built();
    await database.write(() => {
      const { insertKey } = completed() ?? built();
      let [last] = lastBody.get() as unknown as [number];
      // Rows in several lists often share a body.
      const ids = new Map<object, number>();
      for (const { partition, sort, position, body } of versions) {
        const known = body && ids.get(body);
        const { changes } = insertKey.run(partition, sort, position, body ? (known ?? last + 1) : null);
        // If the version existed, its body exists too.
        if (!body || known !== undefined || changes === 0) continue;
        last += 1;
        ids.set(body, last);
        insertBody.run(last, JSON.stringify(body));
      }
    });
  }

  async function sortKeys(): Promise<void> {
    built();
    // Versions with the same key and position are equal, so one of them is enough.
    await database.write(() =>
      connection.exec(
        `CREATE TABLE main.keys (${COLUMNS}, PRIMARY KEY (partition, sort, position)) STRICT, WITHOUT ROWID;
         INSERT OR IGNORE INTO main.keys SELECT * FROM building.keys ORDER BY partition, sort, position`,
      ),
    );
    connection.exec('DETACH building');
    building = undefined;
  }

  return {
    async append(versions) {
      if (!completed()) return appendTogether(versions);
      // Rows of one partition are on the same pages. One transaction is not needed, because after a failure the
      // projector appends the same versions again.
      const partitions = Map.groupBy(versions, ({ partition }) => partition);
      const ordered = [...partitions.keys()].toSorted().flatMap((name) => partitions.get(name) ?? []);
      for (let from = 0; from < ordered.length; from += LIVE_ROWS)
        await appendTogether(ordered.slice(from, from + LIVE_ROWS));
    },

    async *range(partition, { at, from = '', below, descending = false }) {
      const pages = readable();
      if (below === nextKey(from)) {
        const row = pages.key.get(partition, from, at) as unknown as KeyRow | undefined;
        if (row && row[3] !== null) yield currentRow(partition, row);
        return;
      }
      const statement = descending ? pages.descending : pages.ascending;
      let low = from;
      let high: string | Uint8Array = below ?? ABOVE_ALL;
      for (let limit = FIRST_PAGE_ROWS; ; limit = PAGE_ROWS) {
        const page = statement.all(partition, low, high, at, at, limit) as unknown as KeyRow[];
        for (const row of page) yield currentRow(partition, row);
        const last = page.at(-1);
        if (page.length < limit || last === undefined) return;
        // The next page begins after the last key.
        if (descending) [high] = last;
        else low = nextKey(last[0]);
        await setImmediate();
      }
    },

    async scan(after) {
      const statements = completed();
      if (!statements) {
        const rows = built().scanned.iterate(Number(after ?? 0));
        return scanPage(rows as Iterable<unknown> as Iterable<ScannedRow>, ([, , , , , rowid]) =>
          String(rowid),
        );
      }
      const key = after === undefined ? ['', '', -1] : (JSON.parse(after) as [string, string, number]);
      const rows = statements.scanned.iterate(...key);
      return scanPage(rows as Iterable<unknown> as Iterable<ScannedRow>, (row) =>
        JSON.stringify(row.slice(0, 3)),
      );
    },

    async resume(next) {
      if (completed()) return;
      built();
      const hasKeys = connection.prepare('SELECT 1 FROM building.keys LIMIT 1').get() !== undefined;
      if (next > 0 && !hasKeys)
        throw new Damaged(
          `the rows of the generation up to position ${next} are lost: cancel its rebuild and start another`,
        );
      await database.write(() => {
        connection.prepare('DELETE FROM building.keys WHERE position >= ?').run(next);
        connection.exec('DELETE FROM bodies WHERE id > (SELECT coalesce(max(body), 0) FROM building.keys)');
      });
      // Sums of earlier windows can be read only from sorted keys.
      if (next > 0) await sortKeys();
    },

    async complete() {
      if (!completed()) await sortKeys();
      // A crash may have left this file after the keys were sorted.
      for (const end of ['-journal', '']) await rm(buildingPath + end, { force: true });
      connection.exec('PRAGMA journal_mode = WAL');
    },
  };
}

/** Statements for a complete generation. */
interface Complete {
  readonly insertKey: StatementSync;
  readonly ascending: ArrayRows;
  readonly descending: ArrayRows;
  readonly key: ArrayRows;
  readonly scanned: ArrayRows;
}

const prepareComplete = ({ connection }: Database): Complete => ({
  insertKey: connection.prepare('INSERT INTO main.keys VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'),
  ascending: arrayRows(connection, pageSql('ASC')),
  descending: arrayRows(connection, pageSql('DESC')),
  key: arrayRows(connection, KEY_SQL),
  scanned: arrayRows(connection, SCAN_SQL),
});

/** Statements for a generation that is being built. */
interface Building {
  readonly insertKey: StatementSync;
  readonly scanned: ArrayRows;
}

/** Attaches the file of the keys, so that a transaction writes to both files or to neither. */
function attachBuilding({ connection }: Database, path: string): Building {
  connection.prepare('ATTACH ? AS building').run(path);
  connection.exec(
    `PRAGMA building.journal_mode = TRUNCATE; PRAGMA building.synchronous = FULL;
     CREATE TABLE IF NOT EXISTS building.keys (${COLUMNS}) STRICT`,
  );
  return {
    insertKey: connection.prepare('INSERT INTO building.keys VALUES (?, ?, ?, ?)'),
    scanned: arrayRows(connection, BUILT_SQL),
  };
}

function scanPage(rows: Iterable<ScannedRow>, cursor: (row: ScannedRow) => string): ScanPage {
  const versions: RowVersion[] = [];
  let characters = 0;
  for (const row of rows) {
    const [partition, sort, position, json, body] = row;
    versions.push({
      partition,
      sort,
      position,
      ...(body === null ? {} : { body: bodyIn(json, partition, sort, position) }),
    });
    characters += partition.length + sort.length + (json?.length ?? 0);
    if (characters >= SCAN_CHARACTERS) return { versions, next: cursor(row) };
  }
  return { versions };
}
