// What both tables of bench/README.md are made with: medians over the rotations, numbers as people read them, and the
// place between two markers.
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

/** Runs a script of this folder in a process of its own; gives the last line that it prints, as JSON. */
export function figuresOf<T>(script: string, ...given: readonly string[]): T {
  process.stderr.write(`${[script, ...given].join(' ')}\n`);
  const output = execFileSync(process.execPath, [join(here, script), ...given], { encoding: 'utf8', env });
  // Some peers print their own errors before the figures.
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as T;
}

/** Version of a peer, as bench/peers pins it. */
export function versionOf(name: string): string {
  const { dependencies } = JSON.parse(readFileSync(join(peers, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return dependencies[name] ?? '';
}

/** Median over the rotations; undefined where there is no such figure. */
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

/** Puts these paragraphs between the two markers of this name. */
export function putBetween(marker: string, paragraphs: readonly string[]): void {
  const [begin, end] = [`<!-- ${marker} -->`, `<!-- /${marker} -->`];
  const page = readFileSync(readme, 'utf8');
  if (!page.includes(begin) || !page.includes(end)) throw new Error(`${readme} has no place ${begin}`);
  const before = page.slice(0, page.indexOf(begin));
  const after = page.slice(page.indexOf(end));
  writeFileSync(readme, `${before}${begin}\n\n${paragraphs.join('\n\n')}\n\n${after}`);
}
