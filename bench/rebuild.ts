// Measures rebuilds: all read models of a made-up history (ten thousand, a hundred thousand and a million events, or as
// many as are given) rebuilt at once by one embedded process, their folds without a store, and the units that a rebuild
// takes on DynamoDB. Puts the figures into bench/README.md.
import { openEmbeddedPlaces } from '../bin/embedded.ts';
import { startEmulator } from './dynamodb/emulator.ts';
import { history } from './history/generate.ts';
import { writeHistory } from './history/write.ts';
import { figuresOf, machine, number, putBetween } from './markdown.ts';
import type { FoldFigures } from './rebuild/folds.ts';
import type { RebuildFigures } from './rebuild/embedded.ts';
import type { UnitFigures } from './rebuild/units.ts';
import { inFreshFolder } from './workload.ts';

const SEED = 1;
const FOLDED = 50_000;
const ON_DYNAMODB = 2_000;
const [, , ...given] = process.argv;
const sizes = given.length > 0 ? given.map(Number) : [10_000, 100_000, 1_000_000];

const rebuilt: RebuildFigures[] = [];
for (const size of sizes)
  await inFreshFolder(async (folder) => {
    const { places, close } = await openEmbeddedPlaces(folder);
    await writeHistory(places, history(SEED, size));
    close();
    rebuilt.push(figuresOf<RebuildFigures>('rebuild/embedded.ts', folder));
    process.stderr.write(`${JSON.stringify(rebuilt.at(-1))}\n`);
  });
const { views, all } = figuresOf<FoldFigures>('rebuild/folds.ts', String(FOLDED));
const { endpoint, stop } = await startEmulator();
const units = figuresOf<UnitFigures>('rebuild/units.ts', endpoint, 'costs', String(ON_DYNAMODB));
stop();

const [least, most] = [rebuilt[0], rebuilt.at(-1)];
const exponent = (of: (figures: RebuildFigures) => number): string =>
  least && most && least !== most
    ? (Math.log(of(most) / of(least)) / Math.log(most.events / least.events)).toFixed(2)
    : '–';
const each = ({ seconds, events }: RebuildFigures): string => number((seconds / events) * 1_000_000);
const paragraphs = [
  `\`node bench/rebuild.ts${given.map((size) => ` ${size}`).join('')}\`, ${machine()}. All ${views.length} read models at once, in one embedded process.`,
  [
    '| events | rebuilt in | an event | processor time, an event | most memory | rows at the end, an event | `views/` |',
    '|---|---|---|---|---|---|---|',
    ...rebuilt.map(
      (figures) =>
        `| ${figures.events.toLocaleString('en')} | ${number(figures.seconds)} s | ${each(figures)} µs | ${number((figures.cpuSeconds / figures.events) * 1_000_000)} µs | ${number(figures.megabytes)} MB | ${number(figures.rows / figures.events)} | ${number(figures.fileMegabytes)} MB |`,
    ),
  ].join('\n'),
  `Time grows with the events to the power of ${exponent(({ seconds }) => seconds)}, processor time to that of ${exponent(({ cpuSeconds }) => cpuSeconds)}.`,
  [
    `| folds of ${FOLDED.toLocaleString('en')} events, without a store | an event | events/s |`,
    '|---|---|---|',
    ...[...views, { name: 'all', microseconds: all }].map(
      ({ name, microseconds }) =>
        `| ${name} | ${number(microseconds)} µs | ${number(1_000_000 / microseconds)} |`,
    ),
  ].join('\n'),
  `On DynamoDB a rebuild of all read models takes ${number(units.folding.writes)} write units and ${number(units.folding.reads)} read units an event to fold, and ${number(units.comparing.reads)} read units to compare with the rows that are read (counted over ${ON_DYNAMODB.toLocaleString('en')} events).`,
];
process.stdout.write(`${paragraphs.join('\n\n')}\n`);
if (given.length === 0) putBetween('rebuild', paragraphs);
