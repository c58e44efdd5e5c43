// Lambda function `rebuild`: what the state machine of rebuilds calls, again and again. It takes the rebuild that runs on
// for as long as a function may run, and says whether there is more to do.
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
  /** At the beginning of an execution that the schedule started. */
  readonly reason?: 'scheduled';
  /** Calls of this execution so far. */
  readonly round?: number;
}

export interface Output {
  readonly round: number;
  readonly more: boolean;
}

/** A step ends soon in the last minutes of a function's time, and no further one begins. */
const LAST_MS = 120_000;
/**
 * An execution has at most 25,000 events: some ten a round, and some for what is tried again. One that ends before a
 * rebuild does is followed by another, as soon as the projector looks.
 */
const MAX_ROUNDS = 1_000;

/** The end of the current call. */
let hasTime = (): boolean => true;

const { alwaysWrites } = scheduleIn(process.env);
const world: Reconciler = {
  ...openStores(process.env),
  alarm,
  clock: Date.now,
  goOn: () => hasTime(),
  graceMs: rollbackRetentionIn(process.env),
  lateMs: LATE_MS,
  alwaysWrites,
};
/** What a call leaves in memory, the next one of the same instance need not read again. */
const step = reconciler(world);

export async function handler({ reason, round = 0 }: Input, context: Context): Promise<Output> {
  hasTime = () => context.getRemainingTimeInMillis() > LAST_MS;
  if (reason === 'scheduled') await startScheduled();
  let more: boolean;
  do more = await step();
  while (more && hasTime());
  return { round: round + 1, more: more && round + 1 < MAX_ROUNDS };
}

async function startScheduled(): Promise<void> {
  // Without a generation there is nothing to compare: the next step begins the first one.
  if ((await readGenerations(world.catalog)).live === undefined) return;
  try {
    await startRebuild(world, { by: 'schedule', reason: 'scheduled', checks: !alwaysWrites });
  } catch (error) {
    // One that has not ended is gone on with.
    if (!(error instanceof Refusal && error.code === 'rebuild-running')) throw error;
  }
}
