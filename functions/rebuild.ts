// Lambda function `rebuild`, which the state machine of rebuilds calls repeatedly. It advances the running rebuild until
// its time ends, and returns whether work is left.
import type { Context } from 'aws-lambda';
import { Refusal } from '../domain/errors.ts';
import { readGenerations } from '../domain/projections/catalog.ts';
import { startRebuild } from '../domain/projections/rebuild/requests.ts';
import { reconciler, type Reconciler } from '../domain/projections/rebuild/reconciler.ts';
import { alarm } from './runtime/alarm.ts';
import { rollbackRetentionIn, LATE_MS } from './settings/retention.ts';
import { scheduleIn } from './settings/rebuild-schedule.ts';
import { openStores } from './runtime/open-stores.ts';

export interface Input {
  /** Present in the first call of an execution that the schedule started. */
  readonly reason?: 'scheduled';
  /** Number of earlier calls of this execution. */
  readonly round?: number;
}

export interface Output {
  readonly round: number;
  readonly more: boolean;
}

/** Time at the end of a call in which a step ends early and no other step begins, in milliseconds. */
const LAST_MS = 120_000;
/**
 * Most rounds of an execution. AWS allows 25,000 events, and a round has about ten, more with retries. If a rebuild has
 * not ended, the projector starts another execution.
 */
const MAX_ROUNDS = 1_000;

/** Returns true if the current call has time for another step. */
let hasTime = (): boolean => true;

const { alwaysWrites } = scheduleIn(process.env);
const context: Reconciler = {
  ...openStores(process.env),
  alarm,
  clock: Date.now,
  goOn: () => hasTime(),
  graceMs: rollbackRetentionIn(process.env),
  lateMs: LATE_MS,
  alwaysWrites,
};
/** Shared by the calls of an instance, so that a call reuses what the previous one has in memory. */
const step = reconciler(context);

export async function handler({ reason, round = 0 }: Input, lambda: Context): Promise<Output> {
  hasTime = () => lambda.getRemainingTimeInMillis() > LAST_MS;
  if (reason === 'scheduled') await startScheduled();
  let more: boolean;
  do more = await step();
  while (more && hasTime());
  return { round: round + 1, more: more && round + 1 < MAX_ROUNDS };
}

async function startScheduled(): Promise<void> {
  // Without a live generation, the next step starts the first rebuild.
  if ((await readGenerations(context.catalog)).live === undefined) return;
  try {
    await startRebuild(context, { by: 'schedule', reason: 'scheduled', checks: !alwaysWrites });
  } catch (error) {
    // A running rebuild continues.
    if (!(error instanceof Refusal && error.code === 'rebuild-running')) throw error;
  }
}
