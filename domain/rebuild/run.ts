// Takes a rebuild on by bounded steps, each from what was noted durably: folds a new generation beside the one that is
// read, compares the two, and switches. Whoever runs it may end anywhere and be gone on with. Of several runners one
// works at a time: it says so in the record until a time by which it has written, or never will.
import type { Clock, Table } from '../ports.ts';
import { startFolding, type Folding, type Projector, type ReadEvents } from '../project.ts';
import { changeProjection, liveCheckpoint, readProjection, type Projection } from '../projections.ts';
import { readHead } from '../head.ts';
import type { View } from '../views/view.ts';
import { compareMore, isCompared, isEmpty, nothingCompared } from './drift.ts';
import { SHARDS, type Generation } from '../generation.ts';
import { changeRebuild, hasEnded, readRebuild, type Progress, type Rebuild } from './records.ts';
import { cancelRebuild, settleRebuild, type Keeper } from './requests.ts';
import { isBehind, switched } from './turns.ts';
import { writesUntil } from '../until.ts';

export interface Rebuilder extends Projector, Keeper {
  readonly clock: Clock;
  /** Who runs. Two that may run at once have different names; one of the same name goes on at once after a crash. */
  readonly runner: string;
  /** Bundles of the log that one step folds. */
  readonly bundles: number;
  /** A signal that is aborted after so many milliseconds. */
  readonly abortAfter: (ms: number) => AbortSignal;
  /** Called once a generation is folded, before anybody reads it, where its rows are to be put in order. */
  readonly order?: (generation: Generation) => Promise<void>;
  /** Something waits for somebody, or did not work. */
  readonly alarm: (what: string, error?: unknown) => void;
}

/** A step that begins writing does so within the first half of this; it has written long before the end. */
export const HOLD_MS = 300_000;
/** A runner that does not hold the rebuild starts no write. */
const NO_LEASE = AbortSignal.abort(new Error('this runner does not hold the rebuild'));
const NOTE_MS = 1_000;
const ROWS_COMPARED = 10_000;

/** What a runner keeps in mind of one rebuild. */
interface Run {
  folding: Folding;
  /** When it began with this phase, and how much was done then. */
  began?: { readonly phase: Rebuild['phase']; readonly at: number; readonly done: number };
  /** Writes that began before then end before somebody else's begin. */
  mayWriteUntil: number;
  /** Aborted at that moment: a write of many requests that takes longer sends no further one. */
  lease: AbortSignal;
  alarmed: boolean;
}

/**
 * Gives a function that takes the rebuild which a view's item names one step on: true where there is more to do at once.
 * `alone`: whoever was at it before has ended behind its checkpoint.
 */
export function rebuilding(
  world: Rebuilder,
  read: ReadEvents,
  alone = false,
): (view: View, id: number) => Promise<boolean> {
  const { views, clock, alarm } = world;
  const runs = new Map<string, Run>();

  return async (view, id) => {
    const record = await readRebuild(views, view, id);
    if (!record) throw new Error(`generation ${id} of ${view.name} is being built, but nothing tells of it`);
    if (hasEnded(record) || record.phase === 'cancelling') {
      await settle(view, id);
      return true;
    }
    if (record.version !== view.version) {
      await cancelRebuild(world, view, id, { by: 'archive', why: 'superseded' });
      return true;
    }
    const run = runOf(view, id);
    if (record.phase === 'drifted') {
      if (!run.alarmed)
        alarm(`rebuild ${id} of view ${view.name} differs from what is read: accept or cancel it`);
      run.alarmed = true;
      return false;
    }
    if (!(await hold(view, record, run))) return false;
    if (record.phase === 'comparing') return compare(view, record);
    if (await run.folding.step(world.bundles)) return true;
    return record.phase === 'switching' ? turn(view, record) : beginComparing(view, record);
  };

  function runOf(view: View, id: number): Run {
    const key = `${view.name} ${id}`;
    const known = runs.get(key);
    if (known) return known;
    const may = { mayWriteUntil: 0, lease: NO_LEASE, alarmed: false };
    const run: Run = Object.assign(may, { folding: foldingOf(view, id, may, alone) });
    runs.set(key, run);
    return run;
  }

  function foldingOf(
    view: View,
    id: number,
    may: Pick<Run, 'mayWriteUntil' | 'lease'>,
    isAlone = false,
  ): Folding {
    const leased = { ...world, views: writesUntil(views, () => may.lease) };
    return startFolding(leased, view, id, read, () => clock() < may.mayWriteUntil, isAlone);
  }

  async function settle(view: View, id: number): Promise<void> {
    await settleRebuild(world, view, id);
    runs.delete(`${view.name} ${id}`);
  }

  /** Notes progress now and then, and who works on it; false where somebody else does. */
  async function hold(view: View, record: Rebuild, run: Run): Promise<boolean> {
    const now = clock();
    const until = now + HOLD_MS;
    const { runner } = record;
    const mine = runner?.name === world.runner;
    if (runner && !mine && runner.until > now) return false;
    if (mine && until - runner.until < NOTE_MS && run.began?.phase === record.phase) return true;
    const progress = await measure(view, record, run, now);
    const after = await changeRebuild(views, view, record.id, (before) => {
      const other = before.runner?.name !== runner?.name || before.runner?.until !== runner?.until;
      return other || hasEnded(before)
        ? undefined
        : { ...before, progress, runner: { name: world.runner, until } };
    });
    if (after.runner?.name !== world.runner || after.runner.until !== until) return false;
    // Another may have written since, and have ended before it said so: what was known of the rows is not any more.
    if (!mine) run.folding = foldingOf(view, record.id, run);
    run.mayWriteUntil = now + HOLD_MS / 2;
    run.lease = world.abortAfter(HOLD_MS / 2);
    return true;
  }

  async function measure(view: View, record: Rebuild, run: Run, at: number): Promise<Progress> {
    const counted =
      record.phase === 'comparing'
        ? { unit: 'sixteenths' as const, done: record.comparing?.compared.shards ?? 0, total: SHARDS }
        : {
            unit: 'events' as const,
            done: (await readProjection(views, view)).generations[record.id]?.next ?? 0,
            total: (await readHead(world.state)).published,
          };
    const { phase } = record;
    run.began = run.began?.phase === phase ? run.began : { phase, at, done: counted.done };
    const seconds = (at - run.began.at) / 1_000;
    return { at, ...counted, ...(seconds > 0 ? { rate: (counted.done - run.began.done) / seconds } : {}) };
  }

  /** All is folded that was published a moment ago: who waited until nothing more comes might wait for ever. */
  async function beginComparing(view: View, record: Rebuild): Promise<boolean> {
    const projection = await readProjection(views, view);
    const checkpoint = projection.generations[record.id];
    if (!checkpoint) return true;
    if (isBehind(checkpoint, liveCheckpoint(projection))) return goesOn(view, record.id, projection);
    await world.order?.({ view: view.name, number: record.id });
    const { version, next } = liveCheckpoint(projection);
    const compared = nothingCompared(Math.min(next, checkpoint.next) - 1);
    await changeRebuild(views, view, record.id, (before) =>
      before.phase === 'folding'
        ? {
            ...unmeasured(before),
            phase: 'comparing',
            comparing: { against: projection.live, version, compared },
          }
        : undefined,
    );
    return true;
  }

  /** It is behind what is read: that moved on meanwhile, or it is stopped where the other went on. */
  function goesOn(view: View, id: number, { generations }: Projection): boolean {
    const stopped = generations[id]?.stopped;
    if (stopped)
      alarm(
        `rebuild ${id} of view ${view.name} is stopped at position ${stopped.position}: ${stopped.reason}`,
      );
    return !stopped;
  }

  async function compare(view: View, record: Rebuild): Promise<boolean> {
    const { id, comparing } = record;
    const { live, building } = await readProjection(views, view);
    if (building !== id || !comparing) return true;
    if (live !== comparing.against) return startOver(view, id);
    const pair = { live: { view: view.name, number: live }, built: { view: view.name, number: id } };
    const compared = await compareMore(views, pair, comparing.compared, ROWS_COMPARED);
    const { drift } = compared;
    const isFine = isEmpty(drift) || comparing.version !== record.version;
    await changeRebuild(views, view, id, (before) => {
      // Somebody else has compared the same meanwhile.
      if (before.comparing?.compared.drift.rows !== comparing.compared.drift.rows) return undefined;
      if (before.phase !== 'comparing' || before.comparing.against !== live) return undefined;
      if (!isCompared(compared)) return { ...before, comparing: { ...comparing, compared } };
      return { ...unmeasured(before), phase: isFine ? 'switching' : 'drifted', drift };
    });
    return true;
  }

  /** What it was compared with is not what is read any more. */
  async function startOver(view: View, id: number): Promise<boolean> {
    await changeRebuild(views, view, id, (before) => {
      if (before.phase !== 'comparing' && before.phase !== 'switching') return undefined;
      const { comparing: _, drift: __, accepted: ___, ...others } = unmeasured(before);
      return { ...others, phase: 'folding' };
    });
    return true;
  }

  /** The one write after which readers see it. */
  async function turn(view: View, { id, version, comparing }: Rebuild): Promise<boolean> {
    const against = comparing?.against ?? 0;
    const projection = await changeProjection(views, view, (before) =>
      switched(before, { built: id, against, version, until: clock() + world.graceMs }),
    );
    if (projection.building === id) {
      if (projection.live !== against) return startOver(view, id);
      return goesOn(view, id, projection);
    }
    // A crash here leaves a record of what is still to come: the next step notes what was decided.
    await settle(view, id);
    return true;
  }
}

/**
 * Does it go on only once somebody has done something? It differs from what is read, or it is stopped at an event that
 * the rows that are read have. One that is stopped where they are too goes on: it is no step back.
 */
export function waits({ id, phase }: Rebuild, projection: Projection): boolean {
  if (phase === 'drifted') return true;
  if (phase !== 'folding' && phase !== 'switching') return false;
  const checkpoint = projection.building === id ? projection.generations[id] : undefined;
  return checkpoint?.stopped !== undefined && isBehind(checkpoint, liveCheckpoint(projection));
}

/** Does the rebuild that this view's item names, if one does, need a decision? */
export async function needsDecision(
  views: Table,
  view: View,
  projection: Projection | undefined,
): Promise<boolean> {
  if (projection?.building === undefined) return false;
  const rebuild = await readRebuild(views, view, projection.building);
  return rebuild !== undefined && waits(rebuild, projection);
}

/**
 * How far a rebuild is that has to be folded, compared or switched: the position of the next event to fold. undefined
 * where it is over, is to end or waits for somebody: what is left then is done in no time.
 */
export async function underWay(
  views: Table,
  view: View,
  id: number,
): Promise<{ readonly phase: Rebuild['phase']; readonly next: number } | undefined> {
  const { building, generations } = await readProjection(views, view);
  const record = building === id ? await readRebuild(views, view, id) : undefined;
  if (record?.version !== view.version) return undefined;
  const { phase } = record;
  if (hasEnded(record) || phase === 'cancelling' || phase === 'drifted') return undefined;
  return { phase, next: generations[id]?.next ?? 0 };
}

/** What was measured of one phase says nothing of the next. */
function unmeasured({ progress: _, ...others }: Rebuild): Rebuild {
  return others;
}
