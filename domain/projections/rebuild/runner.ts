// Advances a rebuild in bounded, resumable steps. Each step begins with the record, and ends with one conditional write of
// the record, which has all of its state: a runner may crash anywhere, and several runners only do the same twice.
import { same } from '../../recording/aggregate.ts';
import { readHead } from '../../log/head.ts';
import type { Clock } from '../../ports.ts';
import { readModels } from '../views/read-models.ts';
import { changeGenerations, readGenerations, type Checkpoints, type Generations } from '../catalog.ts';
import { catchUp, type Projector } from '../catch-up.ts';
import type { NewRowStore } from '../rows/row-store.ts';
import { WINDOW } from '../rows/sums.ts';
import { abandoned, enrolled, promoted } from '../transitions.ts';
import { compareMore, comparisonWith } from './compare.ts';
import { isEmpty, type Drift } from './drift.ts';
import { collector, foldWindows, type Collector } from './fold-windows.ts';
import { WindowSums } from './window-hashes.ts';
import {
  foldedBy,
  hasEnded,
  loadRebuild,
  storeRebuild,
  versionsOf,
  waitsIn,
  type Progress,
  type Rebuild,
} from './rebuild-record.ts';
import { cancelRebuild, settleRebuild, type RebuildRequestContext } from './requests.ts';
import { liveRows, LiveUnreadable } from './unreadable-rows.ts';

export interface RebuildContext extends Projector, RebuildRequestContext {
  readonly clock: Clock;
  /** False if a step must end soon; steps are bounded without it, too. */
  readonly goOn?: () => boolean;
  /** Something waits for a decision, or did not work. */
  readonly alarm: (what: string, error?: unknown) => void;
}

/** A read model that an event stopped is tried again by a new process, and after so long. */
export const RETRY_MS = 3_600_000;

/** After so long, or so many windows, a step that folds ends with its window, so that its progress is noted. */
const FOLD_MS = 1_000;
const FOLD_WINDOWS = 8;
/** A fold that writes nothing else takes at most about so many steps: each of them stores the sums of hashes. */
const CHECK_STEPS = 64;

/** What a step made of a record. Without `after` there is nothing to do until something else happens. */
interface Step {
  readonly after?: Rebuild;
  readonly count?: Pick<Progress, 'unit' | 'done' | 'total'>;
}

/** What a runner keeps in memory of one rebuild. Nothing depends on it but speed. */
interface Memory {
  readonly id: number;
  store?: NewRowStore;
  /** The fold that has come to these checkpoints, and the rows that it collects. */
  fold?: { at: Checkpoints; readonly collected: Collector; readonly world: Projector };
  /** When this process began with what it counts, and how much was done then. */
  began?: { readonly of: string; readonly at: number; readonly done: number };
  triedAt?: number;
  alarmed?: true;
}

/** Returns a function that takes a rebuild one step on: true if there is more to do at once. */
export function rebuildRunner(world: RebuildContext): (id: number) => Promise<boolean> {
  const { catalog, clock, alarm, rows, models = readModels, goOn = () => true } = world;
  let memory: Memory = { id: 0 };

  return async (id) => {
    if (memory.id !== id) memory = { id };
    try {
      return await step(id);
    } catch (error) {
      // Whatever was under way may have been written or not.
      memory = { id };
      throw error;
    }
  };

  async function step(id: number): Promise<boolean> {
    const stored = await loadRebuild(catalog, id);
    if (!stored) {
      alarm(`rebuild ${id} had lost its record, and has ended: start another if it is needed`);
      await changeGenerations(catalog, (before) => abandoned(before, id, clock()));
      return true;
    }
    const { rebuild, writes } = stored;
    const generations = await readGenerations(catalog);
    if (generations.building !== id || hasEnded(rebuild) || rebuild.phase === 'cancelling') {
      await settleRebuild(world, id);
      return true;
    }
    const isBeyond = await isAhead(rebuild, generations);
    if (isBeyond) alarm(`rebuild ${id} is ahead of the log, and has ended: start another if it is needed`);
    const { comparison } = rebuild;
    // It was to be compared with a generation that was let go.
    const hasLostLive = comparison !== undefined && generations.live === undefined;
    if (isBeyond || hasLostLive || !same(rebuild.versions, versionsOf(models))) {
      await cancelRebuild(world, id, { by: 'archive', why: 'superseded' });
      return true;
    }
    const result =
      comparison && comparison.against !== generations.live
        ? { after: begunAgain(rebuild, generations) }
        : await act(rebuild, generations);
    if (!result.after) return false;
    if (result.after !== rebuild)
      await storeRebuild(catalog, withProgress(result.after, result.count), writes);
    return true;
  }

  /** Has it folded events that the log does not have? The head is read after the record: `published` only grows. */
  async function isAhead(rebuild: Rebuild, generations: Generations): Promise<boolean> {
    const { published } = await readHead(world.state);
    return Object.values(foldedBy(rebuild, generations)).some(({ next }) => next > published);
  }

  async function act(rebuild: Rebuild, generations: Generations): Promise<Step> {
    const { id, phase, drift } = rebuild;
    if (phase === 'drifted') {
      const what =
        drift?.unreadable === undefined
          ? 'differs from the rows that are read'
          : `could not be compared with the live rows (${drift.unreadable})`;
      if (!memory.alarmed) alarm(`rebuild ${id} ${what}: accept or cancel it`);
      memory.alarmed = true;
      return {};
    }
    if (waitsIn(rebuild, generations) && clock() - (memory.triedAt ?? -Infinity) < RETRY_MS) return {};
    if (phase === 'switching') return switchTo(rebuild, generations);
    try {
      return await (phase === 'comparing' ? compare(rebuild, generations) : fold(rebuild, generations));
    } catch (error) {
      if (!(error instanceof LiveUnreadable)) throw error;
      if (phase === 'checking') return { after: begunAgain(rebuild, generations, 'folding') };
      const known = rebuild.compared?.drift;
      return known ? ended(rebuild, { ...known, unreadable: error.message }) : {};
    }
  }

  /** Folds some windows, and goes on once all that was published when the step began is folded. */
  async function fold(rebuild: Rebuild, generations: Generations): Promise<Step> {
    const { id, phase, checkpoints: before, comparison, compared } = rebuild;
    const { published } = await readHead(world.state);
    const { upTo = {} } = comparison ?? {};
    const checks = phase === 'checking';
    const goal = (name: string): number => (checks ? (upTo[name] ?? 0) : published);
    const total = Math.max(0, ...models.map(({ name }) => goal(name)));
    const store = checks ? undefined : await newStore(before);
    const memorized = folding(rebuild, store);
    const sums = compared && new WindowSums(upTo, compared.sums);
    const until = clock() + FOLD_MS;
    const least = checks ? total / WINDOW / CHECK_STEPS : 0;
    const { checkpoints, stopped, done } = await foldWindows(
      {
        ...memorized,
        id,
        models,
        goal,
        store,
        sums,
        upTo,
        goOn: (windows) => goOn() && (windows < least || (windows < FOLD_WINDOWS && clock() < until)),
      },
      before,
    );
    memorized.at = checkpoints;
    const noted = compared &&
      sums && { ...compared, sums: sums.text(), expected: compared.expected + sums.added };
    const after = { ...rebuild, checkpoints, ...(noted ? { compared: noted } : {}) };
    const waits = waitsIn(after, generations);
    if (stopped.size > 0) noteStopped(after, waits);
    if (done && !waits) {
      if (checks) return compare(after, generations);
      await store?.complete();
      return { after: { ...after, phase: comparison ? 'comparing' : 'switching' } };
    }
    if (checkpoints === before) return {};
    const furthest = Math.max(0, ...Object.values(checkpoints).map(({ next }) => next));
    return { after, count: { unit: 'events', done: Math.min(total, furthest), total } };
  }

  /** The fold that this process took so far, or one that reads the sums of earlier windows. */
  function folding({ checkpoints, comparison }: Rebuild, store: NewRowStore | undefined) {
    if (memory.fold && same(memory.fold.at, checkpoints)) return memory.fold;
    const earlier = store ?? liveRows(rows, comparison?.against ?? 0);
    const collected = collector(models, hasWindow(checkpoints) ? earlier : undefined);
    const folded = { ...rows, open: () => collected };
    return (memory.fold = { at: checkpoints, collected, world: { ...world, rows: folded } });
  }

  async function newStore(checkpoints: Checkpoints): Promise<NewRowStore> {
    if (memory.store && memory.fold && same(memory.fold.at, checkpoints)) return memory.store;
    const store = await rows.build(memory.id);
    const furthest = Math.max(0, ...Object.values(checkpoints).map(({ next }) => next));
    await store.resume(furthest - (furthest % WINDOW));
    memory.store = store;
    return store;
  }

  function noteStopped(rebuild: Rebuild, waits: boolean): void {
    memory.triedAt = clock();
    if (!waits) return;
    for (const [name, { stopped }] of Object.entries(rebuild.checkpoints))
      if (stopped)
        alarm(
          `rebuild ${rebuild.id} is stopped in ${name} at position ${stopped.position}: ${stopped.reason}`,
        );
  }

  async function compare(rebuild: Rebuild, generations: Generations): Promise<Step> {
    const { id, comparison, compared } = rebuild;
    if (!comparison || !compared) return { after: { ...rebuild, phase: 'switching' } };
    const result = await compareMore({ ...world, id, models, goOn }, comparison, compared);
    const differs = 'report' in result ? !isEmpty(result.report) : result.scan !== 'sums';
    // Nothing is written without drift. With drift, the log is folded again, into a new generation.
    if (rebuild.phase === 'checking' && differs)
      return { after: begunAgain(rebuild, generations, 'folding') };
    if ('report' in result) return ended(rebuild, result.report);
    const { read, expected: total } = result;
    const count = { unit: 'rows', done: Math.min(read, total), total } as const;
    return { after: { ...rebuild, compared: result }, count };
  }

  function ended({ compared: _, ...rebuild }: Rebuild, drift: Drift): Step {
    if (rebuild.phase === 'checking')
      return { after: { ...rebuild, phase: 'unchanged', drift, endedAt: clock() } };
    const differs = !isEmpty(drift) || drift.unreadable !== undefined;
    return { after: { ...rebuild, phase: differs ? 'drifted' : 'switching', drift } };
  }

  /** Readers see the new rows after one write. Until then projectors fold both, so that it soon is as far. */
  async function switchTo(rebuild: Rebuild, generations: Generations): Promise<Step> {
    const { id, comparison, drift, checkpoints } = rebuild;
    if (!generations.generations[id])
      await changeGenerations(catalog, (before) => enrolled(before, id, checkpoints));
    const { more } = await catchUp(world, goOn, id);
    // Rows that cannot be read are nothing to go back to, and would hold up the projector.
    const until = clock() + (drift?.unreadable === undefined ? world.graceMs : 0);
    const after = await changeGenerations(catalog, (before) =>
      promoted(before, { id, against: comparison?.against, until }),
    );
    if (after.building !== id) await settleRebuild(world, id);
    else if (!more && waitsIn(rebuild, after)) {
      noteStopped({ ...rebuild, checkpoints: foldedBy(rebuild, after) }, true);
      return {};
    }
    return { after: rebuild };
  }

  /** With how far it is, and how fast this process is. */
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

/** Are there sums of earlier windows? */
const hasWindow = (checkpoints: Checkpoints): boolean =>
  Object.values(checkpoints).some(({ next }) => next >= WINDOW);

/** From the beginning: readers went back meanwhile, or what was checked differs. */
function begunAgain(
  { drift: _, accepted: __, ...others }: Rebuild,
  generations: Generations,
  phase: 'checking' | 'folding' = others.phase === 'checking' ? 'checking' : 'folding',
): Rebuild {
  return { ...others, phase, checkpoints: {}, ...comparisonWith(generations, others.versions) };
}
