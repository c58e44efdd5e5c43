// Rebuilds all read models of the archive in this folder as `serve` does, on one thread, and prints what that took as
// JSON. Called as: <script> <folder>.
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openEmbeddedPlaces } from '../../bin/embedded.ts';
import { readHead } from '../../domain/head.ts';
import { rebuildAll } from './all.ts';

export interface RebuildFigures {
  readonly events: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
  /** Row versions in the files at the end. */
  readonly rows: number;
  readonly fileMegabytes: number;
}

const MEGABYTE = 1_048_576;
const [, , folder = ''] = process.argv;
const { places, close } = await openEmbeddedPlaces(folder);
const { published } = await readHead(places.state);
const began = performance.now();
await rebuildAll(places);
const seconds = (performance.now() - began) / 1_000;
close();
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const files = globSync(join(folder, 'read-models/*.db'));
const figures: RebuildFigures = {
  events: published,
  seconds,
  cpuSeconds: (userCPUTime + systemCPUTime) / 1_000_000,
  megabytes: maxRSS / 1_024,
  rows: files.reduce((sum, file) => sum + rowsIn(file), 0),
  fileMegabytes: files.reduce((sum, file) => sum + statSync(file).size / MEGABYTE, 0),
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

function rowsIn(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const row = database.prepare('SELECT count(*) AS rows FROM rows').get();
  database.close();
  return Number(row?.['rows']);
}
