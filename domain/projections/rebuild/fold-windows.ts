// The fold of a rebuild: whole windows of positions, each from its beginning, so that a window that was interrupted is
// folded again to the same rows and snapshots.
import { WINDOW } from '../rows/sums.ts';
import type { Checkpoints } from '../catalog.ts';
import { foldPlaces, type Projector } from '../catch-up.ts';
import type { ReadModel } from '../views/read-model.ts';
import type { CurrentRow, RowStore } from '../rows/row-store.ts';
import { keyText, type RowVersion } from '../rows/row.ts';
import { ownersOf, type UpTo, type WindowSums } from './window-hashes.ts';

export interface FoldOfRebuild {
  /** Its rows are collected by `collected`. */
  readonly world: Projector;
  readonly collected: Collector;
  readonly id: number;
  readonly models: readonly ReadModel[];
  /** Up to where each read model is folded. */
  readonly goal: (name: string) => number;
  /** The new generation; nothing is written without it. */
  readonly store: RowStore | undefined;
  /** Takes the hashes of the rows up to these positions. */
  readonly sums: WindowSums | undefined;
  readonly upTo: UpTo;
  /** May another window be folded after so many? */
  readonly goOn: (windows: number) => boolean;
}

export interface FoldedWindows {
  readonly checkpoints: Checkpoints;
  /** The read models that an event stopped in this step. */
  readonly stopped: ReadonlySet<string>;
  /** Nothing is left to fold but read models that are stopped. */
  readonly done: boolean;
}

/** Where folded rows are collected until their window is whole. */
export interface Collector extends RowStore {
  /** What was collected since this was called last. */
  readonly take: () => RowVersion[];
}

/**
 * Sums that were appended here are read from memory, so that a fold from position 0 reads no rows. Others are read from
 * `earlier`, which has the windows that another process folded.
 */
export function collector(models: readonly ReadModel[], earlier?: RowStore): Collector {
  const groups = new Set(models.flatMap(({ sums = [] }) => sums));
  const sums = new Map<string, CurrentRow>();
  let collected: RowVersion[] = [];
  return {
    append: async (versions) => {
      for (const version of versions) {
        const { partition, sort, position, body } = version;
        collected.push(version);
        if (body && groups.has(partition.split('/', 1)[0] ?? ''))
          sums.set(keyText(version), { sort, position, body });
      }
    },
    range: async function* (partition, range) {
      const known = sums.get(keyText({ partition, sort: range.from ?? '' }));
      if (known) yield known;
      else if (earlier) yield* earlier.range(partition, range);
    },
    scan: async () => ({ versions: collected }),
    take: () => {
      const taken = collected;
      collected = [];
      return taken;
    },
  };
}

/** Folds some windows: read models that are stopped come last. */
export async function foldWindows(fold: FoldOfRebuild, before: Checkpoints): Promise<FoldedWindows> {
  let checkpoints = before;
  const stopped = new Set<string>();
  for (let windows = 0; ; windows++) {
    const windowOf = ({ name }: ReadModel): number =>
      Math.floor((checkpoints[name]?.next ?? 0) / WINDOW) * WINDOW;
    const left = fold.models.filter(
      ({ name }) => (checkpoints[name]?.next ?? 0) < fold.goal(name) && !stopped.has(name),
    );
    const going = left.filter(({ name }) => !checkpoints[name]?.stopped);
    const wanted = going.length > 0 ? going : left;
    if (wanted.length === 0) return { checkpoints, stopped, done: true };
    if (windows > 0 && !fold.goOn(windows)) return { checkpoints, stopped, done: false };
    const start = Math.min(...wanted.map(windowOf));
    const group = wanted.filter((model) => windowOf(model) === start);
    const after = await foldWindow(fold, start, group, checkpoints);
    for (const { name } of group) if (after[name]?.stopped) stopped.add(name);
    checkpoints = { ...checkpoints, ...after };
  }
}

async function foldWindow(
  { world, collected, id, models, goal, store, sums, upTo }: FoldOfRebuild,
  start: number,
  group: readonly ReadModel[],
  before: Checkpoints,
): Promise<Checkpoints> {
  const places = group.map((model) => ({
    generation: id,
    model,
    checkpoint: { version: model.version, next: start },
  }));
  const end = Math.min(start + WINDOW, Math.max(...group.map(({ name }) => goal(name))));
  const after = (await foldPlaces(world, places, end)).get(id) ?? {};
  const versions = collected.take();
  await store?.append(versions);
  if (!sums) return after;
  // Each row is added when its read model passes it: some of the window may have been folded before.
  const ownerOf = ownersOf(models);
  for (const version of versions) {
    const { name = '' } = ownerOf(version.partition) ?? {};
    const [from, to] = [before[name]?.next ?? 0, Math.min(after[name]?.next ?? 0, upTo[name] ?? 0)];
    if (version.position >= from && version.position < to) sums.add(name, version);
  }
  return after;
}
