// Lambda function `rebuild`: advances the running rebuild for as long as one invocation may last. The state machine of
// rebuilds invokes it until there is no work left.
import type { Context } from 'aws-lambda';
import { Refusal } from '../domain/errors.ts';
import { readGenerations } from '../domain/projections/catalog.ts';
import { startRebuild } from '../domain/projections/rebuild/requests.ts';
import { reconciler, type Reconciler } from '../domain/projections/rebuild/reconciler.ts';
import { alarm } from './runtime/alarm.ts';
import { rollbackRetentionIn, REMOVAL_DELAY_MS } from './settings/retention.ts';
import { scheduleIn } from './settings/rebuild-schedule.ts';
import { openStores } from './runtime/open-stores.ts';

export interface Input {
  /** Set in the first call of an execution that the schedule started. */
  readonly reason?: 'scheduled';
  /** The number of previous calls in this execution. */
  readonly round?: number;
}

export interface Output {
  readonly round: number;
  readonly more: boolean;
}

/** With less time left, in milliseconds, the running step ends early and no other step starts. */
const MIN_REMAINING_MS = 120_000;
/**
 * Keeps an execution below its limit of 25,000 history events; a round has about ten, and retries add more.
 * If a rebuild needs more rounds, the projector's next check starts another execution.
 */
const MAX_ROUNDS = 1_000;

/** Returns whether the current call has time left. */
let hasTime = (): boolean => true;

const { alwaysWrites } = scheduleIn(process.env);
const context: Reconciler = {
  ...openStores(process.env),
  alarm,
  clock: Date.now,
  mayContinue: () => hasTime(),
  rollbackRetentionMs: rollbackRetentionIn(process.env),
  removalDelayMs: REMOVAL_DELAY_MS,
  alwaysWrites,
};
/** Shared by all calls of an instance, because it caches results in memory. */
const step = reconciler(context);

export async function handler({ reason, round = 0 }: Input, lambda: Context): Promise<Output> {
  hasTime = () => lambda.getRemainingTimeInMillis() > MIN_REMAINING_MS;
  if (reason === 'scheduled') await startScheduled();
  let more: boolean;
  do more = await step();
  while (more && hasTime());
  return { round: round + 1, more: more && round + 1 < MAX_ROUNDS };
}

async function startScheduled(): Promise<void> {
  // Without a live generation there is nothing to compare. The next step starts the first one.
  if ((await readGenerations(context.catalog)).live === undefined) return;
  try {
    await startRebuild(context, { by: 'schedule', reason: 'scheduled', checks: !alwaysWrites });
  } catch (error) {
    // If a rebuild is running already, this execution resumes it.
    if (!(error instanceof Refusal && error.code === 'rebuild-running')) throw error;
  }
}
