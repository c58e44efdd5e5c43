// Compares windows of positions row by row: folds them again into memory, and scans the live rows for those windows. The
// scan is noted with one bit for each row that the log gives, so that another process can resume it.
import { foldLogEvents, type History } from '../fold-batch.ts';
import type { CurrentRow, RowStore } from '../rows/row-store.ts';
import { keyText, type RowKey, type RowVersion } from '../rows/row.ts';
import { sumsWriter, WINDOW } from '../rows/sums.ts';
import { noDrift, withFound, type Drift } from './drift.ts';
import { ownersOf, windowOf, type UpTo } from './window-hashes.ts';
import { scanPages, type Pass, type Scan, type Scanning } from './scan.ts';
import { loadBytes, storeBytes, windowKey } from './runner-notes.ts';

/** Windows, and about so many rows, that are compared by one scan. */
const MAX_WINDOWS = 64;
const MAX_ROWS = 200_000;
/** So many rows that the scan did not give are looked for by their keys: it may miss some that are new. */
const MAX_LOOKED_FOR = 100;

type Differing = readonly (readonly [window: number, names: readonly string[]])[];

interface Expected {
  /** Read models and windows that differ. */
  readonly keys: ReadonlySet<string>;
  readonly versions: readonly RowVersion[];
  readonly to: number;
}

/** What one process keeps of a pass between its steps. */
export interface PassMemory {
  pass?: {
    readonly from: number;
    readonly expected: Expected;
    readonly found?: string;
    readonly bits: Uint8Array;
  };
}

export interface RowComparison extends Scanning, History {
  readonly live: RowStore;
  /** The new generation, which is complete. */
  readonly built: RowStore;
}

/** The report before the first pass. */
export const nothingCompared = ({ upTo, rows }: Scan): Drift =>
  noDrift(Math.max(0, ...Object.values(upTo)) - 1, rows);

/** Takes one step; the result without a pass has the whole report. */
export async function compareMore(
  world: RowComparison,
  id: number,
  scan: Scan,
  differing: Differing,
  pass: Pass | undefined,
  memory: PassMemory,
): Promise<{ readonly pass: Pass } | { readonly drift: Drift }> {
  const { catalog, models, live, goOn } = world;
  const left = differing.filter(([window]) => window >= (pass?.from ?? 0));
  const [next] = left;
  if (!next) return { drift: pass?.drift ?? nothingCompared(scan) };
  const from = pass?.from ?? next[0];
  const resumed = memory.pass?.from === from && memory.pass.found === pass?.found ? memory.pass : undefined;
  delete memory.pass;
  const expected = resumed?.expected ?? (await expectedRows(world, left, scan.upTo, pass?.to));
  const { versions, keys, to } = expected;
  const bits =
    resumed?.bits ??
    (pass?.found === undefined
      ? new Uint8Array(Math.ceil(versions.length / 8))
      : await loadBytes(catalog, id, pass.found));
  const indexes = new Map(versions.map((version, index) => [textOf(version), index]));
  const ownerOf = ownersOf(models);

  let drift = pass?.drift ?? nothingCompared(scan);
  const after = await scanPages(live, pass?.after, scan.total, goOn, (version) => {
    const owner = ownerOf(version.partition)?.name ?? '';
    if (!keys.has(windowKey(owner, windowOf(version.position)))) return;
    if (version.position >= (scan.upTo[owner] ?? 0)) return;
    const index = indexes.get(textOf(version));
    drift = withFound(drift, version, index === undefined ? undefined : versions[index]);
    if (index !== undefined) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  });
  if (after !== undefined) {
    const found = await storeBytes(catalog, id, bits);
    memory.pass = { from, expected, found, bits };
    return { pass: { from, to, after, found, drift } };
  }
  for (const [index, version] of versions.entries()) {
    if (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) continue;
    const there = drift.missing < MAX_LOOKED_FOR ? await lookFor(live, version) : undefined;
    drift = withFound(drift, there, version);
    if (!there) drift = { ...drift, rows: drift.rows + 1 };
  }
  return { pass: { from: to, drift } };
}

/** The rows that the log gives for windows that differ, as many as one scan compares. */
async function expectedRows(
  world: RowComparison,
  differing: Differing,
  upTo: UpTo,
  end: number | undefined,
): Promise<Expected> {
  const keys = new Set<string>();
  const all: RowVersion[] = [];
  let to = 0;
  let windows = 0;
  for (const [window, names] of differing) {
    const isFull = windows === MAX_WINDOWS || all.length >= MAX_ROWS;
    if (end === undefined ? isFull : window >= end) break;
    windows++;
    to = window + 1;
    for (const name of names) keys.add(windowKey(name, window));
    for (const version of await rowsOfWindow(world, window, names, upTo)) all.push(version);
  }
  return { keys, versions: all, to };
}

async function rowsOfWindow(
  world: RowComparison,
  window: number,
  names: readonly string[],
  upTo: UpTo,
): Promise<RowVersion[]> {
  const models = world.models.filter(({ name }) => names.includes(name));
  const [start, end] = [window * WINDOW, (window + 1) * WINDOW];
  const furthest = Math.max(...models.map(({ name }) => upTo[name] ?? 0));
  const folded = await foldLogEvents(world, models, start, Math.min(end, furthest));
  const versions: RowVersion[] = [];
  const whole = models.filter(({ name }) => (upTo[name] ?? 0) >= end);
  const writer = sumsWriter(
    world.built,
    whole.flatMap(({ sums = [] }) => sums),
    start,
  );
  for (const model of models) {
    const own = (folded.get(model)?.versions ?? []).filter(
      ({ position }) => position < (upTo[model.name] ?? 0),
    );
    for (const version of own) versions.push(version);
    if (whole.includes(model)) writer.add(own);
  }
  if (whole.length > 0) for (const version of await writer.snapshot(end - 1)) versions.push(version);
  return versions;
}

/** By its key, strongly consistent. A tombstone cannot be read; it is there if the version that it hides is hidden. */
async function lookFor(store: RowStore, version: RowVersion): Promise<RowVersion | undefined> {
  const { partition, sort, position, body } = version;
  const current = await versionAt(store, version, position);
  if (current) return current.position === position ? { partition, ...current } : undefined;
  const hidden = body === undefined ? await versionAt(store, { partition, sort }, position - 1) : undefined;
  return hidden && version;
}

async function versionAt(
  store: RowStore,
  { partition, sort }: RowKey,
  at: number,
): Promise<CurrentRow | undefined> {
  for await (const row of store.range(partition, { from: sort, below: `${sort}\0`, at })) return row;
  return undefined;
}

const textOf = (version: RowVersion): string => `${keyText(version)}\u0001${version.position}`;
