// Prepares statements whose rows are arrays, on every supported Node. Arrays are read faster than objects.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

export type ArrayRows = Pick<StatementSync, 'get' | 'all' | 'iterate'>;

/** Returns a statement whose rows are arrays. Column names must differ, because Node before 22.16 returns only objects. */
export function arrayRows(connection: DatabaseSync, sql: string): ArrayRows {
  const statement = connection.prepare(sql);
  if (typeof statement.setReturnArrays !== 'function') return converted(statement);
  statement.setReturnArrays(true);
  return statement;
}

type Rows = { -readonly [name in keyof ArrayRows]: (...values: never[]) => unknown };

/** Converts rows to arrays. Exported for tests, because the Node of the project never needs it. */
export function converted(statement: StatementSync): ArrayRows {
  const rows: Rows = {
    get: (...values) => {
      const row = statement.get(...values);
      return row && Object.values(row);
    },
    all: (...values) => statement.all(...values).map((row) => Object.values(row)),
    iterate: function* (...values) {
      for (const row of statement.iterate(...values)) yield Object.values(row);
    },
  };
  return rows as ArrayRows;
}
