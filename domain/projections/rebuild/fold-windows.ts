// The fold of a rebuild: whole windows of positions, each from its beginning, so that a window that was interrupted is
// folded again to the same rows, snapshots and hashes.
import { toBase64 } from '../../../events/log/base64.ts';
import { foldLogEvents } from '../fold-batch.ts';
import type { Checkpoints } from '../catalog.ts';
import { checkpointAfter, type Projector } from '../catch-up.ts';
import type { ReadModel } from '../views/read-model.ts';
import type { RowStore } from '../rows/row-store.ts';
import { keyText, type RowVersion } from '../rows/row.ts';
import { sumsWriter, WINDOW, type Sums, type SumsWriter } from '../rows/sums.ts';
import { addHash, ownersOf, SUM_BYTES, windowOf, type UpTo } from './window-hashes.ts';
import { noteWindow, type WindowHashes } from './runner-notes.ts';

export interface FoldOfRebuild {
  readonly world: Projector;
  readonly id: number;
  readonly models: readonly ReadModel[];
  /** Up to where each read model is folded. */
  readonly goal: (name: string) => number;
  /** Rows up to here are compared: their hashes are noted. */
  readonly upTo: UpTo;
  /** The new generation; nothing is written without it. */
  readonly store: RowStore | undefined;
  /** Where sums of earlier windows are read that this process did not fold itself; undefined if they must be scanned. */
  readonly sums: RowStore | undefined;
  /** False if the step must end soon. */
  readonly goOn: () => boolean;
  /** May read models be tried again that an event stopped? */
  readonly retries: boolean;
}

/** For each read model, what writes the snapshot of its next window. */
export type Writers = Map<string, { readonly window: number; readonly writer: SumsWriter }>;

const WINDOWS_A_STEP = 8;

export interface FoldedWindows {
  readonly checkpoints: Checkpoints;
  /** The read models that an event stopped in this step. */
  readonly stopped: ReadonlySet<string>;
  /** Nothing is left to fold but read models that are stopped. */
  readonly done: boolean;
}

/** Folds some windows. */
export async function foldWindows(
  fold: FoldOfRebuild,
  before: Checkpoints,
  writers: Writers,
): Promise<FoldedWindows> {
  let checkpoints = before;
  const stopped = new Set<string>();
  for (let windows = 0; ; windows++) {
    const next = (name: string): number => checkpoints[name]?.next ?? 0;
    const left = fold.models.filter(({ name }) => next(name) < fold.goal(name) && !stopped.has(name));
    const going = left.filter(({ name }) => !checkpoints[name]?.stopped);
    const wanted = going.length > 0 ? going : fold.retries ? left : [];
    if (wanted.length === 0) return { checkpoints, stopped, done: true };
    if (windows === WINDOWS_A_STEP || (windows > 0 && !fold.goOn()))
      return { checkpoints, stopped, done: false };
    const window = Math.min(...wanted.map(({ name }) => windowOf(next(name))));
    const group = wanted.filter(({ name }) => windowOf(next(name)) === window);
    const after = await foldWindow(fold, window, group, writers);
    for (const { name } of group) if (after[name]?.stopped) stopped.add(name);
    checkpoints = { ...checkpoints, ...after };
  }
}

async function foldWindow(
  fold: FoldOfRebuild,
  window: number,
  models: readonly ReadModel[],
  writers: Writers,
): Promise<Checkpoints> {
  const { world, id, store, upTo } = fold;
  const [start, whole] = [window * WINDOW, (window + 1) * WINDOW];
  const end = Math.min(whole, Math.max(...models.map(({ name }) => fold.goal(name))));
  const folded = await foldLogEvents(world, models, start, end);
  const after = new Map(models.map((model) => [model, checkpointAfter(model, folded.get(model), end)]));
  const rows = new Map(models.map((model) => [model, folded.get(model)?.versions ?? []]));
  const complete = models.filter((model) => after.get(model)?.next === whole && model.sums);
  const known = await writersAt(fold, window, complete, writers);
  for (const [model, writer] of known) {
    const versions = rows.get(model) ?? [];
    writer.add(versions);
    rows.set(model, [...versions, ...(await writer.snapshot(whole - 1))]);
    writers.set(model.name, { window: window + 1, writer });
  }
  await store?.append([...rows.values()].flat());
  const hashes: Record<string, readonly [string, number]> = {};
  for (const [model, versions] of rows) {
    const last = Math.min(upTo[model.name] ?? 0, whole);
    if (last > start && (after.get(model)?.next ?? 0) >= last)
      hashes[model.name] = hashOf(versions, upTo[model.name] ?? 0);
  }
  await noteWindow(world.catalog, id, window, hashes);
  return Object.fromEntries([...after].map(([{ name }, checkpoint]) => [name, checkpoint]));
}

function hashOf(versions: readonly RowVersion[], upTo: number): WindowHashes[string] {
  const sum = new Uint8Array(SUM_BYTES);
  const compared = versions.filter(({ position }) => position < upTo);
  for (const version of compared) addHash(sum, 0, version);
  return [toBase64(sum), compared.length];
}

/** Writers that know the sums before this window: those of the window before, or new ones. */
async function writersAt(
  { store, sums, models }: FoldOfRebuild,
  window: number,
  complete: readonly ReadModel[],
  writers: Writers,
): Promise<Map<ReadModel, SumsWriter>> {
  const found = new Map<ReadModel, SumsWriter>();
  const unknown: ReadModel[] = [];
  for (const model of complete) {
    const known = writers.get(model.name);
    writers.delete(model.name);
    if (known?.window === window) found.set(model, known.writer);
    else unknown.push(model);
  }
  const start = window * WINDOW;
  const scanned =
    window > 0 && !sums && store && unknown.length > 0 ? await scanSums(store, models, start) : undefined;
  for (const model of unknown) {
    const from = window === 0 || !sums ? (scanned?.get(model.name) ?? new Map<string, Sums>()) : undefined;
    found.set(model, sumsWriter(sums ?? NO_ROWS, model.sums ?? [], start, from));
  }
  return found;
}

/** The sums of all read models before a position, from a store that cannot be ranged yet. */
async function scanSums(
  store: RowStore,
  models: readonly ReadModel[],
  before: number,
): Promise<Map<string, Map<string, Sums>>> {
  const ownerOf = ownersOf(models.map((model) => ({ ...model, lists: [] })));
  const newest = new Map<string, RowVersion>();
  for (let after: string | undefined; ;) {
    const { versions, next } = await store.scan(after);
    for (const version of versions) {
      const model = ownerOf(version.partition);
      if (!model?.sums?.includes(version.partition.split('/')[0] ?? '') || version.position >= before)
        continue;
      const text = keyText(version);
      if ((newest.get(text)?.position ?? -1) < version.position) newest.set(text, version);
    }
    if (next === undefined) break;
    after = next;
  }
  const sums = new Map(models.map(({ name }) => [name, new Map<string, Sums>()]));
  for (const [text, { partition, body }] of newest)
    if (body) sums.get(ownerOf(partition)?.name ?? '')?.set(text, body as Sums);
  return sums;
}

/** Writers that know all sums read nothing. */
const NO_ROWS: RowStore = {
  append: async () => {},
  range: async function* () {},
  scan: async () => ({ versions: [] }),
};
