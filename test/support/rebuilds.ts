// An archive in memory whose read models are rebuilt by hand, step by step, under a clock that stands until it is moved.
import { readGenerations, type Checkpoints, type Generations } from '../../domain/projections/catalog.ts';
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
  /** What the operator was told. */
  readonly alarms: string[];
  readonly pass: (ms: number) => void;
  /** Publishes the log up to this size. */
  readonly publishTo: (size: number) => void;
}

/** Nothing is published or folded yet. */
export function rebuildable(log: PublishedLog, given: Partial<Reconciler> = {}): Rebuildable {
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
    graceMs: GRACE_MS,
    lateMs: LATE_MS,
    ...given,
  } as Rebuildable;
}

/** The archive, begun when it was empty, and caught up with so many events. */
export async function caughtUp(
  log: PublishedLog,
  size: number,
  given: Partial<Reconciler> = {},
): Promise<Rebuildable> {
  const of = rebuildable(log, given);
  await catchUp(of);
  of.publishTo(size);
  await catchUp(of);
  return of;
}

/** The same archive, seen by a process that fails under these conditions. */
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

export const asked = { by: 'operator:lena', reason: 'requested' } as const;

/** Takes steps until there is nothing to do at once. */
export async function tend(of: Reconciler, step: () => Promise<boolean> = reconciler(of)): Promise<void> {
  for (let steps = 0; await step(); steps++)
    if (steps > 10_000) throw new Error('a rebuild takes steps without end');
}

/** Asks for a rebuild, and sees it to its end, or to where it waits. */
export async function rebuild(of: Reconciler): Promise<Rebuild> {
  const { id } = await startRebuild(of, asked);
  await tend(of);
  return recordOf(of, id);
}

export async function recordOf({ catalog }: Pick<Reconciler, 'catalog'>, id: number): Promise<Rebuild> {
  const record = await readRebuild(catalog, id);
  if (!record) throw new Error(`there is no rebuild ${id}`);
  return record;
}

export const generationsOf = ({ catalog }: Pick<Reconciler, 'catalog'>): Promise<Generations> =>
  readGenerations(catalog);

/** All read models at this position. */
export const allAt = (next: number, models: readonly ReadModel[] = readModels): Checkpoints =>
  Object.fromEntries(models.map(({ name, version }) => [name, { version, next }]));

/** Stores that give so many versions a page. */
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
