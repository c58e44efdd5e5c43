// Measures the embedded store and its peer alternately, and formats the first table of bench/README.md.
import { closeSync, fdatasyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figuresOf, machine, middle, number, putBetween, versionOf } from './markdown.ts';
import { quantile, type Figures } from './workload.ts';

type Of = (figures: Figures) => number | undefined;
type Unit = '/s' | 'ms';

export function embeddedTable(rotations: number): void {
  const sync = syncTime();
  const [ours, theirs]: [Figures[], Figures[]] = [[], []];
  for (let rotation = 0; rotation < rotations; rotation++) {
    theirs.push(figuresOf('peers/emmett-sqlite.ts'));
    ours.push(figuresOf('embedded-archive.ts'));
  }
  const [our, their] = [ours, theirs].map((runs) =>
    runs.map(({ atOnce }) => number(atOnce.perSecond)).join(', '),
  );
  const circumstances = `\`node bench/run.ts embedded\`, ${machine()}. A synced write of 4 KB takes ${number(sync)} ms here. Figures are medians of ${rotations} rotations. With 16 at once, Chancery made ${our} appends a second and the peer ${their}.`;
  const table = rows(ours, theirs).join('\n');
  process.stdout.write(`${table}\n`);
  putBetween('figures', [circumstances, table]);
}

/** Returns the median milliseconds of a synced write, which is the lower bound of a durable append. */
function syncTime(): number {
  const path = join(tmpdir(), `chancery-sync-${process.pid}`);
  const file = openSync(path, 'w');
  const times = Array.from({ length: 300 }, () => {
    const began = performance.now();
    writeSync(file, Buffer.alloc(4_096));
    fdatasyncSync(file);
    return performance.now() - began;
  });
  closeSync(file);
  unlinkSync(path);
  return quantile(times, 0.5);
}

function rows(ours: readonly Figures[], theirs: readonly Figures[]): string[] {
  /** Returns a row with both figures and the ratio in favour of Chancery. */
  const row = (what: string, unit: Unit, of: Of, ofPeer = of): string => {
    const [our, their] = [middle(ours, of), middle(theirs, ofPeer)];
    const ratio = our && their ? `${number(unit === '/s' ? our / their : their / our)} ×` : '';
    const [left, right] = [our, their].map((value) =>
      value === undefined ? '' : `${number(value)} ${unit}`,
    );
    return `| ${what} | ${left} | ${right} | ${ratio} |`;
  };
  return [
    `| | Chancery, embedded | emmett-sqlite ${versionOf('@event-driven-io/emmett-sqlite')} | ratio |`,
    '|---|---|---|---|',
    row('append, 16 at once', '/s', ({ atOnce }) => atOnce.perSecond),
    // Appends of the peer run one after another, so their times depend only on how many wait.
    row('the same: median', 'ms', ({ atOnce }) => atOnce.p50, noFigure),
    row('the same: 99th percentile', 'ms', ({ atOnce }) => atOnce.p99, noFigure),
    row('append, 16 at once, each checked against its schema', '/s', ({ checked }) => checked?.perSecond),
    row(
      'append, one after another',
      '/s',
      ({ oneByOne }) => oneByOne?.perSecond,
      ({ atOnce }) => atOnce.perSecond,
    ),
    row('ten events in one append', 'ms', ({ tenInOne }) => tenInOne),
    row('read a stream of 100', 'ms', ({ readHundred }) => readHundred),
    row('sequence events into the log', '/s', ({ sequence }) => sequence),
    row('replay all 5,000 in order', '/s', ({ replay }) => replay),
    `| 16 appends at once to a new file: acknowledged / stored | ${kept(ours)} | ${kept(theirs)} | |`,
  ];
}

function noFigure(): undefined {}

const kept = (runs: readonly Figures[]): string =>
  runs.map(({ sixteen }) => `${sixteen.acknowledged} / ${sixteen.stored}`).join(', ');
