// The fold of a rebuild. It folds whole windows of positions, so that an interrupted window is folded again to the same
// rows and snapshots.
import { WINDOW_POSITIONS } from '../rows/sums.ts';
import type { ProjectionCheckpoints } from '../catalog.ts';
import { foldModels, type ProjectorContext } from '../catch-up.ts';
import type { ReadModel } from '../views/read-model.ts';
import type { CurrentRow, RowStore } from '../rows/row-store.ts';
import { groupOf, keyText } from '../rows/row-keys.ts';
import type { RowVersion } from '../rows/row.ts';
import { partitionOwners, type ComparedPositions, type WindowHashes } from './window-hashes.ts';

export interface WindowFold {
  /** A projector whose rows go to `collected`. */
  readonly context: ProjectorContext;
  readonly collected: RowCollector;
  readonly id: number;
  readonly models: readonly ReadModel[];
  /** Returns the position up to which, and without which, a read model is folded. */
  readonly goal: (name: string) => number;
  /** The store of the new generation. If undefined, no rows are written. */
  readonly store: RowStore | undefined;
  /** Adds the hashes of the rows up to `upTo`. */
  readonly sums: WindowHashes | undefined;
  readonly upTo: ComparedPositions;
  /** Returns true if another window may be folded after this number of windows. */
  readonly mayContinue: (windows: number) => boolean;
}

export interface FoldedWindows {
  readonly checkpoints: ProjectionCheckpoints;
  /** The read models that an event stopped in this step. */
  readonly stopped: ReadonlySet<string>;
  /** True if only stopped read models have events left to fold. */
  readonly done: boolean;
}

/** Collects folded rows until their window is complete. */
export interface RowCollector extends RowStore {
  /** Returns the rows that were collected since the last call. */
  readonly take: () => RowVersion[];
}

/**
 * Returns a collector that reads its own sums from memory, so that a fold from position 0 reads no rows. It reads other
 * sums from `earlier`, which has the windows that another process folded.
 */
export function rowCollector(models: readonly ReadModel[], earlier?: RowStore): RowCollector {
  const groups = new Set(models.flatMap(({ sums = [] }) => sums));
  const sums = new Map<string, CurrentRow>();
  let collected: RowVersion[] = [];
  return {
    append: async (versions) => {
      for (const version of versions) {
        const { partition, sort, position, body } = version;
        collected.push(version);
        if (body && groups.has(groupOf(partition))) sums.set(keyText(version), { sort, position, body });
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

/** Folds windows while `mayContinue` allows it, at least one. Stopped read models come last. */
export async function foldWindows(fold: WindowFold, before: ProjectionCheckpoints): Promise<FoldedWindows> {
  let checkpoints = before;
  const stopped = new Set<string>();
  for (let windows = 0; ; windows++) {
    const windowOf = ({ name }: ReadModel): number =>
      Math.floor((checkpoints[name]?.next ?? 0) / WINDOW_POSITIONS) * WINDOW_POSITIONS;
    const unfinished = fold.models.filter(
      ({ name }) => (checkpoints[name]?.next ?? 0) < fold.goal(name) && !stopped.has(name),
    );
    const running = unfinished.filter(({ name }) => !checkpoints[name]?.stopped);
    const candidates = running.length > 0 ? running : unfinished;
    if (candidates.length === 0) return { checkpoints, stopped, done: true };
    if (windows > 0 && !fold.mayContinue(windows)) return { checkpoints, stopped, done: false };
    const start = Math.min(...candidates.map(windowOf));
    const group = candidates.filter((model) => windowOf(model) === start);
    const after = await foldWindow(fold, start, group, checkpoints);
    for (const { name } of group) if (after[name]?.stopped) stopped.add(name);
    checkpoints = { ...checkpoints, ...after };
  }
}

async function foldWindow(
  { context, collected, id, models, goal, store, sums, upTo }: WindowFold,
  start: number,
  group: readonly ReadModel[],
  before: ProjectionCheckpoints,
): Promise<ProjectionCheckpoints> {
  const starts = group.map((model) => ({
    generation: id,
    model,
    checkpoint: { version: model.version, next: start },
  }));
  const end = Math.min(start + WINDOW_POSITIONS, Math.max(...group.map(({ name }) => goal(name))));
  const after = (await foldModels(context, starts, end)).get(id) ?? {};
  const versions = collected.take();
  await store?.append(versions);
  if (!sums) return after;
  // Adds only rows after the old checkpoint, because part of the window may have been folded before.
  const ownerOf = partitionOwners(models);
  for (const version of versions) {
    const { name = '' } = ownerOf(version.partition) ?? {};
    const [from, to] = [before[name]?.next ?? 0, Math.min(after[name]?.next ?? 0, upTo[name] ?? 0)];
    if (version.position >= from && version.position < to) sums.add(name, version);
  }
  return after;
}
