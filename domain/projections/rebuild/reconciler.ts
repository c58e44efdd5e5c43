// Reconciles the generations in bounded steps: starts and advances rebuilds (the first one, after a new fold version, by
// schedule), retires generations after their retention period, and removes rows.
import { Refusal } from '../../errors.ts';
import { readModels } from '../views/read-models.ts';
import { changeGenerations, liveCheckpoints, readGenerations, type Generations } from '../catalog.ts';
import { createFirstGeneration } from '../catch-up.ts';
import { retireAheadOfLog } from '../retire.ts';
import type { ReadModel } from '../views/read-model.ts';
import { expired, removed } from '../transitions.ts';
import { hasEnded, readRebuild, readRebuilds, needsDecisionIn, type Rebuild } from './rebuild-record.ts';
import { completeRebuild, startRebuild, type StartRequest } from './requests.ts';
import { rebuildRunner, STOPPED_RETRY_MS, type RebuildContext } from './runner.ts';

export interface Reconciler extends RebuildContext {
  /**
   * Delay from the retirement of a generation to the removal of its rows, in milliseconds. It is longer than any request
   * or run, so that no reader or projector uses the rows any longer.
   */
  readonly removalDelayMs: number;
  /** Milliseconds from the start of one rebuild to the start of the next. If undefined, no rebuild is scheduled. */
  readonly schedule?: number;
  /** True if scheduled rebuilds write a new generation even without drift. */
  readonly alwaysWrites?: boolean;
}

/** A rebuild whose last step is not older than this has a runner. */
const RUNNING_MS = 300_000;
/** Interval of searches for rows of generations that the catalog does not name. */
const ORPHANS_MS = 3_600_000;

/** Returns a function that takes one bounded step. It resolves to true if another step can follow at once. */
export function reconciler(context: Reconciler): () => Promise<boolean> {
  const { catalog, clock, rows, models = readModels } = context;
  const rebuild = rebuildRunner(context);
  let settled: number | undefined;
  let searchedAt: number | undefined;

  return async () => {
    let generations = await readGenerations(catalog);
    if (generations.last === 0) generations = await createFirstGeneration(context, models);
    // Before retirements, because the checkpoints of a promoted generation prove how its rebuild ended.
    if (generations.building === undefined) await settleLast(generations);
    ({ generations } = await retireAheadOfLog(context, generations));
    if (expired(generations, clock()))
      generations = await changeGenerations(catalog, (before) => expired(before, clock()));
    if (await removeOne(generations)) return true;
    if (generations.building !== undefined) {
      searchedAt = undefined;
      return rebuild(generations.building);
    }
    if (await removeOrphans()) return true;
    const start = await nextStart(context, generations);
    return start !== undefined && begin(start);
  };

  /** Completes the record of the last rebuild, whose runner may have crashed after the promotion. */
  async function settleLast({ last }: Generations): Promise<void> {
    if (settled === last) return;
    if (await readRebuild(catalog, last)) await completeRebuild(context, last);
    settled = last;
  }

  async function removeOne(generations: Generations): Promise<boolean> {
    const number = toRemove(generations, clock() - context.removalDelayMs);
    if (number === undefined) return false;
    await rows.drop(number);
    await changeGenerations(catalog, (before) => removed(before, number));
    return true;
  }

  /** Removes rows that a late runner created again. Numbers are not reused, so no other generation is removed. */
  async function removeOrphans(): Promise<boolean> {
    if (searchedAt !== undefined && clock() - searchedAt < ORPHANS_MS) return false;
    const existing = await rows.list();
    const { generations, building, removing = {}, last } = await readGenerations(catalog);
    const orphans = existing.filter(
      (number) => number <= last && number !== building && !generations[number] && !removing[number],
    );
    for (const number of orphans) await rows.drop(number);
    searchedAt = clock();
    return orphans.length > 0;
  }

  async function begin(start: StartRequest): Promise<boolean> {
    // If rows exist without a catalog, the catalog was lost. Their numbers are not reused.
    const numbers = start.reason === 'first' ? await rows.list() : [];
    try {
      await startRebuild(context, { ...start, from: Math.max(0, ...numbers) + 1 });
    } catch (error) {
      // Another process has started it.
      if (!(error instanceof Refusal && error.code === 'rebuild-running')) throw error;
    }
    return true;
  }
}

/** Returns the request for the next rebuild, or undefined if no rebuild is due. */
async function nextStart(
  { catalog, clock, models = readModels, schedule, alwaysWrites = false }: Omit<Reconciler, 'alarm'>,
  generations: Generations,
): Promise<StartRequest | undefined> {
  const live = liveCheckpoints(generations);
  if (!live) return { by: 'archive', reason: 'first' };
  const last = await newest(readRebuilds(catalog));
  // The process that wrote the record crashed before the start.
  if (last && last.id > generations.last) return { by: last.started.by, reason: last.reason };
  if (
    models.some(({ name, version }) => live[name] && live[name].version !== version) &&
    !isRefused(await newest(readRebuilds(catalog), ({ reason }) => reason !== 'scheduled'), models)
  )
    return { by: 'archive', reason: 'new-version' };
  if (schedule === undefined || clock() - (last?.started.at ?? -Infinity) < schedule) return undefined;
  return { by: 'schedule', reason: 'scheduled', checks: !alwaysWrites };
}

/** Returns true if an operator cancelled the rebuild of these fold versions. It is not started again automatically. */
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

/** Returns a generation that was retired at this time or before. */
const toRemove = ({ removing = {} }: Generations, retired: number): number | undefined =>
  Object.entries(removing)
    .filter(([, since]) => since <= retired)
    .map(([number]) => Number(number))[0];

/**
 * Returns true if work exists and no runner does it. A stopped rebuild is due again after `retryMs`. With 0 it is always
 * due, because the next runner may have other code.
 */
export async function needsReconciling(
  context: Omit<Reconciler, 'alarm'>,
  retryMs = STOPPED_RETRY_MS,
): Promise<boolean> {
  const { catalog, clock } = context;
  const [generations, now] = [await readGenerations(catalog), clock()];
  const { building, last } = generations;
  if (expired(generations, now) || toRemove(generations, now - context.removalDelayMs) !== undefined)
    return true;
  const record = await readRebuild(catalog, building ?? last);
  if (building === undefined)
    return (record && !hasEnded(record)) || (await nextStart(context, generations)) !== undefined;
  if (record?.phase === 'drifted') return false;
  const idleMs = now - (record?.steppedAt ?? 0);
  return idleMs >= (record && needsDecisionIn(record, generations) ? retryMs : RUNNING_MS);
}

/** Returns true if the running rebuild needs a decision of an operator, or a release that can fold an event. */
export async function needsDecision({ catalog }: Pick<Reconciler, 'catalog'>): Promise<boolean> {
  const generations = await readGenerations(catalog);
  const { building } = generations;
  const record = building === undefined ? undefined : await readRebuild(catalog, building);
  return record !== undefined && needsDecisionIn(record, generations);
}
