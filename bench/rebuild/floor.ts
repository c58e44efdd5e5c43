// The lower bound of a rebuild's time. Appends the rows of a generation to a bare SQLite table and builds the index,
// with a write-ahead log and with a rollback journal. Prints JSON. Called as: <script> <file of a generation>.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { arrayRows } from '../../adapters/sqlite/array-rows.ts';
import { inFreshFolder } from '../workload.ts';
import { stopwatch, type Spent } from './clock.ts';

export interface FloorFigures {
  readonly logged: Spent;
  readonly journaled: Spent;
}

type Values = [partition: string, sort: string, position: number, body: string | null];

const WINDOW = 2_048;
const [, , file = ''] = process.argv;
const figures: FloorFigures = {
  logged: await append('WAL', 64),
  journaled: await append('TRUNCATE', 8),
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

function append(journal: 'WAL' | 'TRUNCATE', cacheMb: number): Promise<Spent> {
  return inFreshFolder(async (folder) => {
    const source = new DatabaseSync(file, { readOnly: true });
    // Nearly in the order in which a rebuild appends them; it is sorted before the clock starts.
    const all = arrayRows(
      source,
      'SELECT partition, sort, position, json FROM keys LEFT JOIN bodies ON id = body ORDER BY position',
    ).iterate();
    const bare = new DatabaseSync(join(folder, 'bare.db'));
    bare.exec(
      `PRAGMA journal_mode = ${journal}; PRAGMA synchronous = FULL; PRAGMA cache_size = ${-1_024 * cacheMb};
       CREATE TABLE rows (partition TEXT NOT NULL, sort TEXT NOT NULL, position INTEGER NOT NULL, body TEXT) STRICT`,
    );
    const insert = bare.prepare('INSERT INTO rows VALUES (?, ?, ?, ?)');
    const { total, run } = stopwatch();
    for (const batch of windows(all as Iterable<unknown> as Iterable<Values>))
      await run(() => {
        bare.exec('BEGIN');
        for (const [partition, sort, position, body] of batch) insert.run(partition, sort, position, body);
        bare.exec('COMMIT');
      });
    await run(() => bare.exec('CREATE UNIQUE INDEX keys ON rows (partition, sort, position)'));
    bare.close();
    source.close();
    return total;
  });
}

function* windows(all: Iterable<Values>): Generator<Values[]> {
  let batch: Values[] = [];
  let window = 0;
  for (const values of all) {
    const of = Math.floor(values[2] / WINDOW);
    if (of !== window && batch.length > 0) {
      yield batch;
      batch = [];
    }
    window = of;
    batch.push(values);
  }
  if (batch.length > 0) yield batch;
}
