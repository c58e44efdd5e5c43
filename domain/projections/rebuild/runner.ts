// Advances a rebuild in bounded, resumable steps. Each step begins with the record and what is noted beside it, and ends
// with one conditional write of the record: a runner may crash anywhere, and several runners only do the same twice.
import { readHead } from '../../log/head.ts';
import type { Clock } from '../../ports.ts';
import { readModels } from '../views/read-models.ts';
import { changeGenerations, readGenerations, type Generations } from '../catalog.ts';
import type { Projector } from '../catch-up.ts';
import type { NewRowStore } from '../rows/row-store.ts';
import { WINDOW } from '../rows/sums.ts';
import { abandoned } from '../transitions.ts';
import { compare, type ComparisonMemory, type Step } from './compare.ts';
import { foldWindows, type Writers } from './fold-windows.ts';
import { windowOf } from './window-hashes.ts';
import { hasEnded, loadRebuild, storeRebuild, versionsOf, type Rebuild } from './rebuild-record.ts';
import { cancelRebuild, settleRebuild, type RebuildRequestContext } from './requests.ts';
import { startedOver, waitsIn } from './rebuild-states.ts';
import { catchUpAndPromote } from './promote.ts';
import { liveRows, LiveUnreadable, withoutLive } from './unreadable-rows.ts';

export interface RebuildContext extends Projector, RebuildRequestContext {
  readonly clock: Clock;
  /** False if a step must end soon; steps are bounded without it, too. */
  readonly goOn?: () => boolean;
  /** Something waits for a decision, or did not work. */
  readonly alarm: (what: string, error?: unknown) => void;
}

/** A read model that an event stopped is tried again by a new process, and after so long. */
const RETRY_MS = 3_600_000;

/** After so long, a step that folds ends with its window, so that its progress is noted. */
const FOLD_MS = 1_000;

/** What a runner keeps in memory of one rebuild. Nothing depends on it but speed. */
interface Memory extends ComparisonMemory {
  readonly id: number;
  readonly writers: Writers;
  store?: NewRowStore;
  /** When this process began with what it counts, and how much was done then. */
  began?: { readonly of: string; readonly at: number; readonly done: number };
  triedAt?: number;
  alarmed?: true;
}

const emptyMemory = (id: number): Memory => ({ id, writers: new Map() });

/** Returns a function that takes a rebuild one step on: true if there is more to do at once. */
export function rebuildRunner(world: RebuildContext): (id: number) => Promise<boolean> {
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
    if (await isAhead(rebuild)) {
      alarm(`rebuild ${id} is ahead of the log, and has ended: start another if it is needed`);
      await cancelRebuild(world, id, { by: 'archive', why: 'superseded' });
      return true;
    }
    // It was to be compared with a generation that was let go.
    const hasLostLive = rebuild.comparison !== undefined && generations.live === undefined;
    if (!isCurrent(rebuild) || hasLostLive) {
      await cancelRebuild(world, id, { by: 'archive', why: 'superseded' });
      return true;
    }
    const { comparison } = rebuild;
    const result =
      comparison && comparison.against !== generations.live
        ? { after: startedOver(rebuild, comparison, generations) }
        : await act(rebuild, generations).catch((error: unknown) => {
            if (!(error instanceof LiveUnreadable)) throw error;
            return { after: withoutLive(rebuild, error) };
          });
    if (!result.after) return false;
    if (result.after !== rebuild) await storeRebuild(catalog, withProgress(result), writes);
    return true;
  }

  /** Has it folded events that the log does not have? The head is read after the record: `published` only grows. */
  async function isAhead({ checkpoints }: Rebuild): Promise<boolean> {
    const { published } = await readHead(world.state);
    return Object.values(checkpoints).some(({ next }) => next > published);
  }

  /** Today's read models, in today's versions? */
  function isCurrent({ versions }: Rebuild): boolean {
    const today = versionsOf(models);
    const names = new Set([...Object.keys(versions), ...Object.keys(today)]);
    return [...names].every((name) => versions[name] === today[name]);
  }

  async function act(rebuild: Rebuild, generations: Generations): Promise<Step> {
    const comparing = { ...world, models, goOn, memory };
    switch (rebuild.phase) {
      case 'checking':
        return fold(rebuild, generations, (folded) => compare(comparing, folded, generations));
      case 'folding':
        return fold(rebuild, generations, complete);
      case 'comparing':
        return compare(comparing, rebuild, generations);
      case 'switching':
        return switchTo(rebuild);
      default:
        if (!memory.alarmed)
          alarm(
            rebuild.drift?.unreadable === undefined
              ? `rebuild ${rebuild.id} differs from the rows that are read: accept or cancel it`
              : `rebuild ${rebuild.id} could not be compared with the live rows (${rebuild.drift.unreadable}): accept or cancel it`,
          );
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
    const until = clock() + FOLD_MS;
    const { checkpoints, stopped, done } = await foldWindows(
      {
        world,
        id,
        models,
        goal,
        upTo,
        goOn: () => goOn() && clock() < until,
        store: writes ? await newStore(rebuild) : undefined,
        sums: writes || !comparison ? undefined : liveRows(rows, comparison.against),
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

  async function switchTo(rebuild: Rebuild): Promise<Step> {
    const retries = mayRetry();
    const { checkpoints, generations } = await catchUpAndPromote(
      { ...world, models, goOn, retries },
      rebuild,
    );
    // A crash here leaves a record that runs: the next step notes what was decided.
    if (generations.building !== rebuild.id) await settleRebuild(world, rebuild.id);
    const after = checkpoints === rebuild.checkpoints ? rebuild : { ...rebuild, checkpoints };
    if (generations.building !== rebuild.id) return { after: rebuild };
    const waits = waitsIn(after, generations);
    if (waits && retries) noteStopped(after, waits);
    return waits && after === rebuild ? {} : { after };
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
