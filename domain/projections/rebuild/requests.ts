// What clients ask of rebuilds: start, accept in spite of drift, cancel; and roll back to the rows that were live before.
// Each may be sent again. A record is written before the action that it describes, so every rebuild has a known
// requester; the action itself is one conditional write of the catalog.
import { Refusal } from '../../errors.ts';
import type { Clock, Table } from '../../ports.ts';
import { readModels } from '../views/read-models.ts';
import { changeGenerations, liveCheckpoints, readGenerations, type Generations } from '../catalog.ts';
import type { ReadModel } from '../views/read-model.ts';
import { abandoned, isBehind, isKept, rolledBack, started } from '../transitions.ts';
import { comparisonWith } from './compare.ts';
import {
  changeRebuild,
  hasEnded,
  readRebuild,
  storeRebuild,
  versionsOf,
  type Act,
  type Reason,
  type Rebuild,
} from './rebuild-record.ts';

export interface RebuildRequestContext {
  readonly catalog: Table;
  readonly clock: Clock;
  /** How long readers may go back after a switch, in milliseconds. */
  readonly graceMs: number;
  /** The read models of domain/projections/views/read-models.ts without it. */
  readonly models?: readonly ReadModel[];
}

export interface Start {
  readonly by: string;
  readonly reason: Reason;
  /** Write a new generation only if the live rows differ from what the log gives. */
  readonly checks?: boolean;
  /** The lowest number that the rebuild may have; one above the last without it. */
  readonly from?: number;
}

/** @throws Refusal `rebuild-running`, which names the rebuild that has not ended. */
export async function startRebuild(
  keeper: RebuildRequestContext,
  { by, reason, checks = false, from = 1 }: Start,
): Promise<Rebuild> {
  const { catalog, clock, models = readModels } = keeper;
  for (;;) {
    const generations = await readGenerations(catalog);
    const { building, live } = generations;
    if (building !== undefined)
      throw new Refusal('rebuild-running', `rebuild ${building} has not ended: wait for it, or cancel it`, {
        rebuild: building,
      });
    // A run that ended just after a switch left a record of what was still to come.
    const last = await readRebuild(catalog, generations.last);
    if (last && !hasEnded(last)) await settleRebuild(keeper, last.id);
    const id = Math.max(from, generations.last + 1);
    const versions = versionsOf(models);
    const wanted: Rebuild = {
      id,
      versions,
      reason,
      started: { by, at: clock() },
      phase: checks && live !== undefined ? 'checking' : 'folding',
      checkpoints: {},
      ...comparisonWith(generations, versions),
    };
    const created = await storeRebuild(catalog, wanted, 0);
    // A crash here leaves a record of a rebuild that did not start: the next request starts that one first.
    const names = models.map(({ name }) => name);
    await changeGenerations(catalog, (before) => started(before, id, names));
    if (created) return wanted;
  }
}

/** Promotes it in spite of its drift. @throws Refusal `rebuild-not-waiting`. */
export async function acceptRebuild(
  { catalog, clock }: RebuildRequestContext,
  id: number,
  by: string,
): Promise<Rebuild> {
  const record = await changeRebuild(catalog, id, (before) =>
    before.phase === 'drifted' ? accepted(before, { by, at: clock() }) : undefined,
  );
  if (record.accepted) return record;
  throw new Refusal(
    'rebuild-not-waiting',
    `rebuild ${id} is not awaiting a decision: it is ${record.phase}`,
    { phase: record.phase },
  );
}

/** No runner works on it. */
function accepted({ steppedAt: _, ...before }: Rebuild, act: Act): Rebuild {
  return { ...before, phase: 'switching', accepted: act };
}

/** Ends it without a switch; its rows are removed. @throws Refusal `rebuild-over` if it has ended otherwise. */
export async function cancelRebuild(
  keeper: RebuildRequestContext,
  id: number,
  { by, why }: Pick<NonNullable<Rebuild['cancelled']>, 'by' | 'why'>,
): Promise<Rebuild> {
  const { catalog, clock } = keeper;
  await changeRebuild(catalog, id, (before) =>
    hasEnded(before) || before.phase === 'cancelling'
      ? undefined
      : { ...before, phase: 'cancelling', cancelled: { by, at: clock(), why } },
  );
  const record = await settleRebuild(keeper, id);
  if (record.phase === 'cancelled') return record;
  throw new Refusal(
    'rebuild-over',
    record.phase === 'unchanged'
      ? `rebuild ${id} has ended: it found no drift and wrote nothing`
      : `rebuild ${id} has switched: go back to what was read before instead, while that is kept`,
    { phase: record.phase },
  );
}

/** Brings a record in line with what was decided: ends what is to end, and notes how it ended. */
export async function settleRebuild({ catalog, clock }: RebuildRequestContext, id: number): Promise<Rebuild> {
  const record = await readRebuild(catalog, id);
  const leaves = record?.phase === 'cancelling' || (record !== undefined && hasEnded(record));
  // A promotion that was faster has won.
  const generations = await changeGenerations(catalog, (before) =>
    leaves ? abandoned(before, id, clock()) : undefined,
  );
  return changeRebuild(catalog, id, (before) => {
    if (generations.building === id || hasEnded(before)) return undefined;
    const { cancelled, compared: _, ...others } = before;
    const ended = { ...others, endedAt: clock() };
    if (generations.generations[id]) return { ...ended, phase: 'switched' };
    return { ...ended, phase: 'cancelled', ...(cancelled ? { cancelled } : {}) };
  });
}

/** Makes generation `to` live again. @throws Refusal `no-way-back` if it is not kept, not folded any more, or behind. */
export async function rollBack(
  { catalog, clock, graceMs, models = readModels }: RebuildRequestContext,
  to: number,
  by: string,
): Promise<Generations> {
  let from: number | undefined = to;
  const generations = await changeGenerations(catalog, (before) => {
    from = before.live;
    if (from === to) return undefined;
    const why = whyNot(models, before, to, clock());
    if (why) throw new Refusal('no-way-back', why.reason, { behind: why.behind });
    return rolledBack(before, to, clock() + graceMs);
  });
  const newer = Math.max(from, to);
  if (from !== to && (await readRebuild(catalog, newer)))
    await changeRebuild(catalog, newer, (before) => ({ ...before, wentBack: { by, at: clock(), to } }));
  return generations;
}

/** `behind`: a moment later it may be possible. */
function whyNot(
  models: readonly ReadModel[],
  generations: Generations,
  to: number,
  now: number,
): { reason: string; behind: boolean } | undefined {
  if (!isKept(generations, to, now)) {
    const others = Object.keys(generations.kept ?? {}).filter((each) =>
      isKept(generations, Number(each), now),
    );
    return {
      reason:
        others.length > 0
          ? `generation ${to} is not kept: it is possible to go back to ${others.join(', ')}`
          : 'nothing is kept to go back to: a rebuild keeps what was read before for a while',
      behind: false,
    };
  }
  const kept = generations.generations[to] ?? {};
  const live = liveCheckpoints(generations) ?? {};
  const other = models.find(({ name, version }) => kept[name] && kept[name].version !== version);
  if (other)
    return {
      reason: `generation ${to} has rows of version ${kept[other.name]?.version} of ${other.name}, which are not folded any more: deploy that version again first, this one is ${other.version}`,
      behind: false,
    };
  if (!isBehind(kept, live)) return undefined;
  const stopped = Object.entries(kept).find(([, checkpoint]) => checkpoint.stopped);
  const why = stopped
    ? `${stopped[0]} is stopped at position ${stopped[1].stopped?.position}: ${stopped[1].stopped?.reason}`
    : 'try again in a moment';
  return { reason: `generation ${to} is behind what is read: ${why}`, behind: !stopped };
}
