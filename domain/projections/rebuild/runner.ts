// Advances a rebuild in bounded, resumable steps. A step reads the rebuild record and ends with one compare-and-swap of
// it. The record has all state, so a runner may crash at any point, and concurrent runners only repeat work.
import { isSameJson } from '../../recording/aggregate.ts';
import { readHead } from '../../log/head.ts';
import type { Clock } from '../../ports.ts';
import { readModels } from '../views/read-models.ts';
import {
  changeGenerations,
  readGenerations,
  type ProjectionCheckpoints,
  type Generations,
} from '../catalog.ts';
import { catchUp, type ProjectorContext } from '../catch-up.ts';
import type { NewRowStore } from '../rows/row-store.ts';
import { WINDOW_POSITIONS } from '../rows/sums.ts';
import { abandoned, enrolled, promoted } from '../transitions.ts';
import { advanceComparison, startComparison } from './compare.ts';
import { hasNoDrift, type Drift } from './drift.ts';
import { rowCollector, foldWindows, type RowCollector } from './fold-windows.ts';
import { WindowHashes } from './window-hashes.ts';
import {
  rebuildCheckpoints,
  hasEnded,
  loadRebuild,
  storeRebuild,
  foldVersionsOf,
  needsDecisionIn,
  type Progress,
  type Rebuild,
} from './rebuild-record.ts';
import { cancelRebuild, completeRebuild, type RebuildRequestContext } from './requests.ts';
import { liveRows, LiveRowsUnreadable } from './unreadable-rows.ts';

export interface RebuildContext extends ProjectorContext, RebuildRequestContext {
  readonly clock: Clock;
  /** Returns false if a step must end soon. Steps are bounded without it too. */
  readonly mayContinue?: () => boolean;
  /** Called if a decision is needed, or if something failed. */
  readonly alarm: (what: string, error?: unknown) => void;
}

/** A stopped read model is tried again after this time, and by a new process. */
export const STOPPED_RETRY_MS = 3_600_000;

/** A step that folds ends after this time or this number of windows, so that its progress is stored. */
const FOLD_MS = 1_000;
const FOLD_WINDOWS = 8;
/** A fold that writes no rows takes about this many steps at most, because each step stores the sums of hashes. */
const CHECK_STEPS = 64;

/** The result of a step. Without `after`, the rebuild waits for a change from outside. */
interface Step {
  readonly after?: Rebuild;
  readonly count?: Pick<Progress, 'unit' | 'done' | 'total'>;
}

/** State of one rebuild in the memory of a runner. It only saves work. */
interface Memory {
  readonly id: number;
  store?: NewRowStore;
  /** The fold that reached checkpoints `at`, and the rows that it collects. */
  fold?: { at: ProjectionCheckpoints; readonly collected: RowCollector; readonly context: ProjectorContext };
  /** When this process began to count this unit, and how much was done then. */
  began?: { readonly of: string; readonly at: number; readonly done: number };
  triedAt?: number;
  alarmed?: true;
}

/** Returns a function that advances a rebuild by one step. It resolves to true if another step can follow at once. */
export function rebuildRunner(context: RebuildContext): (id: number) => Promise<boolean> {
  const { catalog, clock, alarm, rows, models = readModels, mayContinue = () => true } = context;
  let memory: Memory = { id: 0 };

  return async (id) => {
    if (memory.id !== id) memory = { id };
    try {
      return await step(id);
    } catch (error) {
      // The writes of the failed step may or may not have been applied.
      memory = { id };
      throw error;
    }
  };

  async function step(id: number): Promise<boolean> {
    const stored = await loadRebuild(catalog, id);
    if (!stored) {
      alarm(
        `the record of rebuild ${id} is missing, so the rebuild is cancelled: start another if it is needed`,
      );
      await changeGenerations(catalog, (before) => abandoned(before, id, clock()));
      return true;
    }
    const { rebuild, writes } = stored;
    const generations = await readGenerations(catalog);
    if (generations.building !== id || hasEnded(rebuild) || rebuild.phase === 'cancelling') {
      await completeRebuild(context, id);
      return true;
    }
    const isAheadOfLog = await isAhead(rebuild, generations);
    if (isAheadOfLog)
      alarm(`rebuild ${id} is ahead of the log, so it is cancelled: start another if it is needed`);
    const { comparison } = rebuild;
    // The generation that it is compared with was retired.
    const hasLostLive = comparison !== undefined && generations.live === undefined;
    if (isAheadOfLog || hasLostLive || !isSameJson(rebuild.versions, foldVersionsOf(models))) {
      await cancelRebuild(context, id, { by: 'archive', why: 'superseded' });
      return true;
    }
    const result =
      comparison && comparison.against !== generations.live
        ? { after: restarted(rebuild, generations) }
        : await act(rebuild, generations);
    if (!result.after) return false;
    if (result.after !== rebuild)
      await storeRebuild(catalog, withProgress(result.after, result.count), writes);
    return true;
  }

  /**
   * Returns true if the rebuild has folded events that the log does not have. The head is read after the checkpoints,
   * because an older head could be below them.
   */
  async function isAhead(rebuild: Rebuild, generations: Generations): Promise<boolean> {
    const { published } = await readHead(context.state);
    return Object.values(rebuildCheckpoints(rebuild, generations)).some(({ next }) => next > published);
  }

  async function act(rebuild: Rebuild, generations: Generations): Promise<Step> {
    const { id, phase, drift } = rebuild;
    if (phase === 'drifted') {
      const what =
        drift?.unreadable === undefined
          ? 'differs from the live rows'
          : `could not be compared with the live rows (${drift.unreadable})`;
      if (!memory.alarmed) alarm(`rebuild ${id} ${what}: accept or cancel it`);
      memory.alarmed = true;
      return {};
    }
    if (needsDecisionIn(rebuild, generations) && clock() - (memory.triedAt ?? -Infinity) < STOPPED_RETRY_MS)
      return {};
    if (phase === 'switching') return promoteOnceCaughtUp(rebuild, generations);
    try {
      return await (phase === 'comparing' ? compare(rebuild, generations) : fold(rebuild, generations));
    } catch (error) {
      if (!(error instanceof LiveRowsUnreadable)) throw error;
      if (phase === 'checking') return { after: restarted(rebuild, generations, 'folding') };
      const known = rebuild.compared?.drift;
      return known ? afterComparison(rebuild, { ...known, unreadable: error.message }) : {};
    }
  }

  /** Folds windows up to the published size, or in `checking` up to the compared positions; then begins the next phase. */
  async function fold(rebuild: Rebuild, generations: Generations): Promise<Step> {
    const { id, phase, checkpoints: before, comparison, compared } = rebuild;
    const { published } = await readHead(context.state);
    const { upTo = {} } = comparison ?? {};
    const checks = phase === 'checking';
    const goal = (name: string): number => (checks ? (upTo[name] ?? 0) : published);
    const total = Math.max(0, ...models.map(({ name }) => goal(name)));
    const store = checks ? undefined : await newStore(before);
    const inMemory = foldInMemory(rebuild, store);
    const sums = compared && new WindowHashes(upTo, compared.sums);
    const until = clock() + FOLD_MS;
    const minWindows = checks ? total / WINDOW_POSITIONS / CHECK_STEPS : 0;
    const { checkpoints, stopped, done } = await foldWindows(
      {
        ...inMemory,
        id,
        models,
        goal,
        store,
        sums,
        upTo,
        mayContinue: (windows) =>
          mayContinue() && (windows < minWindows || (windows < FOLD_WINDOWS && clock() < until)),
      },
      before,
    );
    inMemory.at = checkpoints;
    const updated = compared &&
      sums && { ...compared, sums: sums.text(), expected: compared.expected + sums.added };
    const after = { ...rebuild, checkpoints, ...(updated ? { compared: updated } : {}) };
    const needsDecision = needsDecisionIn(after, generations);
    if (stopped.size > 0) alarmStopped(after, needsDecision);
    if (done && !needsDecision) {
      if (checks) return compare(after, generations);
      await store?.complete();
      return { after: { ...after, phase: comparison ? 'comparing' : 'switching' } };
    }
    if (checkpoints === before) return {};
    const furthest = Math.max(0, ...Object.values(checkpoints).map(({ next }) => next));
    return { after, count: { unit: 'events', done: Math.min(total, furthest), total } };
  }

  /** Returns the fold in memory, or a new one that reads earlier snapshots of sums. */
  function foldInMemory({ checkpoints, comparison }: Rebuild, store: NewRowStore | undefined) {
    if (memory.fold && isSameJson(memory.fold.at, checkpoints)) return memory.fold;
    const earlier = store ?? liveRows(rows, comparison?.against ?? 0);
    const collected = rowCollector(models, hasWindow(checkpoints) ? earlier : undefined);
    const folded = { ...rows, open: () => collected };
    return (memory.fold = { at: checkpoints, collected, context: { ...context, rows: folded } });
  }

  async function newStore(checkpoints: ProjectionCheckpoints): Promise<NewRowStore> {
    if (memory.store && memory.fold && isSameJson(memory.fold.at, checkpoints)) return memory.store;
    const store = await rows.build(memory.id);
    const furthest = Math.max(0, ...Object.values(checkpoints).map(({ next }) => next));
    await store.resume(furthest - (furthest % WINDOW_POSITIONS));
    memory.store = store;
    return store;
  }

  function alarmStopped(rebuild: Rebuild, needsDecision: boolean): void {
    memory.triedAt = clock();
    if (!needsDecision) return;
    for (const [name, { stopped }] of Object.entries(rebuild.checkpoints))
      if (stopped)
        alarm(
          `rebuild ${rebuild.id} is stopped in ${name} at position ${stopped.position}: ${stopped.reason}`,
        );
  }

  async function compare(rebuild: Rebuild, generations: Generations): Promise<Step> {
    const { id, comparison, compared } = rebuild;
    if (!comparison || !compared) return { after: { ...rebuild, phase: 'switching' } };
    const result = await advanceComparison({ ...context, id, models, mayContinue }, comparison, compared);
    const differs = 'report' in result ? !hasNoDrift(result.report) : result.scan !== 'sums';
    // Without drift, no rows are written. With drift, the log is folded again into a new generation.
    if (rebuild.phase === 'checking' && differs) return { after: restarted(rebuild, generations, 'folding') };
    if ('report' in result) return afterComparison(rebuild, result.report);
    const { read, expected: total } = result;
    const count = { unit: 'rows', done: Math.min(read, total), total } as const;
    return { after: { ...rebuild, compared: result }, count };
  }

  function afterComparison({ compared: _, ...rebuild }: Rebuild, drift: Drift): Step {
    if (rebuild.phase === 'checking')
      return { after: { ...rebuild, phase: 'unchanged', drift, endedAt: clock() } };
    const differs = !hasNoDrift(drift) || drift.unreadable !== undefined;
    return { after: { ...rebuild, phase: differs ? 'drifted' : 'switching', drift } };
  }

  /** Promotes the generation with one write. Until then, projectors fold it beside the live one, so that it catches up. */
  async function promoteOnceCaughtUp(rebuild: Rebuild, generations: Generations): Promise<Step> {
    const { id, comparison, drift, checkpoints } = rebuild;
    if (!generations.generations[id])
      await changeGenerations(catalog, (before) => enrolled(before, id, checkpoints));
    const { more } = await catchUp(context, mayContinue, id);
    // A live generation with unreadable rows is not kept: no rollback can use it, and it would block the projector.
    const until = clock() + (drift?.unreadable === undefined ? context.rollbackRetentionMs : 0);
    const after = await changeGenerations(catalog, (before) =>
      promoted(before, { id, against: comparison?.against, until }),
    );
    if (after.building !== id) await completeRebuild(context, id);
    else if (!more && needsDecisionIn(rebuild, after)) {
      alarmStopped({ ...rebuild, checkpoints: rebuildCheckpoints(rebuild, after) }, true);
      return {};
    }
    return { after: rebuild };
  }

  /** Returns the record with the current progress and the rate of this process. */
  function withProgress(rebuild: Rebuild, count: Step['count']): Rebuild {
    const at = clock();
    const { progress: _, ...earlier } = rebuild;
    const others = { ...earlier, steppedAt: at };
    if (!count) return others;
    const { began } = memory;
    const of = `${others.phase} ${count.unit} ${others.compared?.scan}`;
    const since = began?.of === of ? began : { of, at, done: count.done };
    memory.began = since;
    const seconds = (at - since.at) / 1_000;
    const rate = seconds > 0 ? { rate: (count.done - since.done) / seconds } : {};
    return { ...others, progress: { at, ...count, ...rate } };
  }
}

/** Returns true if a complete window has been folded. */
const hasWindow = (checkpoints: ProjectionCheckpoints): boolean =>
  Object.values(checkpoints).some(({ next }) => next >= WINDOW_POSITIONS);

/** Returns the rebuild at its start: another generation became live, the check found drift, or rows are unreadable. */
function restarted(
  { drift: _, accepted: __, ...others }: Rebuild,
  generations: Generations,
  phase: 'checking' | 'folding' = others.phase === 'checking' ? 'checking' : 'folding',
): Rebuild {
  return { ...others, phase, checkpoints: {}, ...startComparison(generations, others.versions) };
}
