// Requests of operators: start, accept or cancel a rebuild. Accepting and cancelling are idempotent; a second start is
// refused. The rebuild record is written before the action that it describes, so every rebuild has a known requester.
import { Refusal } from '../../errors.ts';
import type { Clock, Table } from '../../ports.ts';
import { readModels } from '../views/read-models.ts';
import { changeGenerations, readGenerations } from '../catalog.ts';
import type { ReadModel } from '../views/read-model.ts';
import { abandoned, started } from '../transitions.ts';
import { startComparison } from './compare.ts';
import {
  changeRebuild,
  hasEnded,
  readRebuild,
  storeRebuild,
  foldVersionsOf,
  type AuditStamp,
  type Reason,
  type Rebuild,
} from './rebuild-record.ts';

export interface RebuildRequestContext {
  readonly catalog: Table;
  readonly clock: Clock;
  /** Retention period of a replaced generation, in milliseconds. */
  readonly rollbackRetentionMs: number;
  /** Default: the read models of domain/projections/views/read-models.ts. */
  readonly models?: readonly ReadModel[];
}

export interface StartRequest {
  readonly by: string;
  readonly reason: Reason;
  /** If true, writes a new generation only if the live rows differ from the rows that the log gives. */
  readonly checks?: boolean;
  /** The lowest number that the rebuild may have. Default: 1. */
  readonly from?: number;
}

/** Starts a rebuild. @throws Refusal `rebuild-running`, with the id of the rebuild that has not ended. */
export async function startRebuild(
  context: RebuildRequestContext,
  { by, reason, checks = false, from = 1 }: StartRequest,
): Promise<Rebuild> {
  const { catalog, clock, models = readModels } = context;
  for (;;) {
    const generations = await readGenerations(catalog);
    const { building, live } = generations;
    if (building !== undefined)
      throw new Refusal('rebuild-running', `rebuild ${building} has not ended: wait for it, or cancel it`, {
        rebuild: building,
      });
    // A runner that crashed after the promotion left a record in phase `switching`.
    const last = await readRebuild(catalog, generations.last);
    if (last && !hasEnded(last)) await completeRebuild(context, last.id);
    const id = Math.max(from, generations.last + 1);
    const versions = foldVersionsOf(models);
    const rebuild: Rebuild = {
      id,
      versions,
      reason,
      started: { by, at: clock() },
      phase: checks && live !== undefined ? 'checking' : 'folding',
      checkpoints: {},
      ...startComparison(generations, versions),
    };
    const created = await storeRebuild(catalog, rebuild, 0);
    // A crash here leaves the record of a rebuild that did not start. The next request starts that rebuild.
    const names = models.map(({ name }) => name);
    await changeGenerations(catalog, (before) => started(before, id, names));
    if (created) return rebuild;
  }
}

/** Lets a rebuild promote its generation in spite of drift. @throws Refusal `rebuild-not-waiting`. */
export async function acceptRebuild(
  { catalog, clock }: RebuildRequestContext,
  id: number,
  by: string,
): Promise<Rebuild> {
  const record = await changeRebuild(catalog, id, (before) =>
    before.phase === 'drifted' ? accepted(before, { by, at: clock() }) : undefined,
  );
  if (record.accepted) return record;
  throw new Refusal('rebuild-not-waiting', `rebuild ${id} has no drift to accept: it is ${record.phase}`, {
    phase: record.phase,
  });
}

/** Removes `steppedAt`, so that the rebuild does not look as if a runner worked on it. */
function accepted({ steppedAt: _, ...before }: Rebuild, act: AuditStamp): Rebuild {
  return { ...before, phase: 'switching', accepted: act };
}

/** Cancels a rebuild and retires its generation. @throws Refusal `rebuild-over` if it ended in another way. */
export async function cancelRebuild(
  context: RebuildRequestContext,
  id: number,
  { by, why }: Pick<NonNullable<Rebuild['cancelled']>, 'by' | 'why'>,
): Promise<Rebuild> {
  const { catalog, clock } = context;
  await changeRebuild(catalog, id, (before) =>
    hasEnded(before) || before.phase === 'cancelling'
      ? undefined
      : { ...before, phase: 'cancelling', cancelled: { by, at: clock(), why } },
  );
  const record = await completeRebuild(context, id);
  if (record.phase === 'cancelled') return record;
  throw new Refusal(
    'rebuild-over',
    record.phase === 'unchanged'
      ? `rebuild ${id} has ended: it found no drift and wrote nothing`
      : `rebuild ${id} has promoted its generation: roll back to the generation before it, while that is kept`,
    { phase: record.phase },
  );
}

/** Completes a cancellation or a promotion: ends the rebuild in the catalog, and writes its outcome into the record. */
export async function completeRebuild(
  { catalog, clock }: RebuildRequestContext,
  id: number,
): Promise<Rebuild> {
  const record = await readRebuild(catalog, id);
  const isOver = record?.phase === 'cancelling' || (record !== undefined && hasEnded(record));
  // A concurrent promotion wins over the cancellation.
  const generations = await changeGenerations(catalog, (before) =>
    isOver ? abandoned(before, id, clock()) : undefined,
  );
  return changeRebuild(catalog, id, (before) => {
    if (generations.building === id || hasEnded(before)) return undefined;
    const { cancelled, compared: _, ...others } = before;
    const ended = { ...others, endedAt: clock() };
    if (generations.generations[id]) return { ...ended, phase: 'switched' };
    return { ...ended, phase: 'cancelled', ...(cancelled ? { cancelled } : {}) };
  });
}
