// Lambda function `rebuild`: what the state machine of rebuilds calls, again and again. First it says which views need
// something; then it takes one of them on for as long as a function may run, and says whether there is more to do.
import type { Context } from 'aws-lambda';
import { Refusal } from '../domain/errors.ts';
import { eventReader } from '../domain/project.ts';
import { startRebuild } from '../domain/rebuild/requests.ts';
import { isDue, tending, type Tender } from '../domain/rebuild/tend.ts';
import { writesUntil } from '../domain/until.ts';
import { views } from '../domain/views/all.ts';
import { alarm } from './alarm.ts';
import { deadlineOf } from './deadline.ts';
import { graceIn, LATE_MS } from './grace.ts';
import { openStores } from './stores.ts';

export interface Plan {
  readonly plan: { readonly reason?: 'scheduled' };
}

export interface Chunk {
  readonly view: string;
  /** The execution's name: what one chunk of it began, the next goes on with at once. */
  readonly runner: string;
  /** Chunks of this view that the execution has had. */
  readonly round: number;
}

const stores = openStores(process.env);
const BUNDLES = 2;
/** A step that begins before the last minute of a function's time ends in it. */
const LAST_MS = 60_000;
/**
 * An execution has at most 25,000 events: seven a round, and some for what is tried again. One that ends before a
 * rebuild does is followed by another, as soon as the projector looks.
 */
const MOST_ROUNDS = 200;

const tender = (runner: string): Tender => ({
  ...stores,
  alarm,
  runner,
  clock: Date.now,
  abortAfter: (ms) => AbortSignal.timeout(ms),
  bundles: BUNDLES,
  graceMs: graceIn(process.env),
  lateMs: LATE_MS,
});

export const handler = (event: Plan | Chunk, context: Context) =>
  'plan' in event ? plan(event) : chunk(event, context);

async function plan({ plan: { reason } }: Plan): Promise<{ views: string[] }> {
  const world = tender('plan');
  if (reason === 'scheduled') for (const view of views) await startScheduled(world, view);
  const due = await Promise.all(views.map((view) => isDue(world, view)));
  return { views: views.filter((_, index) => due[index]).map(({ name }) => name) };
}

async function startScheduled(world: Tender, view: (typeof views)[number]): Promise<void> {
  try {
    await startRebuild(world, view, { by: 'schedule', reason: 'scheduled' });
  } catch (error) {
    // One that is not over yet is gone on with.
    if (!(error instanceof Refusal && error.code === 'rebuild-running')) throw error;
  }
}

async function chunk(
  { view: name, runner, round }: Chunk,
  context: Context,
): Promise<Chunk & { more: boolean }> {
  const view = views.find((each) => each.name === name);
  // A version that no longer has it was deployed meanwhile.
  if (!view) return { view: name, runner, round, more: false };
  const deadline = deadlineOf(context);
  const bounded = { ...tender(runner), views: writesUntil(stores.views, () => deadline) };
  const step = tending(bounded, eventReader(stores));
  let more = true;
  while (more && context.getRemainingTimeInMillis() > LAST_MS) more = await step(view);
  return { view: name, runner, round: round + 1, more: more && round + 1 < MOST_ROUNDS };
}
