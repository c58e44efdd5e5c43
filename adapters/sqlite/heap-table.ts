// Rows of a generation while it is built, in a table of their own: they are appended as they come, instead of each being
// put where its key belongs, which would write every page of a large file again and again. An index in memory finds
// them. Once all are there, or somebody asks for a range, SQLite sorts the keys once.
import type { Item, StoredItem, Table } from '../../domain/ports.ts';
import { arrayRows } from './array-rows.ts';
import type { Database } from './database.ts';
import { COLUMNS, COLUMN_TYPES, rowsWith, type Row } from './items.ts';
import { hashOf, keyIndex, type KeyIndex } from './key-index.ts';
import { sqliteTable } from './table.ts';

export interface HeapTable extends Table {
  /** Puts its rows in order, where they are not; from then on they stay so. */
  readonly order: () => void;
}

/** The index takes some eleven bytes of memory a row. */
const MOST_ROWS = 12_000_000;
/** Of the keys that are sorted, so much lies in memory at once. */
const SORTED_MB = 32;

/**
 * A table of that name, made where it is absent, with what it has already. Whoever has it writes it alone. Partitions
 * begin with `prefix`, as in other tables.
 */
export function heapTable(database: Database, name: string, prefix = '', mostRows = MOST_ROWS): HeapTable {
  const { connection } = database;
  connection.exec(`CREATE TABLE IF NOT EXISTS ${name} (${COLUMN_TYPES}) STRICT`);
  const isOrdered = arrayRows(connection, 'SELECT count(*) FROM pragma_index_list(?)');
  let ordered =
    (isOrdered.get(name) as unknown as [number])[0] > 0 ? sqliteTable(database, name, prefix) : undefined;
  let heap: Heap | undefined;

  function order(): Table {
    if (!ordered) {
      heap = undefined;
      const [before] = connection.prepare('PRAGMA cache_size').all();
      connection.exec(`PRAGMA cache_size = ${-1_024 * SORTED_MB}`);
      connection.exec(`CREATE UNIQUE INDEX IF NOT EXISTS ${name}_key ON ${name} (partition, sort)`);
      connection.exec(`PRAGMA cache_size = ${Number(before?.['cache_size'])}`);
      ordered = sqliteTable(database, name, prefix);
    }
    return ordered;
  }

  const table = (): Omit<Table, 'range'> => {
    if (ordered) return ordered;
    // Found out when it is first needed: one that is only put in order does without.
    heap ??= rowsAsTheyCome(database, name, prefix);
    return heap.size() < mostRows ? heap : order();
  };

  return {
    get: async (partition, sort) => table().get(partition, sort),
    getAll: async (keys) => table().getAll(keys),
    putIf: async (item, version, signal) => table().putIf(item, version, signal),
    putAll: async (items, signal) => table().putAll(items, signal),
    removeAll: async (keys, signal) => table().removeAll(keys, signal),
    range: async function* (partition, range) {
      yield* order().range(partition, range);
    },
    order: () => void order(),
  };
}

interface Heap extends Omit<Table, 'range'> {
  readonly size: KeyIndex['size'];
}

function rowsAsTheyCome(database: Database, name: string, prefix: string): Heap {
  const { connection } = database;
  const { inside, itemOf, valuesOf } = rowsWith(prefix);
  const index = keyIndex();
  const one = arrayRows(connection, `SELECT ${COLUMNS} FROM ${name} WHERE rowid = ?`);
  const insert = connection.prepare(
    `INSERT INTO ${name} (partition, sort, body, since, until, version) VALUES (?, ?, ?, ?, ?, 1)`,
  );
  const isAt = 'WHERE rowid = ? AND partition = ? AND sort = ?';
  const update = connection.prepare(
    `UPDATE ${name} SET body = ?, since = ?, until = ?, version = version + 1 ${isAt}`,
  );
  const remove = connection.prepare(`DELETE FROM ${name} ${isAt}`);
  for (const row of arrayRows(connection, `SELECT rowid, partition, sort FROM ${name}`).iterate()) {
    const [number, partition, sort] = row as unknown as [number, string, string];
    index.add(hashOf(partition, sort), number);
  }

  function find(partition: string, sort: string): StoredItem | undefined {
    const at = inside(partition);
    let found: Row | undefined;
    index.find(hashOf(at, sort), (number) => {
      const row = one.get(number) as unknown as Row | undefined;
      if (row?.[0] !== at || row[1] !== sort) return false;
      found = row;
      return true;
    });
    return found && itemOf(found);
  }

  function put(item: Item): void {
    const [partition, sort, body, since, until] = valuesOf(item);
    const hash = hashOf(partition, sort);
    const replaced = index.find(
      hash,
      (number) => update.run(body, since, until, number, partition, sort).changes === 1,
    );
    if (replaced !== undefined) return;
    index.add(hash, Number(insert.run(partition, sort, body, since, until).lastInsertRowid));
  }

  return {
    size: index.size,
    get: async (partition, sort) => find(partition, sort),

    getAll: async (keys) =>
      database.read(() =>
        keys.map(({ partition, sort }) => find(partition, sort)).filter((item) => item !== undefined),
      ),

    putIf: async (item, version, signal) => {
      signal?.throwIfAborted();
      return database.write(() => {
        if ((find(item.partition, item.sort)?.version ?? 0) !== version) return false;
        put(item);
        return true;
      });
    },

    putAll: async (items, signal) => {
      signal?.throwIfAborted();
      if (items.length === 0) return;
      await database.write(() => {
        for (const item of items) put(item);
      });
    },

    removeAll: async (keys, signal) => {
      signal?.throwIfAborted();
      if (keys.length === 0) return;
      await database.write(() => {
        for (const { partition, sort } of keys) {
          const at = inside(partition);
          index.find(hashOf(at, sort), (number) => remove.run(number, at, sort).changes === 1);
        }
      });
    },
  };
}
