// An archive in memory whose rebuilds tests advance step by step, with a clock that only tests move.
import {
  readGenerations,
  type ProjectionCheckpoints,
  type Generations,
} from '../../domain/projections/catalog.ts';
import { catchUp } from '../../domain/projections/catch-up.ts';
import { readModels } from '../../domain/projections/views/read-models.ts';
import type { ReadModel } from '../../domain/projections/views/read-model.ts';
import { readRebuild, type Rebuild } from '../../domain/projections/rebuild/rebuild-record.ts';
import { startRebuild } from '../../domain/projections/rebuild/requests.ts';
import { reconciler, type Reconciler } from '../../domain/projections/rebuild/reconciler.ts';
import type { EventStore } from '../../domain/ports.ts';
import { scanned } from '../contract/row-stores.ts';
import { faultyProcess, late, type Conditions, type Late } from './faults.ts';
import { memoryRowStores, type MemoryRowStores } from './stores/memory-row-store.ts';
import { memoryTable, type MemoryTable } from './stores/memory-table.ts';
import type { PublishedLog } from './logs/published-log.ts';

export const GRACE_MS = 1_000_000;
export const LATE_MS = 10_000;

export interface Rebuildable extends Reconciler {
  readonly store: EventStore;
  readonly catalog: MemoryTable;
  readonly rows: MemoryRowStores;
  /** Alarms that operators got. */
  readonly alarms: string[];
  /** Moves the clock forward. */
  readonly pass: (ms: number) => void;
  /** Publishes the log up to this size. */
  readonly publishTo: (size: number) => void;
}

/** Returns an archive with this log. Nothing is published or folded yet. */
export function rebuildable(log: PublishedLog, context: Partial<Reconciler> = {}): Rebuildable {
  const alarms: string[] = [];
  let now = Date.UTC(2023, 2, 4);
  let published = 0;
  return {
    ...log.upTo(() => published),
    catalog: memoryTable(),
    rows: memoryRowStores(),
    alarms,
    alarm: (what) => alarms.push(what),
    clock: () => now,
    pass: (ms) => {
      now += ms;
    },
    publishTo: (size) => {
      published = size;
    },
    rollbackRetentionMs: GRACE_MS,
    removalDelayMs: LATE_MS,
    ...context,
  } as Rebuildable;
}

/** Returns an archive that started empty and has folded the first `size` events. */
export async function caughtUp(
  log: PublishedLog,
  size: number,
  context: Partial<Reconciler> = {},
): Promise<Rebuildable> {
  const archive = rebuildable(log, context);
  await catchUp(archive);
  archive.publishTo(size);
  await catchUp(archive);
  return archive;
}

/** Returns the archive as a process sees it that fails under these conditions. */
export function failing(of: Rebuildable, conditions: Conditions, under: Late = late()): Rebuildable {
  const process = faultyProcess(conditions, under);
  return {
    ...of,
    store: process.store(of.store),
    state: process.table(of.state),
    catalog: process.table(of.catalog) as MemoryTable,
    rows: { ...process.rows(of.rows), of: of.rows.of },
  };
}

export const operatorRequest = { by: 'operator:lena', reason: 'requested' } as const;

/** Takes steps until the reconciler has nothing to do. @throws Error after 10,000 steps. */
export async function reconcileToEnd(
  context: Reconciler,
  step: () => Promise<boolean> = reconciler(context),
): Promise<void> {
  for (let steps = 0; await step(); steps++)
    if (steps > 10_000) throw new Error('the rebuild has not ended after 10,000 steps');
}

/** Starts a rebuild and advances it until it ends or needs a decision. Returns its record. */
export async function rebuild(context: Reconciler): Promise<Rebuild> {
  const { id } = await startRebuild(context, operatorRequest);
  await reconcileToEnd(context);
  return recordOf(context, id);
}

export async function recordOf({ catalog }: Pick<Reconciler, 'catalog'>, id: number): Promise<Rebuild> {
  const record = await readRebuild(catalog, id);
  if (!record) throw new Error(`rebuild ${id} has no record`);
  return record;
}

export const generationsOf = ({ catalog }: Pick<Reconciler, 'catalog'>): Promise<Generations> =>
  readGenerations(catalog);

/** Returns projection checkpoints of all read models with this next position. */
export const allAt = (next: number, models: readonly ReadModel[] = readModels): ProjectionCheckpoints =>
  Object.fromEntries(models.map(({ name, version }) => [name, { version, next }]));

/** Wraps row stores so that a page of a scan has `length` versions. */
export function pagesOf(rows: Reconciler['rows'], length: number): Reconciler['rows'] {
  return {
    ...rows,
    open: (generation) => {
      const store = rows.open(generation);
      return {
        ...store,
        scan: async (after = '0') => {
          const versions = await scanned(store);
          const next = Number(after) + length;
          return {
            versions: versions.slice(Number(after), next),
            ...(next < versions.length ? { next: String(next) } : {}),
          };
        },
      };
    },
  };
}
