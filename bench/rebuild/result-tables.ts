// Formats the tables of bench/README.md with targets and figures, and with rebuilds and their lower bounds.
import { number } from '../markdown.ts';
import type { Spent } from './clock.ts';
import type { LiveFigures } from './live.ts';
import type { ReadFigures } from './reads.ts';
import type { UnitFigures } from './write-units.ts';
import type { WaitedFigures } from './waited.ts';
import type { FloorFigures } from './floor.ts';
import type { FoldFigures } from './folds.ts';
import type { RebuildFigures } from './embedded-rebuild.ts';

export interface Rebuilt {
  readonly rebuild: RebuildFigures;
  readonly floor: FloorFigures;
  readonly folds: FoldFigures;
}

export interface Measured {
  readonly rebuilt: readonly Rebuilt[];
  readonly live: LiveFigures;
  readonly reads: ReadFigures;
  readonly waited: WaitedFigures;
  readonly units: UnitFigures;
}

interface Target {
  readonly what: string;
  /** Upper bounds, one for each of the values. */
  readonly most: readonly number[];
  readonly values: readonly number[];
  readonly unit?: string;
}

const LARGE = 1_000_000;

export function targetsTable(measured: Measured): string {
  return [
    '| | target | here |',
    '|---|---|---|',
    ...targetsOf(measured).map(({ what, most, values, unit = '' }) => {
      const missed = values.some((value, index) => !(value <= (most[index] ?? 0)));
      const here = `${values.map(shown).join(' / ')}${unit}`;
      return `| ${what} | ≤ ${most.map(shown).join(' / ')}${unit} | ${missed ? `**${here}**` : here} |`;
    }),
  ].join('\n');
}

/** Formats a number. Exponents and ratios near 1 get two decimals, because they differ there. */
const shown = (value: number): string =>
  value > 1 && value < 3 ? String(Number(value.toFixed(2))) : number(value);

function targetsOf({ rebuilt, live, reads, waited, units }: Measured): Target[] {
  const last = rebuilt.at(-1);
  if (!last) return [];
  const { rebuild, floor, folds } = last;
  const events = rebuild.events.toLocaleString('en');
  const writes = units.folding.map(([, each]) => each);
  return [
    {
      what: `rebuild of ${events} events: time / time to append and index the same rows, with a write-ahead log`,
      most: [2.6],
      values: [rebuild.seconds / floor.logged.seconds],
    },
    {
      what: 'the same, with the rollback journal that a rebuild writes with',
      most: [2.6],
      values: [rebuild.seconds / floor.journaled.seconds],
    },
    {
      what: 'processor time / (read + validate + fold)',
      most: [2.6],
      values: [rebuild.cpuSeconds / folds.folding.cpuSeconds],
    },
    { what: `the same: memory`, most: [1_024], values: [rebuild.megabytes], unit: ' MB' },
    {
      what: 'the same: files, for a million events',
      most: [4.6],
      values: [((rebuild.fileMegabytes / 1_000) * LARGE) / rebuild.events],
      unit: ' GB',
    },
    ...(rebuilt.length > 1
      ? [{ what: `growth exponent of processor time`, most: [1.05], values: [exponent(rebuilt)] }]
      : []),
    {
      what: 'live projection, processor time per event',
      most: [190],
      values: [microseconds(live, live.events).cpu],
      unit: ' µs',
    },
    {
      what: `DynamoDB write units per event, batches of ${units.folding.map(([batch]) => batch).join(' / ')}`,
      most: [16, 15, 13, 12],
      values: writes,
    },
    {
      what: 'scheduled rebuild without drift: write / read units per event',
      most: [0.01, 1],
      values: [units.checking.writes, units.checking.reads],
    },
    { what: 'timeline page of 100: read units', most: [45], values: [units.page] },
    {
      what: 'timeline page of 100: time embedded',
      most: [2],
      values: [reads.timeline.milliseconds],
      unit: ' ms',
    },
    {
      what: 'latest 100 records as of an early position',
      most: [8],
      values: [reads.early.milliseconds],
      unit: ' ms',
    },
    {
      what: "first page of the busiest actor's dossier: rows read",
      most: [800],
      values: [reads.dossier.rows],
    },
    {
      what: 'waited write embedded, median',
      most: [15],
      values: [waited.milliseconds],
      unit: ' ms',
    },
  ];
}

export function rebuildsTable(rebuilt: readonly Rebuilt[]): string {
  return [
    '| events | rebuild | read + validate + fold | read + validate | append and index, write-ahead log | the same, rollback journal | peak memory | rows | files |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rebuilt.map(({ rebuild, floor, folds }) => {
      const { events, megabytes, rows, fileMegabytes } = rebuild;
      const times = [rebuild, folds.folding, folds.reading, floor.logged, floor.journaled].map((spent) => {
        const { wall, cpu } = microseconds(spent, events);
        return `${number(wall)} (${number(cpu)}) µs`;
      });
      return `| ${events.toLocaleString('en')} | ${times.join(' | ')} | ${number(megabytes)} MB | ${number(rows / events)} | ${number(fileMegabytes)} MB |`;
    }),
    '',
    'Times and rows are per event. In brackets is the processor time of the whole process. Memory is resident memory.',
  ].join('\n');
}

function exponent(rebuilt: readonly Rebuilt[]): number {
  const [least, most] = [rebuilt[0]?.rebuild, rebuilt.at(-1)?.rebuild];
  return least && most
    ? Math.log(most.cpuSeconds / least.cpuSeconds) / Math.log(most.events / least.events)
    : NaN;
}

const microseconds = ({ seconds, cpuSeconds }: Spent, events: number) => ({
  wall: (seconds / events) * 1_000_000,
  cpu: (cpuSeconds / events) * 1_000_000,
});
