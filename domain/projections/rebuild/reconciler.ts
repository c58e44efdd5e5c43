// What generations need, one bounded step after another: a first generation, rebuilds, one after a read model changed its
// version, one when the schedule says so; and the end of what is kept, and of rows that nobody needs.
import { Refusal } from '../../errors.ts';
import { readModels } from '../views/read-models.ts';
import { changeGenerations, liveCheckpoints, readGenerations, type Generations } from '../catalog.ts';
import { beginEmpty } from '../catch-up.ts';
import { retireAheadOfLog } from '../retire.ts';
import type { ReadModel } from '../views/read-model.ts';
import { expired, removed } from '../transitions.ts';
import { hasEnded, readRebuild, readRebuilds, waitsIn, type Rebuild } from './rebuild-record.ts';
import { settleRebuild, startRebuild, type Start } from './requests.ts';
import { rebuildRunner, RETRY_MS, type RebuildContext } from './runner.ts';

export interface Reconciler extends RebuildContext {
  /**
   * Rows stay for so long after their generation was retired: every reader and projector that used it has ended by then.
   * Milliseconds, longer than any request or run takes.
   */
  readonly lateMs: number;
  /** Milliseconds from the start of one rebuild to that of the next; none are scheduled without it. */
  readonly schedule?: number;
  /** Scheduled rebuilds always write a new generation. */
  readonly alwaysWrites?: boolean;
}

/** A rebuild of which a step was taken within this time has a runner. */
const RUNNING_MS = 300_000;
/** Rows of generations that the catalog does not name are looked for so often. */
const ORPHANS_MS = 3_600_000;

/** Returns a function that takes one bounded step: true if there is more to do at once. */
export function reconciler(world: Reconciler): () => Promise<boolean> {
  const { catalog, clock, rows, models = readModels } = world;
  const rebuild = rebuildRunner(world);
  let settled: number | undefined;
  let lookedAt: number | undefined;

  return async () => {
    let generations = await readGenerations(catalog);
    if (generations.last === 0) generations = await beginEmpty(world, models);
    // Before anything is retired: a generation that was promoted tells how its rebuild ended.
    if (generations.building === undefined) await settleLast(generations);
    ({ generations } = await retireAheadOfLog(world, generations));
    if (expired(generations, clock()))
      generations = await changeGenerations(catalog, (before) => expired(before, clock()));
    if (await removeOne(generations)) return true;
    if (generations.building !== undefined) {
      lookedAt = undefined;
      return rebuild(generations.building);
    }
    if (await removeOrphans()) return true;
    const start = await whatToStart(world, generations);
    return start !== undefined && begin(start);
  };

  /** A run that ended just after the switch left a record of what was still to come. */
  async function settleLast({ last }: Generations): Promise<void> {
    if (settled === last) return;
    if (await readRebuild(catalog, last)) await settleRebuild(world, last);
    settled = last;
  }

  async function removeOne(generations: Generations): Promise<boolean> {
    const number = toRemove(generations, clock() - world.lateMs);
    if (number === undefined) return false;
    await rows.drop(number);
    await changeGenerations(catalog, (before) => removed(before, number));
    return true;
  }

  /** A runner that was late may have created rows again. Numbers are never used twice, so a late drop does no harm. */
  async function removeOrphans(): Promise<boolean> {
    if (lookedAt !== undefined && clock() - lookedAt < ORPHANS_MS) return false;
    const existing = await rows.list();
    const { generations, building, removing = {}, last } = await readGenerations(catalog);
    const orphans = existing.filter(
      (number) => number <= last && number !== building && !generations[number] && !removing[number],
    );
    for (const number of orphans) await rows.drop(number);
    lookedAt = clock();
    return orphans.length > 0;
  }

  async function begin(start: Start): Promise<boolean> {
    // The catalog was lost if there are rows already: those numbers are not used again.
    const numbers = start.reason === 'first' ? await rows.list() : [];
    try {
      await startRebuild(world, { ...start, from: Math.max(0, ...numbers) + 1 });
    } catch (error) {
      // Another process was faster.
      if (!(error instanceof Refusal && error.code === 'rebuild-running')) throw error;
    }
    return true;
  }
}

/** The rebuild that is to begin, if one is. */
async function whatToStart(
  { catalog, clock, models = readModels, schedule, alwaysWrites = false }: Omit<Reconciler, 'alarm'>,
  generations: Generations,
): Promise<Start | undefined> {
  const live = liveCheckpoints(generations);
  if (!live) return { by: 'archive', reason: 'first' };
  const last = await newest(readRebuilds(catalog));
  // Its record was written, and then the request ended: it is started now.
  if (last && last.id > generations.last) return { by: last.started.by, reason: last.reason };
  if (
    models.some(({ name, version }) => live[name] && live[name].version !== version) &&
    !isRefused(await newest(readRebuilds(catalog), ({ reason }) => reason !== 'scheduled'), models)
  )
    return { by: 'archive', reason: 'new-version' };
  if (schedule === undefined || clock() - (last?.started.at ?? -Infinity) < schedule) return undefined;
  return { by: 'schedule', reason: 'scheduled', checks: !alwaysWrites };
}

/** Somebody cancelled the rebuild of these versions: it does not begin again by itself. */
const isRefused = (last: Rebuild | undefined, models: readonly ReadModel[]): boolean =>
  last?.cancelled?.why === 'requested' &&
  models.every(({ name, version }) => last.versions[name] === version);

async function newest<T>(
  items: AsyncIterable<T>,
  isWanted: (item: T) => boolean = () => true,
): Promise<T | undefined> {
  for await (const item of items) if (isWanted(item)) return item;
  return undefined;
}

/** A generation that was retired at this time or before. */
const toRemove = ({ removing = {} }: Generations, retired: number): number | undefined =>
  Object.entries(removing)
    .filter(([, since]) => since <= retired)
    .map(([number]) => Number(number))[0];

/**
 * Is there something to do for a runner, and does none work on it? A rebuild that an event stopped is tried again after
 * `retryMs`; with 0 at each look, because a runner may have other code by then.
 */
export async function needsReconciling(
  world: Omit<Reconciler, 'alarm'>,
  retryMs = RETRY_MS,
): Promise<boolean> {
  const { catalog, clock } = world;
  const [generations, now] = [await readGenerations(catalog), clock()];
  const { building, last } = generations;
  if (expired(generations, now) || toRemove(generations, now - world.lateMs) !== undefined) return true;
  const record = await readRebuild(catalog, building ?? last);
  if (building === undefined)
    return (record && !hasEnded(record)) || (await whatToStart(world, generations)) !== undefined;
  if (record?.phase === 'drifted') return false;
  const quiet = now - (record?.steppedAt ?? 0);
  return quiet >= (record && waitsIn(record, generations) ? retryMs : RUNNING_MS);
}

/** Does the rebuild that runs need a decision, or code that can fold an event? */
export async function needsDecision({ catalog }: Pick<Reconciler, 'catalog'>): Promise<boolean> {
  const generations = await readGenerations(catalog);
  const { building } = generations;
  const record = building === undefined ? undefined : await readRebuild(catalog, building);
  return record !== undefined && waitsIn(record, generations);
}
