// Folds what is published into every generation that may be read, or is about to be. Rows are appended before the checkpoints move, and
// the same events always give the same rows: a batch may be folded twice, late, or by several processes at once.
import { readHead } from '../log/head.ts';
import type { Clock, Table } from '../ports.ts';
import { readModels } from './views/read-models.ts';
import { foldLogEvents, type History } from './fold-batch.ts';
import {
  changeGenerations,
  liveCheckpoints,
  readGenerations,
  type Checkpoint,
  type Checkpoints,
  type Generations,
} from './catalog.ts';
import type { Folded, Stopped } from './fold.ts';
import type { ReadModel } from './views/read-model.ts';
import { retireAheadOfLog } from './retire.ts';
import { noteFirst } from './rebuild/rebuild-record.ts';
import type { RowStores } from './rows/row-store.ts';
import { sumsWriter, windowEnd, type KnownSums } from './rows/sums.ts';
import { advanced, withFirstGeneration } from './transitions.ts';

export interface Projector extends History {
  readonly state: Table;
  readonly catalog: Table;
  readonly rows: RowStores;
  /** The read models of domain/projections/views/read-models.ts without it. */
  readonly models?: readonly ReadModel[];
  /** With it, the first generation of an empty archive has a record: the schedule of rebuilds counts from that; and generations that are ahead of the log are retired. */
  readonly clock?: Clock;
  /** Told when a generation is retired because it is ahead of the log. */
  readonly alarm?: (what: string) => void;
}

export interface CaughtUp {
  /** True if published events remain that a read model can fold. */
  readonly more: boolean;
  /** The live read models that an event stopped, by name. Each call tries that event again. */
  readonly stopped: ReadonlyMap<string, Stopped>;
}

/** One read model in one generation. */
export interface StoredPosition {
  readonly generation: number;
  readonly model: ReadModel;
  readonly checkpoint: Checkpoint;
}

/**
 * Folds batches as long as `goOn` returns true, of all generations that have checkpoints, or of one. Read models at the same position fold together; each round takes one
 * batch from each position, so that one that is far behind does not hold up the others. Rows of another version are
 * left to a rebuild.
 */
export async function catchUp(
  world: Projector,
  goOn: () => boolean = () => true,
  only?: number,
): Promise<CaughtUp> {
  const models = world.models ?? readModels;
  let generations = await beginEmpty(world, models);
  const tried = new Set<string>();
  for (;;) {
    const sound = await retireAheadOfLog(world, generations);
    const { published } = sound;
    ({ generations } = sound);
    const behind = placesIn(generations, models).filter(
      ({ checkpoint, ...place }) =>
        place.generation === (only ?? place.generation) &&
        checkpoint.next < published &&
        !tried.has(nameOf(place)),
    );
    if (behind.length === 0 || !goOn())
      return { more: behind.length > 0, stopped: stoppedIn(generations, models) };
    for (const places of Map.groupBy(behind, ({ checkpoint }) => checkpoint.next).values()) {
      const reached = await foldPlaces(world, places, published);
      for (const place of places)
        if (reached.get(place.generation)?.[place.model.name]?.stopped) tried.add(nameOf(place));
      // A crash here leaves rows beyond the checkpoints; folding them again appends the same rows.
      generations = await changeGenerations(world.catalog, (before) => advanced(before, reached));
    }
  }
}

/** Folds the next batch of read models that are at the same position, in one or more generations. */
export async function foldPlaces(
  world: Projector,
  places: readonly StoredPosition[],
  published: number,
): Promise<Map<number, Checkpoints>> {
  const from = places[0]?.checkpoint.next ?? 0;
  const isStopped = places.some(({ checkpoint }) => checkpoint.stopped);
  // An event that stopped a read model is tried by itself: most often it stops it again.
  const end = isStopped ? from + 1 : Math.min(published, windowEnd(from) + 1);
  const models = [...new Set(places.map(({ model }) => model))];
  const folded = await foldLogEvents(world, models, from, end);
  const reached = new Map<number, Checkpoints>();
  for (const [generation, own] of Map.groupBy(places, (place) => place.generation)) {
    const batch = own.map((place) => batchOf(place, folded, from, end));
    await appendBatch(world.rows, generation, batch);
    reached.set(generation, Object.fromEntries(batch.map(({ model, after }) => [model.name, after])));
  }
  return reached;
}

/** Makes the first generation of an archive without events live at once. Else a rebuild folds it. */
export async function beginEmpty(world: Projector, models: readonly ReadModel[]): Promise<Generations> {
  const generations = await readGenerations(world.catalog);
  if (generations.last > 0 || (await readHead(world.state)).published > 0) return generations;
  const store = await world.rows.build(1);
  await store.complete();
  const checkpoints = Object.fromEntries(models.map(({ name, version }) => [name, { version, next: 0 }]));
  if (world.clock) await noteFirst(world.catalog, models, world.clock());
  return changeGenerations(world.catalog, (before) => withFirstGeneration(before, checkpoints));
}

/** Every read model of today's version in every generation that is folded on. One that is new begins at position 0. */
const placesIn = (generations: Generations, models: readonly ReadModel[]): StoredPosition[] =>
  Object.keys(generations.generations)
    .map(Number)
    .flatMap((generation) =>
      models.flatMap((model) => {
        const { name, version } = model;
        const checkpoint = generations.generations[generation]?.[name] ?? { version, next: 0 };
        return checkpoint.version === version ? [{ generation, model, checkpoint }] : [];
      }),
    );

const nameOf = ({ generation, model }: Pick<StoredPosition, 'generation' | 'model'>): string =>
  `${generation} ${model.name}`;

/** What a read model gets from a batch, and how far it is then. */
interface ModelBatch {
  readonly model: ReadModel;
  readonly versions: Folded['versions'];
  /** Position of the first event of the batch. */
  readonly from: number;
  readonly after: Checkpoint;
}

function batchOf(
  { model }: StoredPosition,
  folded: ReadonlyMap<ReadModel, Folded>,
  from: number,
  end: number,
): ModelBatch {
  const { versions = [] } = folded.get(model) ?? {};
  return { model, versions, from, after: checkpointAfter(model, folded.get(model), end) };
}

/** How far a read model is after a batch that ends before position `end`. */
export const checkpointAfter = (
  { version }: ReadModel,
  folded: Folded | undefined,
  end: number,
): Checkpoint =>
  folded?.stopped
    ? { version, next: folded.stopped.position, stopped: folded.stopped }
    : { version, next: end };

/**
 * What this process knows of the sums of each generation, by the number and the names of their groups. Nothing depends on
 * it but speed: a process that folded the window before reads no sums.
 */
const knownSums = new WeakMap<RowStores, Map<string, KnownSums>>();

/** Appends the rows of a batch; then, of the read models that completed a window, the snapshots of sums. */
async function appendBatch(rows: RowStores, generation: number, batch: readonly ModelBatch[]): Promise<void> {
  const store = rows.open(generation);
  await store.append(batch.flatMap(({ versions }) => versions));
  const whole = batch.filter(({ from, after: { next } }) => next > from && windowEnd(next - 1) === next - 1);
  const [first] = whole;
  if (!first) return;
  const groups = whole.flatMap(({ model }) => model.sums ?? []);
  const known = knownSums.get(rows) ?? new Map<string, KnownSums>();
  knownSums.set(rows, known);
  const name = `${generation} ${groups.join(' ')}`;
  const writer = sumsWriter(store, groups, first.from, known.get(name));
  // A writer that runs at the same time must not see sums that this one changes.
  known.delete(name);
  for (const { versions } of whole) writer.add(versions);
  const end = first.after.next - 1;
  await store.append(await writer.snapshot(end));
  known.set(name, writer.known(end));
}

function stoppedIn(generations: Generations, models: readonly ReadModel[]): Map<string, Stopped> {
  const live = liveCheckpoints(generations) ?? {};
  return new Map(
    models.flatMap(({ name }) => {
      const stopped = live[name]?.stopped;
      return stopped ? [[name, stopped] as const] : [];
    }),
  );
}
