// Measures DynamoDB units of folding in batches, of a scheduled rebuild without drift, and of a timeline page. The log
// and the head are in memory. Prints JSON. Called as: <script> <endpoint> costs <sizes of batches, such as 1,10>.
import { dynamodbClient } from '../../adapters/dynamodb/dynamodb-client.ts';
import { dynamodbEventStore } from '../../adapters/dynamodb/event-store.ts';
import { inParallel } from '../../adapters/dynamodb/parallel.ts';
import { dynamodbRowStores } from '../../adapters/dynamodb/row-stores.ts';
import { dynamodbTable } from '../../adapters/dynamodb/table.ts';
import { readHead, swapHead } from '../../domain/log/head.ts';
import type { Table } from '../../domain/ports.ts';
import { changeGenerations, liveCheckpoints } from '../../domain/projections/catalog.ts';
import { catchUp } from '../../domain/projections/catch-up.ts';
import { readRebuild } from '../../domain/projections/rebuild/rebuild-record.ts';
import { startRebuild } from '../../domain/projections/rebuild/requests.ts';
import { reconciler } from '../../domain/projections/rebuild/reconciler.ts';
import { WINDOW_POSITIONS } from '../../domain/projections/rows/sums.ts';
import { openReadings } from '../../domain/queries/open-readings.ts';
import { listTimeline, timelineViews } from '../../domain/queries/timeline/timeline-list.ts';
import { memoryBlobs } from '../../test/support/stores/memory-blobs.ts';
import { memoryStore } from '../../test/support/stores/memory-store.ts';
import { memoryTable } from '../../test/support/stores/memory-table.ts';
import { openTables } from '../dynamodb/archive-tables.ts';
import { costOf, metered } from '../dynamodb/metering.ts';
import { clientOptions, variant } from '../dynamodb/bench-subject.ts';
import { history } from '../../test/support/history/generate.ts';
import { writeHistory } from '../../test/support/history/write.ts';

interface Units {
  readonly reads: number;
  readonly writes: number;
}

export interface UnitFigures {
  /** Events that were folded before the measurement. */
  readonly before: number;
  /** Events that were folded in batches. */
  readonly events: number;
  /** Write units per event, by the size of a batch. */
  readonly folding: readonly (readonly [batch: number, writes: number])[];
  /** Units of a scheduled rebuild, per event. */
  readonly checking: Units;
  /** Read units of a timeline page for a process that has read one before. */
  readonly page: number;
}

const SEED = 1;
const BEFORE = 4 * WINDOW_POSITIONS;
const EVENTS = 2 * WINDOW_POSITIONS;
const APPENDS_AT_ONCE = 16;
const MAX_TRIES = 20;
// The largest batch comes first, because the rebuild scans its rows. Later folds write the same rows again.
const batches = variant
  .split(',')
  .map(Number)
  .toSorted((a, b) => b - a);
// The meter counts a retried request once.
const client = dynamodbClient({ ...clientOptions, maxAttempts: MAX_TRIES });
const meter = metered(client);
const { names, close } = await openTables();
const context = {
  store: dynamodbEventStore(client, names.events),
  state: memoryTable(),
  catalog: dynamodbTable(client, names.catalog),
  rows: dynamodbRowStores(client, { prefix: `${names.catalog}-rows-` }),
  log: memoryBlobs(),
  clock: Date.now,
  rollbackRetentionMs: 86_400_000,
  removalDelayMs: 60_000,
  alarm: (what: string, error?: unknown) => {
    throw new Error(what, { cause: error });
  },
};
await catchUp(context);
const entries = [...history(SEED, BEFORE + EVENTS)];
const all = await writeHistory({ ...context, store: memoryStore() }, entries);
await inParallel(APPENDS_AT_ONCE, entries, ({ event, bytes }) =>
  context.store.append({ stream: event.subject, revision: event.revision, events: [bytes] }),
);
await publish(context.state, BEFORE);
await catchUp(context);

const [largest = 1, ...others] = batches;
const folding = [await foldIn(largest)];
const checking = await costOf(meter, check);
const page = await costOf(meter, await readerOfPages());
for (const batch of others) folding.push(await foldIn(batch));
await context.rows.drop(1);
await close();
const figures: UnitFigures = {
  before: BEFORE,
  events: EVENTS,
  folding: folding.toReversed(),
  checking: { reads: checking.reads / all, writes: checking.writes / all },
  page: page.reads,
};
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit());

/** Folds the last windows, in batches of this size. */
async function foldIn(batch: number): Promise<readonly [batch: number, writes: number]> {
  await changeGenerations(context.catalog, (before) => {
    const checkpoints = Object.entries(liveCheckpoints(before) ?? {});
    const rewound = checkpoints.map(([name, checkpoint]) => [name, { ...checkpoint, next: BEFORE }]);
    return { ...before, generations: { ...before.generations, 1: Object.fromEntries(rewound) } };
  });
  const { writes } = await costOf(meter, async () => {
    for (let size = BEFORE; size < all;) {
      size = Math.min(all, size + batch);
      await publish(context.state, size);
      await catchUp(context);
    }
  });
  return [batch, writes / EVENTS];
}

/** Sets the log's size and published size in the head. */
async function publish(state: Table, size: number): Promise<void> {
  const { version, ...head } = await readHead(state);
  await swapHead(state, { ...head, size, published: size }, version);
}

async function check(): Promise<void> {
  const reconcile = reconciler(context);
  const { id } = await startRebuild(context, { by: 'bench', reason: 'scheduled', checks: true });
  while (await reconcile());
  const phase = (await readRebuild(context.catalog, id))?.phase;
  if (phase !== 'unchanged') throw new Error(`the rebuild is ${phase}`);
}

/** Returns a function that reads a timeline page, after one page was read. */
async function readerOfPages(): Promise<() => Promise<unknown>> {
  const open = openReadings(context);
  const read = async () => listTimeline(await open(timelineViews), {}, { limit: 100 });
  await read();
  return read;
}
