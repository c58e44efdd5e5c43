// Compares the live rows with what the log gives: one scan of the live store adds up the hashes of its rows by read model
// and window of positions; windows whose sums differ are compared row by row.
import type { Drift } from './drift.ts';
import { toBase64 } from '../../../events/log/base64.ts';
import type { Checkpoints } from '../catalog.ts';
import type { ReadModel } from '../views/read-model.ts';
import type { RowStore } from '../rows/row-store.ts';
import type { RowVersion } from '../rows/row.ts';
import type { Table } from '../../ports.ts';
import { ownersOf, windowsTo, WindowSums, type UpTo } from './window-hashes.ts';
import { loadBytes, readWindows, storeBytes, windowKey } from './runner-notes.ts';

/** One scan for some of the windows that differ. */
export interface Pass {
  /** The windows from this one up to, and without, `to`, of those that differ. Absent until the scan has begun. */
  readonly from: number;
  readonly to?: number;
  /** Where the next page begins, and the key of the bits: which rows were found so far. */
  readonly after?: string;
  readonly found?: string;
  readonly drift: Drift;
}

export interface Comparison {
  /** The generation that it is compared with. */
  readonly against: number;
  /** How far that was when the rebuild began: what is recorded meanwhile is not compared. */
  readonly upTo: UpTo;
  readonly scan?: Scan;
  /** The windows that differ are compared row by row. */
  readonly pass?: Pass;
}

/** One scan of the live rows, as far as it is. */
export interface Scan {
  /** What is compared: read models of the same version, as far as both were folded. */
  readonly upTo: UpTo;
  /** Rows that were added up, and those that the log gives. */
  readonly rows: number;
  readonly total: number;
  /** The key of the sums, and where the next page begins. */
  readonly sums?: string;
  readonly after?: string;
  readonly done: boolean;
}

/** Versions that a step reads at least, and steps of a scan at most: each step notes 16 bytes for each sum. */
const MIN_STEP_ROWS = 100_000;
const MAX_STEPS = 16;

export interface Scanning {
  readonly catalog: Table;
  readonly models: readonly ReadModel[];
  /** False if the step must end soon. */
  readonly goOn: () => boolean;
}

/** Reads pages of a store for one step. Returns where the next page begins; undefined after the last one. */
export async function scanPages(
  store: RowStore,
  from: string | undefined,
  total: number,
  goOn: () => boolean,
  visit: (version: RowVersion) => void,
): Promise<string | undefined> {
  const most = Math.max(MIN_STEP_ROWS, total / MAX_STEPS);
  let after = from;
  for (let read = 0; ;) {
    const { versions, next } = await store.scan(after);
    for (const version of versions) visit(version);
    after = next;
    read += versions.length;
    if (after === undefined || read >= most || !goOn()) return after;
  }
}

/** What is compared: the read models whose live rows were written by the same version. */
export function comparedUpTo(
  upTo: UpTo,
  live: Checkpoints,
  versions: Readonly<Record<string, number>>,
  folded: Checkpoints,
): UpTo {
  return Object.fromEntries(
    Object.entries(upTo)
      .filter(([name]) => live[name]?.version === versions[name])
      .map(([name, next]) => [name, Math.min(next, folded[name]?.next ?? 0)]),
  );
}

export async function beginScan(catalog: Table, id: number, upTo: UpTo): Promise<Scan> {
  const { rows: total } = await readWindows(catalog, id);
  return { upTo, rows: 0, total, done: Object.values(upTo).every((next) => next === 0) };
}

/** The sums of a scan that this process added up itself need not be loaded again. */
export interface ScanMemory {
  sums?: { readonly key: string | undefined; readonly scan: WindowSums };
}

/** Adds up some more pages. */
export async function scanMore(
  { catalog, models, goOn }: Scanning,
  id: number,
  live: RowStore,
  scan: Scan,
  memory: ScanMemory,
): Promise<Scan> {
  const sums = await sumsOf(catalog, id, scan, memory);
  delete memory.sums;
  const ownerOf = ownersOf(models);
  let { rows } = scan;
  const after = await scanPages(live, scan.after, scan.total, goOn, (version) => {
    const owner = ownerOf(version.partition);
    if (owner && sums.add(owner.name, version)) rows++;
  });
  const key = await storeBytes(catalog, id, sums.bytes);
  memory.sums = { key, scan: sums };
  const { after: _, ...others } = scan;
  return { ...others, rows, sums: key, ...(after === undefined ? { done: true } : { after, done: false }) };
}

async function sumsOf(
  catalog: Table,
  id: number,
  { sums: key, upTo }: Scan,
  memory: ScanMemory,
): Promise<WindowSums> {
  if (memory.sums && memory.sums.key === key) return memory.sums.scan;
  return new WindowSums(upTo, key === undefined ? undefined : await loadBytes(catalog, id, key));
}

/** By window, in order, the names of the read models whose sums differ. */
export async function differingWindows(
  catalog: Table,
  id: number,
  scan: Scan,
): Promise<[window: number, names: string[]][]> {
  if (scan.sums === undefined) return [];
  const { sums: expected } = await readWindows(catalog, id);
  const live = await sumsOf(catalog, id, scan, {});
  const found = new Map<number, string[]>();
  for (const [name, next] of Object.entries(scan.upTo))
    for (let window = 0; window < windowsTo(next); window++)
      if (expected.get(windowKey(name, window)) !== toBase64(live.sumOf(name, window)))
        found.set(window, [...(found.get(window) ?? []), name]);
  return [...found].toSorted(([a], [b]) => a - b);
}
