// What somebody asks of a rebuild: to start, to be accepted in spite of its drift, to end; and to go back to what was
// read before. Each may be sent again. A record is written before what it tells of, so that nothing is ever done by
// nobody; what it follows is decided by one conditional write of the view's item.
import { Refusal } from '../errors.ts';
import type { Clock, Table } from '../ports.ts';
import {
  changeProjection,
  checkpointOf,
  liveCheckpoint,
  readProjection,
  type Projection,
} from '../projections.ts';
import type { View } from '../views/view.ts';
import { changeRebuild, createRebuild, hasEnded, readRebuild, type Reason, type Rebuild } from './records.ts';
import { abandoned, begun, isBehind, isKept, lastNumber, wentBack } from './turns.ts';

export interface Keeper {
  readonly views: Table;
  readonly clock: Clock;
  /** How long readers may go back after a switch, in milliseconds. */
  readonly graceMs: number;
}

/** One at most runs of a view: throws Refusal `rebuild-running`, which names it, where one does. */
export async function startRebuild(
  { views, clock }: Keeper,
  view: View,
  { by, reason }: { readonly by: string; readonly reason: Reason },
): Promise<Rebuild> {
  for (;;) {
    const projection = await readProjection(views, view);
    const { building } = projection;
    if (building !== undefined)
      throw new Refusal(
        'rebuild-running',
        `rebuild ${building} of ${view.name} is not over: wait for it, or cancel it`,
        { rebuild: building },
      );
    const id = lastNumber(projection) + 1;
    const { version } = view;
    const wanted: Rebuild = { id, version, reason, started: { by, at: clock() }, phase: 'folding' };
    const created = await createRebuild(views, view, wanted);
    // A crash here leaves a record of what nobody builds: whoever comes next to start one lets that one begin.
    const record = created ? wanted : await readRebuild(views, view, id);
    await changeProjection(views, view, (before) => begun(before, id, record?.version ?? version));
    if (created) return wanted;
  }
}

/** Switches in spite of its drift. */
export async function acceptRebuild(
  { views, clock }: Keeper,
  view: View,
  id: number,
  by: string,
): Promise<Rebuild> {
  const record = await changeRebuild(views, view, id, (before) =>
    before.phase === 'drifted' ? { ...before, phase: 'switching', accepted: { by, at: clock() } } : undefined,
  );
  if (record.accepted) return record;
  throw new Refusal(
    'rebuild-not-waiting',
    `rebuild ${id} of ${view.name} waits for nobody to accept it: it is ${record.phase}`,
    { phase: record.phase },
  );
}

/** Ends it without a switch, wherever it is; its rows are removed. Throws Refusal `rebuild-over` where it has switched. */
export async function cancelRebuild(
  keeper: Keeper,
  view: View,
  id: number,
  { by, why }: Pick<NonNullable<Rebuild['cancelled']>, 'by' | 'why'>,
): Promise<Rebuild> {
  const { views, clock } = keeper;
  await changeRebuild(views, view, id, (before) =>
    hasEnded(before) || before.phase === 'cancelling'
      ? undefined
      : { ...before, phase: 'cancelling', cancelled: { by, at: clock(), why } },
  );
  const record = await settleRebuild(keeper, view, id);
  if (record.phase === 'cancelled') return record;
  throw new Refusal(
    'rebuild-over',
    `rebuild ${id} of ${view.name} has switched: go back to what was read before instead, while that is kept`,
    { phase: record.phase },
  );
}

/** Brings a record in line with what was decided: ends what is asked to end, and notes how it ended. */
export async function settleRebuild({ views, clock }: Keeper, view: View, id: number): Promise<Rebuild> {
  const record = await readRebuild(views, view, id);
  const leave = record?.phase === 'cancelling' || record?.phase === 'cancelled';
  // A switch that was faster has won.
  const projection = await changeProjection(views, view, (before) =>
    leave ? abandoned(before, id, clock()) : undefined,
  );
  return changeRebuild(views, view, id, (before) => {
    if (projection.building === id || hasEnded(before)) return undefined;
    const { runner: _, cancelled, ...others } = before;
    const ended = { ...others, endedAt: clock() };
    if (projection.generations[id]) return { ...ended, phase: 'switched' };
    return { ...ended, phase: 'cancelled', ...(cancelled ? { cancelled } : {}) };
  });
}

/**
 * Readers see generation `to` again, which they saw before. Throws Refusal `no-way-back` where it is not kept, can't be
 * folded by today's fold, or is behind what they see.
 */
export async function goBack(
  { views, clock, graceMs }: Keeper,
  view: View,
  to: number,
  by: string,
): Promise<Projection> {
  let from = to;
  const projection = await changeProjection(views, view, (before) => {
    from = before.live;
    if (from === to) return undefined;
    const why = whyNot(view, before, to, clock());
    if (why) throw new Refusal('no-way-back', why.reason, { behind: why.behind });
    return wentBack(before, to, clock() + graceMs);
  });
  const newer = Math.max(from, to);
  if (from !== to && (await readRebuild(views, view, newer)))
    await changeRebuild(views, view, newer, (before) => ({ ...before, wentBack: { by, at: clock(), to } }));
  return projection;
}

/** `behind`: a moment later it may be possible. */
function whyNot(
  view: View,
  projection: Projection,
  to: number,
  now: number,
): { reason: string; behind: boolean } | undefined {
  if (!isKept(projection, to, now)) {
    const others = Object.keys(projection.kept ?? {}).filter((each) => isKept(projection, Number(each), now));
    return {
      reason:
        others.length > 0
          ? `generation ${to} of ${view.name} is not kept: it is possible to go back to ${others.join(', ')}`
          : `nothing is kept of ${view.name} to go back to: a rebuild keeps what was read before for a while`,
      behind: false,
    };
  }
  const [kept, live] = [checkpointOf(projection, to), liveCheckpoint(projection)];
  if (kept.version !== view.version)
    return {
      reason: `generation ${to} of ${view.name} was made by version ${kept.version} of its fold and is not folded on: deploy that version again first, this one is ${view.version}`,
      behind: false,
    };
  if (!isBehind(kept, live)) return undefined;
  const stopped = kept.stopped
    ? `: it is stopped at position ${kept.stopped.position}: ${kept.stopped.reason}`
    : ': try again in a moment';
  return {
    reason: `generation ${to} of ${view.name} is ${live.next - kept.next} events behind what is read${stopped}`,
    behind: kept.stopped === undefined,
  };
}
