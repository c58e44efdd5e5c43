// The row versions of one generation, in an SQLite file of two tables. `keys` has each key once, in its order, and which
// body the version has; `bodies` has each body once, in the order in which they came. While a generation is built, its
// keys wait in a file of their own, because keys that come in any order fill a table in order several times slower.
// SQLite compares TEXT by its UTF-8 bytes, which is the order that the port asks for.
import { rm } from 'node:fs/promises';
import type { StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { Damaged } from '../../domain/errors.ts';
import type { CurrentRow, NewRowStore, ScanPage } from '../../domain/projections/rows/row-store.ts';
import type { RowVersion } from '../../domain/projections/rows/row.ts';
import { arrayRows, type ArrayRows } from './array-rows.ts';
import type { Database } from './database.ts';

/** Readers often need only the first row. */
const FIRST_PAGE_ROWS = 10;
const PAGE_ROWS = 100;
/** Rows that a live generation takes in one transaction. Readers on the same thread wait for it. */
const LIVE_ROWS = 4_000;
/** A page of a scan ends after this many characters of bodies and keys. */
const SCAN_CHARACTERS = 1_048_576;
/** SQLite sorts a BLOB, even an empty one, above every text. */
const ABOVE_ALL = new Uint8Array();

const COLUMNS = 'partition TEXT NOT NULL, sort TEXT NOT NULL, position INTEGER NOT NULL, body INTEGER';

/**
 * A page of current rows: of each key the newest version up to a position, unless it is a tombstone. Versions after the
 * position are skipped without their bodies.
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

/** The same of one key: its newest version is found at once, however many there are. */
const KEY_SQL = `SELECT sort, position, json, body FROM keys LEFT JOIN bodies ON id = body
   WHERE partition = ? AND sort = ? AND position <= ? ORDER BY position DESC LIMIT 1`;

/** All versions after a key, in the order of the keys. */
const SCAN_SQL = `SELECT partition, sort, position, json, body FROM keys LEFT JOIN bodies ON id = body
   WHERE (partition, sort, position) > (?, ?, ?) ORDER BY partition, sort, position`;

/** The same of a generation that is built: in the order in which they came. */
const BUILT_SQL = `SELECT partition, sort, position, json, body, built.rowid FROM building.keys AS built
   LEFT JOIN bodies ON id = body WHERE built.rowid > ? ORDER BY built.rowid`;

type FoundRow = readonly [sort: string, position: number, json: string | null, body?: number | null];

const currentRow = (partition: string, [sort, position, json]: FoundRow): CurrentRow => ({
  sort,
  position,
  body: bodyIn(json, partition, sort, position),
});

/** @throws Damaged if it is not the JSON of an object. */
function bodyIn(json: string | null, partition: string, sort: string, position: number): object {
  let body: unknown;
  try {
    // A version whose body is lost has null.
    body = JSON.parse(json ?? 'null');
  } catch {
    // As if it were another value.
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
 * The tables are created if the file has none. Until `complete`, or a `resume` after the beginning, puts the keys in order,
 * they wait in the file at `buildingPath`, which is created when it is needed.
 */
export function sqliteRowStore(database: Database, buildingPath: string): NewRowStore {
  const { connection } = database;
  connection.exec('CREATE TABLE IF NOT EXISTS bodies (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT');
  const insertBody = connection.prepare('INSERT INTO bodies VALUES (?, ?)');
  const lastBody = arrayRows(connection, 'SELECT coalesce(max(id), 0) FROM bodies');
  const findKeys = connection.prepare("SELECT 1 FROM main.sqlite_schema WHERE name = 'keys'");
  let complete: Complete | undefined;
  let building: Building | undefined;

  /** Undefined as long as the generation is not complete; another connection may complete it. */
  const completed = (): Complete | undefined =>
    (complete ??= findKeys.get() === undefined ? undefined : prepareComplete(database));
  // A rollback journal keeps only pages that a transaction changes, and not those that it adds at the end of the file.
  // So each page is written once; a write-ahead log writes it twice. Both are durable when a transaction ends.
  if (!completed()) connection.exec('PRAGMA journal_mode = TRUNCATE');

  const built = (): Building => (building ??= attachBuilding(database, buildingPath));

  function readable(): Complete {
    const found = completed();
    if (found) return found;
    throw new Damaged('the generation is not complete: its rows cannot be read by key yet');
  }

  async function appendTogether(versions: readonly RowVersion[]): Promise<void> {
    if (versions.length === 0) return;
    if (!completed()) built();
    await database.write(() => {
      const { insertKey } = completed() ?? built();
      let [last] = lastBody.get() as unknown as [number];
      // Rows of several lists often share one body.
      const ids = new Map<object, number>();
      for (const { partition, sort, position, body } of versions) {
        const known = body && ids.get(body);
        const { changes } = insertKey.run(partition, sort, position, body ? (known ?? last + 1) : null);
        // The body of a version that exists already is there.
        if (!body || known !== undefined || changes === 0) continue;
        last += 1;
        ids.set(body, last);
        insertBody.run(last, JSON.stringify(body));
      }
    });
  }

  async function sortKeys(): Promise<void> {
    built();
    // Versions that were appended twice are the same, so that one of them is enough.
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
      // Rows of one partition are on the same pages. Because the same versions may be appended again after a failure, they
      // need not share a transaction.
      const partitions = Map.groupBy(versions, ({ partition }) => partition);
      const ordered = [...partitions.keys()].toSorted().flatMap((name) => partitions.get(name) ?? []);
      for (let from = 0; from < ordered.length; from += LIVE_ROWS)
        await appendTogether(ordered.slice(from, from + LIVE_ROWS));
    },

    async *range(partition, { at, from = '', below, descending = false }) {
      const pages = readable();
      if (below === `${from}\0`) {
        const row = pages.key.get(partition, from, at) as unknown as FoundRow | undefined;
        if (row && row[3] !== null) yield currentRow(partition, row);
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

    async scan(after) {
      const found = completed();
      if (!found) {
        const rows = built().scanned.iterate(Number(after ?? 0));
        return scanPage(rows as Iterable<unknown> as Iterable<ScannedRow>, ([, , , , , rowid]) =>
          String(rowid),
        );
      }
      const key = after === undefined ? ['', '', -1] : (JSON.parse(after) as [string, string, number]);
      const rows = found.scanned.iterate(...key);
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
      // In order, sums of earlier windows can be read, and versions that are appended again do no harm.
      if (next > 0) await sortKeys();
    },

    async complete() {
      if (!completed()) await sortKeys();
      // A crash may have left it after the keys were in order.
      for (const end of ['-journal', '']) await rm(buildingPath + end, { force: true });
      connection.exec('PRAGMA journal_mode = WAL');
    },
  };
}

/** The statements for a generation whose keys are in order. */
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

/** The statements for a generation whose keys wait in a file of their own. */
interface Building {
  readonly insertKey: StatementSync;
  readonly scanned: ArrayRows;
}

/** One transaction writes to both files, or to none of them. */
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
