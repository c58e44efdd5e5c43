// Rebuild records: requester, reason, phase, progress, drift and outcome of each rebuild. The id is the number of the
// generation that the rebuild may write. Only the catalog decides which generation is live.
import { liveCheckpoints, type ProjectionCheckpoints, type Generations } from '../catalog.ts';
import type { Table } from '../../ports.ts';
import type { ReadModel } from '../views/read-model.ts';
import { isBehind } from '../transitions.ts';
import type { Drift } from './drift.ts';
import type { ComparedPositions } from './window-hashes.ts';

export type Reason = 'first' | 'requested' | 'scheduled' | 'new-version';

/**
 * `checking` folds and compares without writing rows. `folding` writes a new generation, `comparing` compares it with
 * the live one. `drifted` awaits a decision of an operator. `switching` folds new events and promotes. The last three
 * ended.
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

/** The subject that took an action, and the time in milliseconds since 1970. */
export interface AuditStamp {
  readonly by: string;
  readonly at: number;
}

/** The progress that a runner stored last. */
export interface Progress {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Unit of `done` and `total`. */
  readonly unit: 'events' | 'rows';
  readonly done: number;
  readonly total: number;
  /** Units per second since this runner began. */
  readonly rate?: number;
}

export interface Comparison {
  /** The generation that is compared with the log. */
  readonly against: number;
  /**
   * Its checkpoints when the rebuild began, of read models with the current fold version. Later rows are not compared,
   * and rows of another fold version differ by intention.
   */
  readonly upTo: ComparedPositions;
  /**
   * True if all live rows have the current fold versions. Only then do rows in unknown partitions count as drift.
   */
  readonly isWhole: boolean;
}

/** Progress of a comparison. */
export interface ComparisonProgress {
  /** The running scan. */
  readonly scan: 'sums' | 'live' | 'built';
  /** Cursor of its next page. */
  readonly after?: string;
  /** Number of rows that it has read. */
  readonly read: number;
  /** Number of rows that the log gives. */
  readonly expected: number;
  /** The sums of hashes in base64, from `WindowHashes.text()`. */
  readonly sums: string;
  readonly drift: Drift;
}

export interface Rebuild {
  readonly id: number;
  /** Fold versions, by the name of the read model. */
  readonly versions: Readonly<Record<string, number>>;
  readonly reason: Reason;
  readonly started: AuditStamp;
  readonly phase: Phase;
  /** Checkpoints of its own fold. While it is `switching`, the catalog has the current ones. */
  readonly checkpoints: ProjectionCheckpoints;
  /** Absent if no generation was live at its start. */
  readonly comparison?: Comparison;
  /** Progress of the comparison, until it has ended. */
  readonly compared?: ComparisonProgress;
  /** When a runner took the last step (milliseconds since 1970). */
  readonly steppedAt?: number;
  readonly progress?: Progress;
  readonly drift?: Drift;
  /** The decision to promote it in spite of its drift. */
  readonly accepted?: AuditStamp;
  /** `superseded` means that fold versions changed, or that the log became shorter than the fold. */
  readonly cancelled?: AuditStamp & { readonly why: 'requested' | 'superseded' };
  /** Milliseconds since 1970. */
  readonly endedAt?: number;
  /** The last rollback from its generation or to it. `to` is the generation that became live. */
  readonly wentBack?: AuditStamp & { readonly to: number };
}

export const hasEnded = ({ phase }: Rebuild): boolean =>
  phase === 'switched' || phase === 'unchanged' || phase === 'cancelled';

/** Returns the current checkpoints of its fold. */
export const rebuildCheckpoints = (
  { id, checkpoints }: Rebuild,
  { generations }: Generations,
): ProjectionCheckpoints => generations[id] ?? checkpoints;

/**
 * Returns true if a running rebuild awaits an operator: it has drift, or it is stopped at an event that the live
 * generation has folded. If the live generation is stopped there too, the rebuild continues, because readers do not see older rows.
 */
export function needsDecisionIn(rebuild: Rebuild, generations: Generations): boolean {
  if (generations.building !== rebuild.id) return false;
  if (rebuild.phase === 'drifted') return true;
  const folded = Object.entries(rebuildCheckpoints(rebuild, generations));
  const stopped = Object.fromEntries(folded.filter(([, each]) => each.stopped));
  const live = Object.entries(liveCheckpoints(generations) ?? {}).filter(([name]) => stopped[name]);
  return isBehind(stopped, Object.fromEntries(live));
}

const PARTITION = 'rebuilds';
const sortOf = (id: number): string => String(id).padStart(9, '0');

/** A rebuild record and the number of its writes. */
export interface StoredRebuild {
  readonly rebuild: Rebuild;
  readonly writes: number;
}

/** Reads a rebuild record and the number of its writes. */
export async function loadRebuild(catalog: Table, id: number): Promise<StoredRebuild | undefined> {
  const item = await catalog.get(PARTITION, sortOf(id));
  return item && { rebuild: item.body as Rebuild, writes: item.version };
}

export const readRebuild = async (catalog: Table, id: number): Promise<Rebuild | undefined> =>
  (await loadRebuild(catalog, id))?.rebuild;

/** Reads rebuild records with an id below `below`, the newest first. */
export async function* readRebuilds(catalog: Table, below?: number): AsyncGenerator<Rebuild> {
  const range = { descending: true, ...(below === undefined ? {} : { below: sortOf(below) }) };
  for await (const { body } of catalog.range(PARTITION, range)) yield body as Rebuild;
}

/** Writes a rebuild record by compare-and-swap. Resolves to false if another process wrote it since it was read. */
export const storeRebuild = (catalog: Table, rebuild: Rebuild, writes: number): Promise<boolean> =>
  catalog.compareAndPut({ partition: PARTITION, sort: sortOf(rebuild.id), body: rebuild }, writes);

/**
 * Changes a rebuild record by compare-and-swap to the result of `change`, or leaves it if that is undefined. Repeats `change` if
 * another process wrote first. Returns the current record.
 * @throws Error if the record does not exist.
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

export const foldVersionsOf = (models: readonly ReadModel[]): Rebuild['versions'] =>
  Object.fromEntries(models.map(({ name, version }) => [name, version]));

/** Writes the record of the first generation of an empty archive, which needs no fold. */
export async function recordFirstGeneration(
  catalog: Table,
  models: readonly ReadModel[],
  now: number,
): Promise<void> {
  const first: Rebuild = {
    id: 1,
    versions: foldVersionsOf(models),
    reason: 'first',
    started: { by: 'archive', at: now },
    phase: 'switched',
    checkpoints: {},
    endedAt: now,
  };
  await storeRebuild(catalog, first, 0);
}
