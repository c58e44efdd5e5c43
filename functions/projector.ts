// Lambda function `projector`: started when the log's head moves, and every few minutes, folds what is new into every
// view; then it looks whether a rebuild has to begin or to go on that nobody runs.
import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { readHead } from '../domain/head.ts';
import { catchUp, eventReader, type Projector, type ReadEvents } from '../domain/project.ts';
import { liveCheckpoint, readProjections } from '../domain/projections.ts';
import { needsDecision } from '../domain/rebuild/run.ts';
import { isDue } from '../domain/rebuild/tend.ts';
import { writesUntil } from '../domain/until.ts';
import { views } from '../domain/views/all.ts';
import type { View } from '../domain/views/view.ts';
import { alarm } from './alarm.ts';
import { deadlineOf } from './deadline.ts';
import { LATE_MS } from './grace.ts';
import { openStores } from './stores.ts';
import { wakerOf } from './wake.ts';

const stores = openStores(process.env);
const metrics = new Metrics();
const wake = wakerOf(process.env, alarm);

/** Batches that a view which is far behind folds before the others have their turn again. */
const BATCHES_A_ROUND = 4;
/** What is left to fold then, the next start folds. */
const LAST_MS = 30_000;
/** Each deployment starts new instances: the first thing that one does is to look whether a fold has changed. */
let looked = false;

export async function handler(
  event: DynamoDBStreamEvent | { readonly look: true },
  context: Context,
): Promise<DynamoDBBatchResponse> {
  const deadline = deadlineOf(context);
  const projector = { ...stores, views: writesUntil(stores.views, () => deadline) };
  const errors = await catchUpAll(projector, () => context.getRemainingTimeInMillis() > LAST_MS);
  await measure();
  if (!looked || 'look' in event) await look();
  looked = true;
  if (errors.length > 0) throw new AggregateError(errors, 'not every view could be folded');
  return { batchItemFailures: [] };
}

/** Each view on its own: one that fails or is stopped leaves the others be, and is tried again by the next start. */
async function catchUpAll(projector: Projector, hasTime: () => boolean): Promise<unknown[]> {
  const read = eventReader(projector);
  const failed = new Map<View, unknown>();
  const catchUpOne = async (view: View): Promise<boolean> => {
    try {
      return await catchUpSome(projector, view, read);
    } catch (error) {
      failed.set(view, error);
      return false;
    }
  };
  // While any is far behind, all are kept up to date.
  for (let more = true; more && hasTime();) {
    const rounds = await Promise.all(views.filter((view) => !failed.has(view)).map(catchUpOne));
    more = rounds.some(Boolean);
  }
  return [...failed.values()];
}

/** True where there is more to fold. */
async function catchUpSome(projector: Projector, view: View, read: ReadEvents): Promise<boolean> {
  let left = BATCHES_A_ROUND;
  const stopped = await catchUp(projector, view, read, () => left-- > 0);
  if (stopped) alarm(`view ${view.name} is stopped at position ${stopped.position}: ${stopped.reason}`);
  return left < 0;
}

async function measure(): Promise<void> {
  const { size } = await readHead(stores.state);
  const projections = await readProjections(stores.views, views);
  const folded = [...projections.values()].map((projection) => liveCheckpoint(projection).next);
  const waiting = await Promise.all(
    views.map((view) => needsDecision(stores.views, view, projections.get(view.name))),
  );
  metrics.addMetric('lag', MetricUnit.Count, size - Math.min(...folded));
  metrics.addMetric('rebuilds-waiting', MetricUnit.Count, waiting.filter(Boolean).length);
  metrics.publishStoredMetrics();
}

async function look(): Promise<void> {
  const world = { views: stores.views, clock: Date.now, lateMs: LATE_MS };
  const due = await Promise.all(views.map((view) => isDue(world, view)));
  if (due.some(Boolean)) await wake();
}
