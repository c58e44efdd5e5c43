// Lambda function `projector`: started when the log's head moves, folds what is new into every view.
import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import type { DynamoDBBatchResponse } from 'aws-lambda';
import { catchUp, readCheckpoint } from '../domain/project.ts';
import { readHead } from '../domain/sequence.ts';
import { views } from '../domain/views/all.ts';
import { alarm } from './alarm.ts';
import { openStores } from './stores.ts';

const stores = openStores(process.env);
const metrics = new Metrics();

/** Each view on its own: one that fails or is stopped leaves the others be, and is tried again. */
export async function handler(): Promise<DynamoDBBatchResponse> {
  const results = await Promise.allSettled(views.map((view) => catchUp(stores, view)));
  const errors: unknown[] = [];
  for (const [index, result] of results.entries()) {
    const name = views[index]?.name;
    if (result.status === 'rejected') errors.push(result.reason);
    else if (result.value)
      alarm(`view ${name} is stopped at position ${result.value.position}: ${result.value.reason}`);
  }
  const { size } = await readHead(stores.state);
  const checkpoints = await Promise.all(views.map((view) => readCheckpoint(stores.views, view)));
  metrics.addMetric('lag', MetricUnit.Count, size - Math.min(...checkpoints.map(({ next }) => next)));
  metrics.publishStoredMetrics();
  if (errors.length > 0) throw new AggregateError(errors, 'not every view could be folded');
  return { batchItemFailures: [] };
}
