// What a view's generations need, step by step: that one is made by today's fold, that rebuilds go on, that what is
// kept to go back to is let go in time, and that rows which nobody needs are removed.
import { Refusal } from '../errors.ts';
import type { Generation } from '../generation.ts';
import type { ReadEvents } from '../project.ts';
import { changeProjection, liveCheckpoint, readProjection, type Projection } from '../projections.ts';
import type { View } from '../views/view.ts';
import { hasEnded, readRebuild } from './records.ts';
import { removeRows } from './remove.ts';
import { settleRebuild, startRebuild } from './requests.ts';
import { rebuilding, waits, type Rebuilder } from './run.ts';
import { expired, lastNumber, removed } from './turns.ts';

export interface Tender extends Rebuilder {
  /**
   * So long after a generation was let go its rows stay: whoever was reading or folding it then is done. Milliseconds,
   * longer than any request or run takes.
   */
  readonly lateMs: number;
  /** Where generations lie apart: removes this one at once, where it does. */
  readonly drop?: (generation: Generation) => Promise<void>;
}

const ROWS_REMOVED = 5_000;
/** A rebuild that is stopped by an event is tried again after so long, where nobody asks. */
const RETRY_MS = 3_600_000;

/**
 * Gives a function that takes what a view needs one bounded step on: true where there is more to do at once. `rebuild`
 * does the same for the rebuild that a view's item names.
 */
export function tending(
  tender: Tender,
  read: ReadEvents,
  rebuild: (view: View, id: number) => Promise<boolean> = rebuilding(tender, read),
): (view: View) => Promise<boolean> {
  const { views, clock } = tender;
  const settled = new Map<string, number>();

  return async (view) => {
    const before = await readProjection(views, view);
    const projection = expired(before, clock())
      ? await changeProjection(views, view, (each) => expired(each, clock()))
      : before;
    const more = await removeSome(view, projection);
    if (projection.building !== undefined) return (await rebuild(view, projection.building)) || more;
    await settleLast(view, projection);
    if (await isOutdated(tender, view, projection)) return (await renew(view)) || more;
    return more;
  };

  /** A run that ended just after the switch left a record of what was still to come. */
  async function settleLast(view: View, projection: Projection): Promise<void> {
    const last = lastNumber(projection);
    if (settled.get(view.name) === last) return;
    if (await readRebuild(views, view, last)) await settleRebuild(tender, view, last);
    settled.set(view.name, last);
  }

  async function removeSome(view: View, projection: Projection): Promise<boolean> {
    const number = toRemove(projection, clock() - tender.lateMs);
    if (number === undefined) return false;
    const generation = { view: view.name, number };
    await tender.drop?.(generation);
    if (await removeRows(views, generation, ROWS_REMOVED))
      await changeProjection(views, view, (each) => removed(each, number));
    return true;
  }

  async function renew(view: View): Promise<boolean> {
    try {
      await startRebuild(tender, view, { by: 'archive', reason: 'new-version' });
    } catch (error) {
      // Somebody else was faster.
      if (!(error instanceof Refusal && error.code === 'rebuild-running')) throw error;
    }
    return true;
  }
}

/** Is there something to do for a runner, which none does? */
export async function isDue(
  { views, clock, lateMs }: Pick<Tender, 'views' | 'clock' | 'lateMs'>,
  view: View,
): Promise<boolean> {
  const [projection, now] = [await readProjection(views, view), clock()];
  if (expired(projection, now) || toRemove(projection, now - lateMs) !== undefined) return true;
  const { building } = projection;
  if (building === undefined) {
    const last = await readRebuild(views, view, lastNumber(projection));
    return (last !== undefined && !hasEnded(last)) || isOutdated({ views }, view, projection);
  }
  const record = await readRebuild(views, view, building);
  if (!record || record.version !== view.version) return true;
  if (record.phase === 'drifted' || (record.runner && record.runner.until > now)) return false;
  return !waits(record, projection) || now - (record.progress?.at ?? 0) >= RETRY_MS;
}

/** A generation that was let go at this time or before. */
const toRemove = ({ removing = {} }: Projection, letGo: number): number | undefined =>
  Object.entries(removing)
    .filter(([, since]) => since <= letGo)
    .map(([number]) => Number(number))[0];

/** What is read was not made by today's fold, and nobody has called off to make it. */
async function isOutdated(
  { views }: Pick<Tender, 'views'>,
  view: View,
  projection: Projection,
): Promise<boolean> {
  if (liveCheckpoint(projection).version === view.version) return false;
  const last = await readRebuild(views, view, lastNumber(projection));
  return last?.version !== view.version || last.cancelled?.why !== 'requested';
}
