// Runs the embedded store and its peer in turn, three times each, and writes the medians into bench/README.md.
// The peer's packages are installed where they are missing; nothing else of the project needs them.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { cpus, tmpdir, type } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { quantile, type Figures } from './workload.ts';

type Of = (figures: Figures) => number | undefined;

const ROTATIONS = 3;
const here = import.meta.dirname;
const peers = join(here, 'peers');
const readme = join(here, 'README.md');
const [BEGIN, END] = ['<!-- figures -->', '<!-- /figures -->'];
const env = { ...process.env, PATH: dirname(process.execPath) + delimiter + (process.env['PATH'] ?? '') };

if (!existsSync(join(peers, 'node_modules'))) {
  process.stderr.write('installing bench/peers (sqlite3 is compiled: a minute or two)\n');
  execFileSync('npm', ['ci'], { cwd: peers, env, stdio: ['ignore', 'ignore', 'inherit'] });
}
const sync = syncTime();
const ours: Figures[] = [];
const theirs: Figures[] = [];
for (let rotation = 0; rotation < ROTATIONS; rotation++) {
  theirs.push(run('peers/emmett-sqlite.ts'));
  ours.push(run('embedded.ts'));
}
const table = rows().join('\n');
process.stdout.write(`${table}\n`);
const page = readFileSync(readme, 'utf8');
writeFileSync(
  readme,
  `${page.slice(0, page.indexOf(BEGIN))}${BEGIN}\n\n${circumstances()}\n\n${table}\n\n${page.slice(page.indexOf(END))}`,
);

function run(script: string): Figures {
  process.stderr.write(`${script}\n`);
  const output = execFileSync(process.execPath, [join(here, script)], { encoding: 'utf8', env });
  // The peer prints its own errors before the figures.
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Figures;
}

/** Median milliseconds of a synced write: what no durable append can be faster than. */
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

function rows(): string[] {
  const { dependencies } = JSON.parse(readFileSync(join(peers, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return [
    `| | Chancery, embedded | emmett-sqlite ${dependencies['@event-driven-io/emmett-sqlite']} | ratio |`,
    '|---|---|---|---|',
    row('append, 16 at once', '/s', ({ atOnce }) => atOnce.perSecond),
    // The peer's appends wait for one another, so their times say nothing but how many wait.
    row('the same: half take less than', 'ms', ({ atOnce }) => atOnce.p50, noFigure),
    row('the same: 99 of 100 take less than', 'ms', ({ atOnce }) => atOnce.p99, noFigure),
    row('append, 16 at once, each checked against its schema', '/s', ({ checked }) => checked?.perSecond),
    row(
      'append, one after another',
      '/s',
      ({ oneByOne }) => oneByOne?.perSecond,
      ({ atOnce }) => atOnce.perSecond,
    ),
    row('ten events in one append', 'ms', ({ tenInOne }) => tenInOne),
    row('read a stream of 100', 'ms', ({ readHundred }) => readHundred),
    row('put into one order, as entries of the log', '/s', ({ sequence }) => sequence),
    row('replay all 5,000 in order', '/s', ({ replay }) => replay),
    `| 16 appends at once to a new file: acknowledged / stored | ${kept(ours)} | ${kept(theirs)} | |`,
  ];
}

function noFigure(): undefined {}

/** A row with both figures, and how many times better ours is. */
function row(what: string, unit: '/s' | 'ms', of: Of, ofPeer = of): string {
  const [our, their] = [middle(ours, of), middle(theirs, ofPeer)];
  const ratio = our && their ? `${number(unit === '/s' ? our / their : their / our)} ×` : '';
  const [left, right] = [our, their].map((value) => (value === undefined ? '' : `${number(value)} ${unit}`));
  return `| ${what} | ${left} | ${right} | ${ratio} |`;
}

/** Median over the rotations; undefined where there is no such figure. */
function middle(runs: readonly Figures[], of: Of): number | undefined {
  const values = runs.map(of).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : quantile(values, 0.5);
}

function number(value: number): string {
  return value >= 100
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(value >= 10 ? 3 : 2)));
}

function kept(runs: readonly Figures[]): string {
  return runs.map(({ sixteen }) => `${sixteen.acknowledged} / ${sixteen.stored}`).join(', ');
}

function circumstances(): string {
  const machine = `${type()}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}`;
  const [our, their] = [ours, theirs].map((runs) =>
    runs.map(({ atOnce }) => number(atOnce.perSecond)).join(', '),
  );
  return `\`node bench/run.ts\`, ${new Date().toISOString().slice(0, 10)}, ${machine}. To write 4 KB and sync it takes ${number(sync)} ms here. Medians of ${ROTATIONS} rotations; 16 at once, ours made ${our} appends a second and the peer ${their}.`;
}
