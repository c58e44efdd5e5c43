// Advances a rebuild in bounded, resumable steps. Each step begins with the record and what is noted beside it, and ends
// with one conditional write of the record: a runner may crash anywhere, and several runners only do the same twice.
import { readHead } from '../../head.ts';
import type { Clock } from '../../ports.ts';
import { readModels } from '../all.ts';
import {
  changeGenerations,
  liveCheckpoints,
  readGenerations,
  type Checkpoints,
  type Generations,
} from '../catalog.ts';
import { foldPlaces, type Projector } from '../catch-up.ts';
import type { NewRowStore } from '../row-store.ts';
import { isBehind, promoted } from '../transitions.ts';
import { isEmpty } from './drift.ts';
import { foldWindows, type Writers } from './fold-windows.ts';
import { windowOf } from './hashes.ts';
import { hasEnded, loadRebuild, storeRebuild, versionsOf, type Progress, type Rebuild } from './records.ts';
import { cancelRebuild, positionsOf, settleRebuild, type Keeper } from './requests.ts';
import { compareMore, nothingCompared, type PassMemory } from './row-comparison.ts';
import {
  beginScan,
  comparedUpTo,
  differingWindows,
  scanMore,
  type Comparison,
  type Scan,
  type ScanMemory,
} from './scan.ts';
import { WINDOW } from '../sums.ts';

export interface Rebuilder extends Projector, Keeper {
  readonly clock: Clock;
  /** False if a step must end soon; steps are bounded without it, too. */
  readonly goOn?: () => boolean;
  /** Something waits for a decision, or did not work. */
  readonly alarm: (what: string, error?: unknown) => void;
}

/** A read model that an event stopped is tried again by a new process, and after so long. */
const RETRY_MS = 3_600_000;

/** Folds and promotions that one step tries. */
const MAX_TRIES = 20;

/** What a runner keeps in memory of one rebuild. Nothing depends on it but speed. */
interface Memory extends ScanMemory, PassMemory {
  readonly id: number;
  readonly writers: Writers;
  store?: NewRowStore;
  /** When this process began with what it counts, and how much was done then. */
  began?: { readonly of: string; readonly at: number; readonly done: number };
  triedAt?: number;
  alarmed?: true;
}

const emptyMemory = (id: number): Memory => ({ id, writers: new Map() });

/** What a step made of a record. Without `after` there is nothing to do until something else happens. */
interface Step {
  readonly after?: Rebuild;
  readonly count?: Pick<Progress, 'unit' | 'done' | 'total'>;
}

/** Returns a function that takes a rebuild one step on: true if there is more to do at once. */
export function rebuilding(world: Rebuilder): (id: number) => Promise<boolean> {
  const { catalog, clock, alarm, rows, models = readModels, goOn = () => true } = world;
  let memory = emptyMemory(0);

  return async (id) => {
    if (memory.id !== id) memory = emptyMemory(id);
    try {
      return await step(id);
    } catch (error) {
      // Whatever was under way may have been written or not.
      memory = emptyMemory(id);
      throw error;
    }
  };

  async function step(id: number): Promise<boolean> {
    const stored = await loadRebuild(catalog, id);
    if (!stored) throw new Error(`rebuild ${id} runs, but has no record: cancel it and start another`);
    const { rebuild, writes } = stored;
    const generations = await readGenerations(catalog);
    if (generations.building !== id || hasEnded(rebuild) || rebuild.phase === 'cancelling') {
      await settleRebuild(world, id);
      return true;
    }
    if (!isCurrent(rebuild)) {
      await cancelRebuild(world, id, { by: 'archive', why: 'superseded' });
      return true;
    }
    const { comparison } = rebuild;
    const result =
      comparison && comparison.against !== generations.live
        ? { after: startedOver(rebuild, comparison, generations) }
        : await act(rebuild, generations);
    if (!result.after) return false;
    if (result.after !== rebuild) await storeRebuild(catalog, withProgress(result), writes);
    return true;
  }

  /** Today's read models, in today's versions? */
  function isCurrent({ versions }: Rebuild): boolean {
    const today = versionsOf(models);
    const names = new Set([...Object.keys(versions), ...Object.keys(today)]);
    return [...names].every((name) => versions[name] === today[name]);
  }

  async function act(rebuild: Rebuild, generations: Generations): Promise<Step> {
    switch (rebuild.phase) {
      case 'checking':
        return fold(rebuild, generations, (folded) => compare(folded, generations));
      case 'folding':
        return fold(rebuild, generations, complete);
      case 'comparing':
        return compare(rebuild, generations);
      case 'switching':
        return switchTo(rebuild);
      default:
        if (!memory.alarmed)
          alarm(`rebuild ${rebuild.id} differs from the rows that are read: accept or cancel it`);
        memory.alarmed = true;
        return {};
    }
  }

  /** Folds some windows, and goes on with `next` once all that was published when the step began is folded. */
  async function fold(
    rebuild: Rebuild,
    generations: Generations,
    next: (folded: Rebuild) => Promise<Step>,
  ): Promise<Step> {
    const { id, phase, checkpoints: before, comparison } = rebuild;
    const { published } = await readHead(world.state);
    const upTo = comparison?.upTo ?? {};
    const goal = (name: string): number => (phase === 'checking' ? (upTo[name] ?? 0) : published);
    const writes = phase === 'folding';
    const { checkpoints, stopped, done } = await foldWindows(
      {
        world,
        id,
        models,
        goal,
        upTo,
        goOn,
        store: writes ? await newStore(rebuild) : undefined,
        sums: writes || !comparison ? undefined : rows.open(comparison.against),
        retries: mayRetry(),
      },
      before,
      memory.writers,
    );
    const after = { ...rebuild, checkpoints };
    const waits = waitsIn(after, generations);
    if (stopped.size > 0) noteStopped(after, waits);
    if (done && !waits) return next(after);
    if (checkpoints === before) return {};
    const total = Math.max(0, ...models.map(({ name }) => goal(name)));
    const furthest = Math.max(0, ...Object.values(checkpoints).map((checkpoint) => checkpoint.next));
    return { after, count: { unit: 'events', done: Math.min(total, furthest), total } };
  }

  function mayRetry(): boolean {
    return memory.triedAt === undefined || clock() - memory.triedAt >= RETRY_MS;
  }

  function noteStopped({ id, checkpoints }: Rebuild, waits: boolean): void {
    memory.triedAt = clock();
    if (!waits) return;
    for (const [name, { stopped }] of Object.entries(checkpoints))
      if (stopped)
        alarm(`rebuild ${id} is stopped in ${name} at position ${stopped.position}: ${stopped.reason}`);
  }

  async function newStore({ id, checkpoints }: Rebuild): Promise<NewRowStore> {
    if (memory.store) return memory.store;
    const store = await rows.build(id);
    const positions = models.map(({ name }) => checkpoints[name]?.next ?? 0);
    await store.resume(windowOf(Math.max(...positions)) * WINDOW);
    memory.store = store;
    return store;
  }

  async function complete(rebuild: Rebuild): Promise<Step> {
    const store = await newStore(rebuild);
    await store.complete();
    return { after: { ...rebuild, phase: rebuild.comparison ? 'comparing' : 'switching' } };
  }

  async function compare(rebuild: Rebuild, generations: Generations): Promise<Step> {
    const { id, comparison, checkpoints, versions } = rebuild;
    if (!comparison) return { after: { ...rebuild, phase: 'switching' } };
    const live = rows.open(comparison.against);
    const { scan } = comparison;
    if (!scan) {
      const upTo = comparedUpTo(comparison.upTo, liveCheckpoints(generations) ?? {}, versions, checkpoints);
      const begun = await beginScan(catalog, id, upTo);
      return counted(rebuild, { ...comparison, scan: begun });
    }
    if (!scan.done)
      return counted(rebuild, {
        ...comparison,
        scan: await scanMore({ catalog, models, goOn }, id, live, scan, memory),
      });
    const differing = await differingWindows(catalog, id, scan);
    if (rebuild.phase === 'checking') return { after: checked(rebuild, scan, differing.length > 0) };
    const built = rows.open(id);
    const result = await compareMore(
      { ...world, models, goOn, live, built },
      id,
      scan,
      differing,
      comparison.pass,
      memory,
    );
    if ('drift' in result) {
      const { drift } = result;
      return { after: { ...rebuild, phase: isEmpty(drift) ? 'switching' : 'drifted', drift } };
    }
    const left = differing.filter(([window]) => window >= result.pass.from);
    return {
      after: { ...rebuild, comparison: { ...comparison, pass: result.pass } },
      count: { unit: 'windows', done: differing.length - left.length, total: differing.length },
    };
  }

  /** Without drift nothing is written. With drift, the log is folded again, into a new generation. */
  function checked(rebuild: Rebuild, scan: Scan, differs: boolean): Rebuild {
    if (differs) return { ...rebuild, phase: 'folding', checkpoints: {} };
    return { ...rebuild, phase: 'unchanged', endedAt: clock(), drift: nothingCompared(scan) };
  }

  /**
   * Folds what is new and promotes the generation, which readers see after that one write. The live generation moves on
   * meanwhile: whichever folded last is further, so that it takes a few tries while much is recorded.
   */
  async function switchTo(rebuild: Rebuild): Promise<Step> {
    const { id, comparison } = rebuild;
    let { checkpoints } = rebuild;
    for (let tries = 1; ; tries++) {
      checkpoints = await catchUpWith(id, checkpoints);
      const after = { ...rebuild, checkpoints };
      const promotion = { id, checkpoints, against: comparison?.against, until: clock() + world.graceMs };
      const generations = await changeGenerations(catalog, (before) => promoted(before, promotion));
      if (generations.building !== id) {
        // A crash here leaves a record that runs: the next step notes what was decided.
        await settleRebuild(world, id);
        return { after: rebuild };
      }
      const waits = waitsIn(after, generations);
      if (waits && mayRetry()) noteStopped(after, waits);
      if (waits) return checkpoints === rebuild.checkpoints ? {} : { after };
      if (tries === MAX_TRIES || !goOn()) return { after };
    }
  }

  /** Folds in batches, as the live generation is folded: a window is not begun again. */
  async function catchUpWith(id: number, before: Checkpoints): Promise<Checkpoints> {
    let checkpoints = before;
    const tried = new Set<string>();
    for (;;) {
      const { published } = await readHead(world.state);
      const behind = models
        .map((model) => ({
          generation: id,
          model,
          checkpoint: checkpoints[model.name] ?? { version: model.version, next: 0 },
        }))
        .filter(({ model, checkpoint }) => checkpoint.next < published && !tried.has(model.name))
        .filter(({ checkpoint }) => !checkpoint.stopped || mayRetry());
      const [first] = behind.toSorted((a, b) => a.checkpoint.next - b.checkpoint.next);
      if (!first) return checkpoints;
      const places = behind.filter(({ checkpoint }) => checkpoint.next === first.checkpoint.next);
      const reached = (await foldPlaces(world, places, published)).get(id) ?? {};
      for (const [name, { stopped }] of Object.entries(reached)) if (stopped) tried.add(name);
      checkpoints = { ...checkpoints, ...reached };
    }
  }

  /** With how far it is, and how fast this process is. */
  function withProgress({ after: rebuild, count }: Step & { after?: Rebuild }): Rebuild {
    const at = clock();
    const { progress: _, ...earlier } = rebuild as Rebuild;
    const others = { ...earlier, steppedAt: at };
    if (!count) return others;
    const of = `${others.phase} ${count.unit}`;
    if (memory.began?.of !== of) memory.began = { of, at, done: count.done };
    const seconds = (at - memory.began.at) / 1_000;
    const rate = seconds > 0 ? { rate: (count.done - memory.began.done) / seconds } : {};
    return { ...others, progress: { at, ...count, ...rate } };
  }
}

const counted = (rebuild: Rebuild, comparison: Comparison & { readonly scan: Scan }): Step => ({
  after: { ...rebuild, comparison },
  count: { unit: 'rows', done: comparison.scan.rows, total: comparison.scan.total },
});

/** Readers went back meanwhile: the rows are compared with those that they see now. */
function startedOver(rebuild: Rebuild, { upTo }: Comparison, generations: Generations): Rebuild {
  const { drift: _, accepted: __, ...others } = rebuild;
  const { phase } = rebuild;
  const live = positionsOf(liveCheckpoints(generations));
  const lowest = Object.entries(upTo).map(([name, next]) => [name, Math.min(next, live[name] ?? 0)]);
  return {
    ...others,
    phase: phase === 'checking' || phase === 'folding' ? phase : 'comparing',
    comparison: { against: generations.live ?? 0, upTo: Object.fromEntries(lowest) as Comparison['upTo'] },
  };
}

/**
 * Does it go on only once somebody has done something? It differs from what is read, or an event stopped it that the rows
 * that are read have. If they are stopped there too it goes on: no reader steps back.
 */
export function waitsIn({ id, phase, checkpoints }: Rebuild, generations: Generations): boolean {
  if (generations.building !== id) return false;
  if (phase === 'drifted') return true;
  const stopped = Object.fromEntries(Object.entries(checkpoints).filter(([, each]) => each.stopped));
  const live = liveCheckpoints(generations) ?? {};
  const same = Object.fromEntries(Object.entries(live).filter(([name]) => stopped[name]));
  return isBehind(stopped, same);
}
