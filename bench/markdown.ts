// Helpers for the tables of bench/README.md: medians over rotations, formatted numbers, and the text between two
// markers.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, type } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { quantile } from './workload.ts';

const here = import.meta.dirname;
export const readme = join(here, 'README.md');
export const env = {
  ...process.env,
  PATH: dirname(process.execPath) + delimiter + (process.env['PATH'] ?? ''),
};
export const peers = join(here, 'peers');

/** Runs a script of this folder in a separate process. Returns the last line that it prints, parsed as JSON. */
export function figuresOf<T>(script: string, ...given: readonly string[]): T {
  process.stderr.write(`${[script, ...given].join(' ')}\n`);
  const output = execFileSync(process.execPath, [join(here, script), ...given], { encoding: 'utf8', env });
  // Some peers print their own errors before the figures.
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as T;
}

/** Returns the version of a peer that bench/peers pins. */
export function versionOf(name: string): string {
  const { dependencies } = JSON.parse(readFileSync(join(peers, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return dependencies[name] ?? '';
}

/** Returns the median over the rotations; undefined if no run has the figure. */
export function middle<T>(runs: readonly T[], of: (run: T) => number | undefined): number | undefined {
  const values = runs.map(of).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : quantile(values, 0.5);
}

export function number(value: number | undefined): string {
  if (value === undefined) return '';
  return value >= 100
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(value >= 10 ? 3 : 2)));
}

export const machine = (): string =>
  `${new Date().toISOString().slice(0, 10)}, ${type()}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}`;

/** Replaces the text between the two markers of this name in bench/README.md. @throws Error if a marker is missing */
export function putBetween(marker: string, paragraphs: readonly string[]): void {
  const [begin, end] = [`<!-- ${marker} -->`, `<!-- /${marker} -->`];
  const page = readFileSync(readme, 'utf8');
  if (!page.includes(begin) || !page.includes(end))
    throw new Error(`${readme} has no markers ${begin} and ${end}: add them where the figures belong`);
  const before = page.slice(0, page.indexOf(begin));
  const after = page.slice(page.indexOf(end));
  writeFileSync(readme, `${before}${begin}\n\n${paragraphs.join('\n\n')}\n\n${after}`);
}
