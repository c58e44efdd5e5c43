// The record of each rebuild, which is kept: who asked for it and why, how far it is, what the comparison found, how it
// ended. Its id is the number of the generation that it may write. While it runs, its record also says how far its fold
// is; what readers see is decided by the catalog of generations alone.
import { liveCheckpoints, type Checkpoints, type Generations } from '../catalog.ts';
import type { Table } from '../../ports.ts';
import type { ReadModel } from '../views/read-model.ts';
import { isBehind } from '../transitions.ts';
import type { Drift } from './drift.ts';
import type { UpTo } from './window-hashes.ts';

export type Reason = 'first' | 'requested' | 'scheduled' | 'new-version';

/**
 * `checking`: folds without writing, and compares with the live generation. `folding`: writes a new generation.
 * `comparing`: with the live one. `drifted`: they differ, and somebody must accept or cancel it. `switching`: folds what
 * is new once more. `cancelling`: asked to end. Ended: `switched`, `unchanged`, `cancelled`.
 */
export type Phase =
  | 'checking'
  | 'folding'
  | 'comparing'
  | 'drifted'
  | 'switching'
  | 'cancelling'
  | 'switched'
  | 'unchanged'
  | 'cancelled';

/** Who did something, and when (milliseconds since 1970). */
export interface Act {
  readonly by: string;
  readonly at: number;
}

/** As a runner noted it last. */
export interface Progress {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of what `done` and `total` count. */
  readonly unit: 'events' | 'rows';
  readonly done: number;
  readonly total: number;
  /** How many a second since this runner began. */
  readonly rate?: number;
}

export interface Comparison {
  /** The generation that is compared with the log. */
  readonly against: number;
  /**
   * How far that was when the rebuild began, of read models of today's version. What is recorded meanwhile is not
   * compared; and rows of another version are meant to differ.
   */
  readonly upTo: UpTo;
  /** All live rows are of today's versions: those in partitions that no read model writes are drift. */
  readonly isWhole: boolean;
}

/** How far a comparison is. */
export interface Compared {
  /** The scan that is under way. */
  readonly scan: 'sums' | 'live' | 'built';
  /** Where its next page begins. */
  readonly after?: string;
  /** Rows that it has read. */
  readonly read: number;
  /** Rows that the log gives. */
  readonly expected: number;
  /** What WindowSums has left. */
  readonly sums: string;
  readonly drift: Drift;
}

export interface Rebuild {
  readonly id: number;
  /** Of the read models, by name. */
  readonly versions: Readonly<Record<string, number>>;
  readonly reason: Reason;
  readonly started: Act;
  readonly phase: Phase;
  /** How far its own fold is, by read model; while it switches, the catalog says that. */
  readonly checkpoints: Checkpoints;
  /** Absent if no generation was live when it began. */
  readonly comparison?: Comparison;
  /** How far that is, until it has ended. */
  readonly compared?: Compared;
  /** When a runner took the last step (milliseconds since 1970). */
  readonly steppedAt?: number;
  readonly progress?: Progress;
  readonly drift?: Drift;
  /** Promoted in spite of its drift. */
  readonly accepted?: Act;
  /** `superseded`: the read models have other versions now, or the log is shorter than what was folded. */
  readonly cancelled?: Act & { readonly why: 'requested' | 'superseded' };
  /** Milliseconds since 1970. */
  readonly endedAt?: number;
  /** The last time that readers went back from what it made, or to it: `to` is the generation they went to. */
  readonly wentBack?: Act & { readonly to: number };
}

export const hasEnded = ({ phase }: Rebuild): boolean =>
  phase === 'switched' || phase === 'unchanged' || phase === 'cancelled';

/** How far its own fold is. */
export const foldedBy = ({ id, checkpoints }: Rebuild, { generations }: Generations): Checkpoints =>
  generations[id] ?? checkpoints;

/**
 * Does it go on only once somebody has done something? It differs from what is read, or an event stopped it that the rows
 * that are read have. If they are stopped there too it goes on: no reader steps back.
 */
export function waitsIn(rebuild: Rebuild, generations: Generations): boolean {
  if (generations.building !== rebuild.id) return false;
  if (rebuild.phase === 'drifted') return true;
  const folded = Object.entries(foldedBy(rebuild, generations));
  const stopped = Object.fromEntries(folded.filter(([, each]) => each.stopped));
  const live = Object.entries(liveCheckpoints(generations) ?? {}).filter(([name]) => stopped[name]);
  return isBehind(stopped, Object.fromEntries(live));
}

const PARTITION = 'rebuilds';
const sortOf = (id: number): string => String(id).padStart(9, '0');

/** A record, and the number of its writes. */
export interface StoredRebuild {
  readonly rebuild: Rebuild;
  readonly writes: number;
}

export async function loadRebuild(catalog: Table, id: number): Promise<StoredRebuild | undefined> {
  const item = await catalog.get(PARTITION, sortOf(id));
  return item && { rebuild: item.body as Rebuild, writes: item.version };
}

export const readRebuild = async (catalog: Table, id: number): Promise<Rebuild | undefined> =>
  (await loadRebuild(catalog, id))?.rebuild;

/** The last ones first, of those below this id. */
export async function* readRebuilds(catalog: Table, below?: number): AsyncGenerator<Rebuild> {
  const range = { descending: true, ...(below === undefined ? {} : { below: sortOf(below) }) };
  for await (const { body } of catalog.range(PARTITION, range)) yield body as Rebuild;
}

/** Writes a record; false if it was written since it was read. With 0 writes: if it exists. */
export const storeRebuild = (catalog: Table, rebuild: Rebuild, writes: number): Promise<boolean> =>
  catalog.compareAndPut({ partition: PARTITION, sort: sortOf(rebuild.id), body: rebuild }, writes);

/**
 * Changes a record to what `change` returns for its current state; undefined leaves it. Tries again if another process
 * was faster. Returns the record after that.
 * @throws Error if there is none.
 */
export async function changeRebuild(
  catalog: Table,
  id: number,
  change: (before: Rebuild) => Rebuild | undefined,
): Promise<Rebuild> {
  for (;;) {
    const stored = await loadRebuild(catalog, id);
    if (!stored) throw new Error(`rebuild ${id} has no record`);
    const after = change(stored.rebuild);
    if (after === undefined) return stored.rebuild;
    if (await storeRebuild(catalog, after, stored.writes)) return after;
  }
}

export const versionsOf = (models: readonly ReadModel[]): Rebuild['versions'] =>
  Object.fromEntries(models.map(({ name, version }) => [name, version]));

/** Notes that the first generation of an empty archive was made, which took no rebuild. */
export async function noteFirst(catalog: Table, models: readonly ReadModel[], now: number): Promise<void> {
  const first: Rebuild = {
    id: 1,
    versions: versionsOf(models),
    reason: 'first',
    started: { by: 'archive', at: now },
    phase: 'switched',
    checkpoints: {},
    endedAt: now,
  };
  await storeRebuild(catalog, first, 0);
}
