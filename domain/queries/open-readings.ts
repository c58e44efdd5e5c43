// Opens readings: the rows of the live generation as of one position. Later folds and promotions do not change a reading.
import { Refusal } from '../errors.ts';
import { readHead } from '../log/head.ts';
import type { Table } from '../ports.ts';
import {
  liveCheckpoints,
  readGenerations,
  type ProjectionCheckpoints,
  type Generations,
} from '../projections/catalog.ts';
import { readRebuild } from '../projections/rebuild/rebuild-record.ts';
import type { ReadModel } from '../projections/views/read-model.ts';
import {
  readingAt,
  rowSourceOf,
  type EventSource,
  type Reading,
  type RowSource,
} from '../projections/rows/reading.ts';
import type { RowStore, RowStores } from '../projections/rows/row-store.ts';

export interface ReadingStores extends EventSource {
  /** Names the live generation, and the projection checkpoint of each read model. */
  readonly catalog: Table;
  readonly rows: RowStores;
}

/**
 * Opens these read models as of a position; without one, as of the last position that all of them have folded.
 * @throws Refusal `behind` if one of them has not folded that position, `not-ready` if no generation is live yet.
 */
export type OpenReading = (needed: readonly ReadModel[], asOf?: number) => Promise<Reading>;

/** Returns a function that opens readings. It keeps the directories and recentRows of the last generations in memory. */
export function openReadings({ catalog, rows, ...events }: ReadingStores): OpenReading {
  const sourceFor = lastSources((generation) => rowSourceOf(rows.open(generation), events));
  const empty = rowSourceOf(EMPTY, events);
  return async (needed, asOf) => {
    const generations = await readGenerations(catalog);
    const { live } = generations;
    const checkpoints = liveCheckpoints(generations);
    if (live === undefined || !checkpoints) {
      const { published } = await readHead(events.state);
      if (published > 0) throw await notReady(catalog, generations, published);
      return readingAt(empty, asOf ?? -1);
    }
    const folded = foldedBy(needed, checkpoints);
    if (asOf !== undefined && asOf > folded) throw behind(needed, checkpoints, folded, asOf);
    return readingAt(sourceFor(live), asOf ?? folded);
  };
}

/** Two, because readers of the previous generation may still run after a promotion or a rollback. */
const MAX_SOURCES = 2;

/** Returns a function that opens the row source of a generation, or returns the one that it opened before. */
function lastSources(open: (generation: number) => RowSource): (generation: number) => RowSource {
  const sources = new Map<number, RowSource>();
  return (generation) => {
    const source = sources.get(generation) ?? open(generation);
    sources.delete(generation);
    sources.set(generation, source);
    for (const oldest of sources.keys()) if (sources.size > MAX_SOURCES) sources.delete(oldest);
    return source;
  };
}

/** Returns the last position that all of these have folded; -1 if one has no projection checkpoint. */
const foldedBy = (needed: readonly ReadModel[], checkpoints: ProjectionCheckpoints): number =>
  Math.min(...needed.map(({ name }) => (checkpoints[name]?.next ?? 0) - 1));

function behind(
  needed: readonly ReadModel[],
  checkpoints: ProjectionCheckpoints,
  folded: number,
  asOf: number,
): Refusal {
  const last = needed.filter(({ name }) => (checkpoints[name]?.next ?? 0) - 1 === folded);
  const stopped = last.find(({ name }) => checkpoints[name]?.stopped);
  const limiting = (stopped ?? last[0])?.name;
  const advice = stopped
    ? 'GET /projections says why; request an earlier position until it resumes'
    : 'try again in a moment, or request an earlier position';
  return new Refusal(
    'behind',
    `read model ${limiting} ${stopped ? 'is stopped, and ' : ''}has folded the history up to position ${folded}, not yet to ${asOf}: ${advice}`,
    { position: folded },
  );
}

/** Returns the refusal, with the progress of the rebuild that builds the first generation. */
async function notReady(catalog: Table, { building }: Generations, published: number): Promise<Refusal> {
  const rebuild = building === undefined ? undefined : await readRebuild(catalog, building);
  const folded = Math.min(...Object.values(rebuild?.checkpoints ?? {}).map(({ next }) => next));
  const done = Number.isFinite(folded) ? folded : 0;
  return new Refusal(
    'not-ready',
    `the read models fold the history for the first time: ${done} of ${published} events are folded; try again later`,
    { folded: done, events: published },
  );
}

/** The rows of an archive without events. */
const EMPTY: RowStore = {
  append: async () => {
    throw new Error('nothing is appended to an archive without events');
  },
  range: async function* () {},
  scan: async () => ({ versions: [] }),
};
