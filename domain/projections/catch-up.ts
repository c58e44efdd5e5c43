// Folds published events into the live and kept generations, and into one that is being promoted. Rows are appended
// before checkpoints move, and events always give the same rows, so a batch may be folded twice or by several processes.
import { readHead } from '../log/head.ts';
import type { Clock, Table } from '../ports.ts';
import { readModels } from './views/read-models.ts';
import { foldLogEvents, type FoldInput } from './fold-batch.ts';
import {
  changeGenerations,
  liveCheckpoints,
  readGenerations,
  type ProjectionCheckpoint,
  type ProjectionCheckpoints,
  type Generations,
} from './catalog.ts';
import type { FoldResult, Stopped } from './fold.ts';
import type { ReadModel } from './views/read-model.ts';
import { retireAheadOfLog } from './retire.ts';
import { recordFirstGeneration } from './rebuild/rebuild-record.ts';
import type { RowStores } from './rows/row-store.ts';
import { sumsWriter, windowEnd, type SumsInMemory } from './rows/sums.ts';
import { advanced, withFirstGeneration } from './transitions.ts';

export interface ProjectorContext extends FoldInput {
  readonly state: Table;
  readonly catalog: Table;
  readonly rows: RowStores;
  /** Default: the read models of domain/projections/views/read-models.ts. */
  readonly models?: readonly ReadModel[];
  /**
   * If given, generations ahead of the log are retired, and the first generation of an empty archive gets a rebuild
   * record.
   */
  readonly clock?: Clock;
  /** Called if a generation is retired because it is ahead of the log. */
  readonly alarm?: (what: string) => void;
}

export interface CatchUpResult {
  /** True if published events remain that a read model can fold. */
  readonly more: boolean;
  /** Live read models that an event stopped, by name. Each call of `catchUp` tries that event again. */
  readonly stopped: ReadonlyMap<string, Stopped>;
}

/** A read model in one generation, with its checkpoint. */
export interface ModelInGeneration {
  readonly generation: number;
  readonly model: ReadModel;
  readonly checkpoint: ProjectionCheckpoint;
}

/**
 * Folds batches while `goOn` returns true, in all generations with checkpoints, or only in generation `only`. A round
 * folds one batch from each position, so that no read model waits for another. Rows of another fold version need a
 * rebuild.
 */
export async function catchUp(
  context: ProjectorContext,
  goOn: () => boolean = () => true,
  only?: number,
): Promise<CatchUpResult> {
  const models = context.models ?? readModels;
  let generations = await createFirstGeneration(context, models);
  const tried = new Set<string>();
  for (;;) {
    const checked = await retireAheadOfLog(context, generations);
    const { published } = checked;
    ({ generations } = checked);
    const behind = modelsIn(generations, models).filter(
      ({ checkpoint, ...each }) =>
        each.generation === (only ?? each.generation) &&
        checkpoint.next < published &&
        !tried.has(nameOf(each)),
    );
    if (behind.length === 0 || !goOn())
      return { more: behind.length > 0, stopped: stoppedIn(generations, models) };
    for (const group of Map.groupBy(behind, ({ checkpoint }) => checkpoint.next).values()) {
      const reached = await foldModels(context, group, published);
      for (const each of group)
        if (reached.get(each.generation)?.[each.model.name]?.stopped) tried.add(nameOf(each));
      // A crash here leaves rows beyond the checkpoints. The next fold appends the same rows again.
      generations = await changeGenerations(context.catalog, (before) => advanced(before, reached));
    }
  }
}

/** Folds the next batch of read models at the same position, in one or more generations. Returns their checkpoints. */
export async function foldModels(
  context: ProjectorContext,
  group: readonly ModelInGeneration[],
  published: number,
): Promise<Map<number, ProjectionCheckpoints>> {
  const from = group[0]?.checkpoint.next ?? 0;
  const isStopped = group.some(({ checkpoint }) => checkpoint.stopped);
  // An event that stopped a read model is in a batch of its own, because it usually stops it again.
  const end = isStopped ? from + 1 : Math.min(published, windowEnd(from) + 1);
  const models = [...new Set(group.map(({ model }) => model))];
  const folded = await foldLogEvents(context, models, from, end);
  const reached = new Map<number, ProjectionCheckpoints>();
  for (const [generation, own] of Map.groupBy(group, (each) => each.generation)) {
    const batch = own.map((each) => batchOf(each, folded, from, end));
    await appendBatch(context.rows, generation, batch);
    reached.set(generation, Object.fromEntries(batch.map(({ model, after }) => [model.name, after])));
  }
  return reached;
}

/** Makes the first generation of an archive without events live. If events are published, a rebuild folds it instead. */
export async function createFirstGeneration(
  context: ProjectorContext,
  models: readonly ReadModel[],
): Promise<Generations> {
  const generations = await readGenerations(context.catalog);
  if (generations.last > 0 || (await readHead(context.state)).published > 0) return generations;
  const store = await context.rows.build(1);
  await store.complete();
  const checkpoints = Object.fromEntries(models.map(({ name, version }) => [name, { version, next: 0 }]));
  if (context.clock) await recordFirstGeneration(context.catalog, models, context.clock());
  return changeGenerations(context.catalog, (before) => withFirstGeneration(before, checkpoints));
}

/** Returns the read models of the current fold version in each generation with checkpoints. A new one begins at 0. */
const modelsIn = (generations: Generations, models: readonly ReadModel[]): ModelInGeneration[] =>
  Object.keys(generations.generations)
    .map(Number)
    .flatMap((generation) =>
      models.flatMap((model) => {
        const { name, version } = model;
        const checkpoint = generations.generations[generation]?.[name] ?? { version, next: 0 };
        return checkpoint.version === version ? [{ generation, model, checkpoint }] : [];
      }),
    );

const nameOf = ({ generation, model }: Pick<ModelInGeneration, 'generation' | 'model'>): string =>
  `${generation} ${model.name}`;

/** Row versions of a batch for one read model, and its checkpoint after the batch. */
interface ModelBatch {
  readonly model: ReadModel;
  readonly versions: FoldResult['versions'];
  /** Position of the first event of the batch. */
  readonly from: number;
  readonly after: ProjectionCheckpoint;
}

function batchOf(
  { model }: ModelInGeneration,
  folded: ReadonlyMap<ReadModel, FoldResult>,
  from: number,
  end: number,
): ModelBatch {
  const { versions = [] } = folded.get(model) ?? {};
  return { model, versions, from, after: checkpointAfter(model, folded.get(model), end) };
}

/** Returns the checkpoint of a read model after a batch up to, and without, position `end`. */
export const checkpointAfter = (
  { version }: ReadModel,
  folded: FoldResult | undefined,
  end: number,
): ProjectionCheckpoint =>
  folded?.stopped
    ? { version, next: folded.stopped.position, stopped: folded.stopped }
    : { version, next: end };

/**
 * Sums in memory, by generation and groups. They only save reads: a process that folded the previous window reads no
 * sums for a snapshot.
 */
const knownSums = new WeakMap<RowStores, Map<string, SumsInMemory>>();

/** Appends the rows of a batch, then the snapshots of the sums of read models that completed a window. */
async function appendBatch(rows: RowStores, generation: number, batch: readonly ModelBatch[]): Promise<void> {
  const store = rows.open(generation);
  await store.append(batch.flatMap(({ versions }) => versions));
  const complete = batch.filter(
    ({ from, after: { next } }) => next > from && windowEnd(next - 1) === next - 1,
  );
  const [first] = complete;
  if (!first) return;
  const groups = complete.flatMap(({ model }) => model.sums ?? []);
  const known = knownSums.get(rows) ?? new Map<string, SumsInMemory>();
  knownSums.set(rows, known);
  const name = `${generation} ${groups.join(' ')}`;
  const writer = sumsWriter(store, groups, first.from, known.get(name));
  // A concurrent writer must not share sums that this writer changes.
  known.delete(name);
  for (const { versions } of complete) writer.add(versions);
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
