// Rebuilds all read models of the archive in this folder on the rebuild thread, as `serve` does. Prints the figures as
// JSON. Called as: <script> <folder>.
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openEmbeddedArchive } from '../../bin/server/embedded.ts';
import { readHead } from '../../domain/log/head.ts';
import { readGenerations } from '../../domain/projections/catalog.ts';
import { spent, type Spent } from './clock.ts';

export interface RebuildFigures extends Spent {
  readonly events: number;
  /** Peak resident memory of the process. */
  readonly megabytes: number;
  /** Row versions in the files at the end. */
  readonly rows: number;
  readonly fileMegabytes: number;
}

const MEGABYTE = 1_048_576;
const [, , folder = ''] = process.argv;
const { stores, close } = await openEmbeddedArchive(folder);
const { published } = await readHead(stores.state);
const settings = { rollbackRetentionMs: 86_400_000, removalDelayMs: 60_000, alwaysWrites: false };
const thread = stores.rebuildThread(settings, (what, error) => {
  throw new Error(what, { cause: error });
});
const took = await spent(async () => {
  thread.wake();
  await thread.settled();
});
const { live, building } = await readGenerations(stores.catalog);
if (live === undefined || building !== undefined) throw new Error('the new generation was not promoted');
close();
const files = globSync(join(folder, 'read-models/*.db'));
const figures: RebuildFigures = {
  ...took,
  events: published,
  megabytes: process.resourceUsage().maxRSS / 1_024,
  rows: files.reduce((sum, file) => sum + rowsIn(file), 0),
  fileMegabytes: files.reduce((sum, file) => sum + statSync(file).size / MEGABYTE, 0),
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

function rowsIn(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const row = database.prepare('SELECT count(*) AS rows FROM keys').get();
  database.close();
  return Number(row?.['rows']);
}
