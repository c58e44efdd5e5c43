// Rebuilds all read models of the archive in this folder as `serve` does, beside ones that have folded nothing, and
// prints what that took as JSON. Called as: <script> <folder>.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedPlaces } from '../../bin/embedded.ts';
import { countingTable } from '../../test/support/counting-table.ts';
import { readHead } from '../../domain/head.ts';
import { rebuildAll } from './all.ts';

export interface RebuildFigures {
  readonly events: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
  /** Written and removed, those that were closed included. */
  readonly rows: number;
  readonly fileMegabytes: number;
}

const MEGABYTE = 1_048_576;
const [, , folder = ''] = process.argv;
const { places, close } = await openEmbeddedPlaces(folder);
const views = countingTable(places.views);
const { published } = await readHead(places.state);
const began = performance.now();
await rebuildAll({ ...places, views });
const seconds = (performance.now() - began) / 1_000;
close();
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const figures: RebuildFigures = {
  events: published,
  seconds,
  cpuSeconds: (userCPUTime + systemCPUTime) / 1_000_000,
  megabytes: maxRSS / 1_024,
  rows: views.counts().written,
  fileMegabytes: statSync(join(folder, 'views.db')).size / MEGABYTE,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
