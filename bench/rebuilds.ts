// Measures rebuilds, the live projection, answers, a waited write, and units of DynamoDB. Called as: rebuilds.ts
// [events…]. With numbers it writes figures and targets into bench/README.md; else it prints a short measurement.
import { join } from 'node:path';
import { openEmbeddedArchive } from '../bin/server/embedded.ts';
import { startEmulator } from './dynamodb/emulator.ts';
import { history } from '../test/support/history/generate.ts';
import { writeHistory } from '../test/support/history/write.ts';
import { figuresOf, machine, number, putBetween } from './markdown.ts';
import type { FloorFigures } from './rebuild/floor.ts';
import type { FoldFigures } from './rebuild/folds.ts';
import type { RebuildFigures } from './rebuild/embedded-rebuild.ts';
import type { LiveFigures } from './rebuild/live.ts';
import type { ReadFigures } from './rebuild/reads.ts';
import { rebuildsTable, targetsTable, type Rebuilt } from './rebuild/result-tables.ts';
import type { UnitFigures } from './rebuild/write-units.ts';
import type { WaitedFigures } from './rebuild/waited.ts';
import { inFreshFolder } from './workload.ts';

const SEED = 1;
const QUICK = [2_000, 20_000];
/** Maximum events of the live generation that answers queries. */
const MAX_LIVE = 100_000;
const BATCHES = '1,10,100,1000';
const [, , ...given] = process.argv;
const sizes = given.length > 0 ? given.map(Number) : QUICK;

const rebuilt: Rebuilt[] = [];
for (const size of sizes)
  await inFreshFolder(async (folder) => {
    const { stores, close } = await openEmbeddedArchive(folder);
    await writeHistory(stores, history(SEED, size));
    close();
    const folds = figuresOf<FoldFigures>('rebuild/folds.ts', folder);
    const rebuild = figuresOf<RebuildFigures>('rebuild/embedded-rebuild.ts', folder);
    const floor = figuresOf<FloorFigures>('rebuild/floor.ts', join(folder, 'read-models/1.rows.db'));
    rebuilt.push({ rebuild, floor, folds });
    process.stderr.write(`${JSON.stringify(rebuilt.at(-1))}\n`);
  });
rebuilt.sort((a, b) => a.rebuild.events - b.rebuild.events);
const liveSize = Math.min(MAX_LIVE, Math.max(...sizes));
const [live, reads] = await inFreshFolder(async (folder) => [
  figuresOf<LiveFigures>('rebuild/live.ts', folder, String(liveSize)),
  figuresOf<ReadFigures>('rebuild/reads.ts', folder, String(Math.floor(liveSize / 10) - 1)),
]);
const waited = figuresOf<WaitedFigures>('rebuild/waited.ts');
const { endpoint, stop } = await startEmulator();
const units = figuresOf<UnitFigures>('rebuild/write-units.ts', endpoint, 'costs', BATCHES);
stop();

const paragraphs = [
  `\`node bench/rebuilds.ts${given.map((size) => ` ${size}`).join('')}\`, ${machine()}.`,
  targetsTable({ rebuilt, live, reads, waited, units }),
  rebuildsTable(rebuilt),
  `The archive for the answers has ${reads.events.toLocaleString('en')} events. The archive for the waited write has ${waited.statements.toLocaleString('en')} statements. Units of DynamoDB are those of events ${units.before.toLocaleString('en')} to ${(units.before + units.events - 1).toLocaleString('en')}. The scheduled rebuild covers all events up to there. The live projection takes ${number((live.seconds / live.events) * 1_000_000)} µs of wall time per event.`,
];
process.stdout.write(`${paragraphs.join('\n\n')}\n`);
if (given.length > 0) putBetween('rebuild', paragraphs);
