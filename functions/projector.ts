// Lambda function `projector`: started when the log's head moves, folds what is new into every view.
import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import type { DynamoDBBatchResponse } from 'aws-lambda';
import { catchUp, eventReader } from '../domain/project.ts';
import { liveCheckpoint, readProjections } from '../domain/projections.ts';
import { readHead } from '../domain/head.ts';
import { views } from '../domain/views/all.ts';
import { alarm } from './alarm.ts';
import { openStores } from './stores.ts';

const stores = openStores(process.env);
const metrics = new Metrics();

/** Each view on its own: one that fails or is stopped leaves the others be, and is tried again. */
export async function handler(): Promise<DynamoDBBatchResponse> {
  const read = eventReader(stores.log);
  const results = await Promise.allSettled(views.map((view) => catchUp(stores, view, read)));
  const errors: unknown[] = [];
  for (const [index, result] of results.entries()) {
    const name = views[index]?.name;
    if (result.status === 'rejected') errors.push(result.reason);
    else if (result.value)
      alarm(`view ${name} is stopped at position ${result.value.position}: ${result.value.reason}`);
  }
  const { size } = await readHead(stores.state);
  const projections = [...(await readProjections(stores.views, views)).values()];
  const folded = Math.min(...projections.map((projection) => liveCheckpoint(projection).next));
  metrics.addMetric('lag', MetricUnit.Count, size - folded);
  metrics.publishStoredMetrics();
  if (errors.length > 0) throw new AggregateError(errors, 'not every view could be folded');
  return { batchItemFailures: [] };
}
