// Lambda function `projector`: folds new events into all read models, when the log's head moves and on a schedule.
// It also starts the state machine of rebuilds if a rebuild is due or has lost its runner.
import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { readHead } from '../domain/log/head.ts';
import { readModels } from '../domain/projections/views/read-models.ts';
import { liveCheckpoints, readGenerations } from '../domain/projections/catalog.ts';
import { catchUp } from '../domain/projections/catch-up.ts';
import { needsReconciling, needsDecision } from '../domain/projections/rebuild/reconciler.ts';
import { alarm } from './runtime/alarm.ts';
import { rollbackRetentionIn, REMOVAL_DELAY_MS } from './settings/retention.ts';
import { openStores } from './runtime/open-stores.ts';
import { wakerOf } from './runtime/wake.ts';

const stores = openStores(process.env);
const metrics = new Metrics();
const wake = wakerOf(process.env, alarm);

/** Folding stops with less time left, in milliseconds; the next invocation resumes it. */
const MIN_REMAINING_MS = 30_000;
/** False until this instance has checked once: a deployment starts new instances and may change a read model. */
let hasChecked = false;

export async function handler(
  event: DynamoDBStreamEvent | { readonly look: true },
  context: Context,
): Promise<DynamoDBBatchResponse> {
  const hasTime = (): boolean => context.getRemainingTimeInMillis() > MIN_REMAINING_MS;
  const { stopped } = await catchUp({ ...stores, clock: Date.now, alarm }, hasTime);
  for (const [name, { position, reason }] of stopped)
    alarm(`read model ${name} is stopped at position ${position}: ${reason}`);
  await publishMetrics();
  if (!hasChecked || 'look' in event) await reconcile();
  hasChecked = true;
  return { batchItemFailures: [] };
}

async function publishMetrics(): Promise<void> {
  const live = liveCheckpoints(await readGenerations(stores.catalog)) ?? {};
  const { size } = await readHead(stores.state);
  const folded = readModels.map(({ name }) => live[name]?.next ?? 0);
  metrics.addMetric('lag', MetricUnit.Count, Math.max(0, size - Math.min(...folded)));
  metrics.addMetric('rebuilds-waiting', MetricUnit.Count, (await needsDecision(stores)) ? 1 : 0);
  metrics.publishStoredMetrics();
}

async function reconcile(): Promise<void> {
  const context = {
    ...stores,
    clock: Date.now,
    rollbackRetentionMs: rollbackRetentionIn(process.env),
    removalDelayMs: REMOVAL_DELAY_MS,
  };
  // The interval is 0, because a deployment may be able to fold the event at which a rebuild stopped.
  if (await needsReconciling(context, 0)) await wake();
}
