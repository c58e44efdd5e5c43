// Lambda function `projector`: started when the log's head moves, and every few minutes, folds what is new into every
// read model; then it looks whether a rebuild has to begin or to go on that nobody runs.
import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { readHead } from '../domain/log/head.ts';
import { readModels } from '../domain/projections/views/read-models.ts';
import { liveCheckpoints, readGenerations } from '../domain/projections/catalog.ts';
import { catchUp } from '../domain/projections/catch-up.ts';
import { needsReconciling, needsDecision } from '../domain/projections/rebuild/reconciler.ts';
import { alarm } from './runtime/alarm.ts';
import { rollbackRetentionIn, LATE_MS } from './settings/retention.ts';
import { openStores } from './runtime/open-stores.ts';
import { wakerOf } from './runtime/wake.ts';

const stores = openStores(process.env);
const metrics = new Metrics();
const wake = wakerOf(process.env, alarm);

/** What is left to fold then, the next start folds. */
const LAST_MS = 30_000;
/** Each deployment starts new instances: the first thing that one does is to look whether a read model has changed. */
let looked = false;

export async function handler(
  event: DynamoDBStreamEvent | { readonly look: true },
  context: Context,
): Promise<DynamoDBBatchResponse> {
  const world = { ...stores, clock: Date.now, alarm };
  const { stopped } = await catchUp(world, () => context.getRemainingTimeInMillis() > LAST_MS);
  for (const [name, { position, reason }] of stopped)
    alarm(`read model ${name} is stopped at position ${position}: ${reason}`);
  await measure();
  if (!looked || 'look' in event) await look();
  looked = true;
  return { batchItemFailures: [] };
}

async function measure(): Promise<void> {
  const live = liveCheckpoints(await readGenerations(stores.catalog)) ?? {};
  const { size } = await readHead(stores.state);
  const folded = readModels.map(({ name }) => live[name]?.next ?? 0);
  metrics.addMetric('lag', MetricUnit.Count, Math.max(0, size - Math.min(...folded)));
  metrics.addMetric('rebuilds-waiting', MetricUnit.Count, (await needsDecision(stores)) ? 1 : 0);
  metrics.publishStoredMetrics();
}

async function look(): Promise<void> {
  const world = { ...stores, clock: Date.now, graceMs: rollbackRetentionIn(process.env), lateMs: LATE_MS };
  // Code that can fold an event which stopped a rebuild may have been deployed: only a new runner tries it at once.
  if (await needsReconciling(world, 0)) await wake();
}
