// Runs random interleavings of projectors and rebuild runners over random histories. The rows must be those of an
// undisturbed run, and readers must never see a position whose rows are missing.
import {
  changeGenerations,
  liveCheckpoints,
  readableGenerations,
  readGenerations,
  type Generations,
} from '../../domain/projections/catalog.ts';
import { catchUp, type ProjectorContext } from '../../domain/projections/catch-up.ts';
import { Refusal } from '../../domain/errors.ts';
import { isBehind } from '../../domain/projections/transitions.ts';
import type { RowVersion } from '../../domain/projections/rows/row.ts';
import { readRebuilds } from '../../domain/projections/rebuild/rebuild-record.ts';
import { startRebuild } from '../../domain/projections/rebuild/requests.ts';
import { rollBack } from '../../domain/projections/rebuild/rollback.ts';
import { reconciler, type Reconciler } from '../../domain/projections/rebuild/reconciler.ts';
import type { Table } from '../../domain/ports.ts';
import { interleaving, TimedOut } from './interleaving.ts';
import { layerOf, memoryRowStores, type Layer, type MemoryRowStores } from './stores/memory-row-store.ts';
import { scanned } from '../contract/row-stores.ts';
import { memoryTable } from './stores/memory-table.ts';
import { publishedLog, type PublishedLog } from './logs/published-log.ts';
import { randomCommits } from './archives/random-commits.ts';
import { allAt, GRACE_MS, LATE_MS } from './rebuilds.ts';
import { seeded } from './seeded.ts';

/** A history that is folded up to `begin`, with the rows that an undisturbed run appends up to `end`. */
export interface FoldedHistory {
  readonly log: PublishedLog;
  readonly begin: number;
  readonly end: number;
  readonly layer: Layer;
  readonly text: string;
  readonly versions: readonly RowVersion[];
}

export async function foldedHistory(seed: number, begin: number, end: number): Promise<FoldedHistory> {
  const log = await publishedLog(randomCommits(seed, end));
  const catalog = memoryTable();
  const first = memoryRowStores();
  await catchUp({ ...log.upTo(0), catalog, rows: first });
  await catchUp({ ...log.upTo(begin), catalog, rows: first });
  const layer = layerOf(await scanned(first.of(1)));
  const rows = memoryRowStores({ 1: layer });
  await catchUp({ ...log.upTo(end), catalog, rows });
  const versions = (await scanned(rows.of(1))).filter(({ position }) => position >= begin);
  return {
    log,
    begin,
    end,
    layer,
    text: rows.of(1).text(),
    versions,
  };
}

/** Wraps the catalog. A write throws if it shows readers positions without rows, or moves them backwards. */
function watched(catalog: Table, rows: MemoryRowStores, { versions }: FoldedHistory): Table {
  let seen: Generations | undefined;
  return {
    ...catalog,
    compareAndPut: async (item, version) => {
      const isDone = await catalog.compareAndPut(item, version);
      if (!isDone || item.sort !== 'generations') return isDone;
      const now = await readGenerations(catalog);
      if (seen && isBehind(liveCheckpoints(now) ?? {}, liveCheckpoints(seen)))
        throw new Error(`the switch from generation ${seen.live} to ${now.live} moves readers backwards`);
      seen = now;
      for (const generation of readableGenerations(now)) {
        const next = Math.max(...Object.values(now.generations[generation] ?? {}).map((each) => each.next));
        const missing = versions.find((each) => each.position < next && !rows.of(generation).has(each));
        if (missing)
          throw new Error(
            `generation ${generation} is at position ${next} without row ${missing.partition} ${missing.sort} of position ${missing.position}`,
          );
      }
      return isDone;
    },
  };
}

/** Runs two to four projectors while the log grows. @throws Error if the rows differ from those of an undisturbed run. */
export async function projectorsCase(seed: number, begun: FoldedHistory): Promise<void> {
  const random = seeded(seed);
  const { log, begin, end, layer } = begun;
  const rows = memoryRowStores({ 1: layer });
  const catalog = memoryTable();
  const generations = { 1: allAt(begin) };
  await changeGenerations(catalog, () => ({ live: 1, last: 1, generations }));
  const shared = interleaving(random);
  const world: Omit<ProjectorContext, 'state' | 'log' | 'store'> = {
    catalog: shared.table(watched(catalog, rows, begun)),
    rows: shared.rows(rows),
  };
  const projector = async (): Promise<void> => {
    let size = begin + random.below(end - begin);
    for (let runs = 1 + random.below(3); runs > 0; runs--) {
      const { state, ...others } = log.upTo(size);
      await unlessTimedOut(catchUp({ ...others, state: shared.table(state), ...world }));
      size = Math.min(end, size + random.below(12));
    }
  };
  await shared.run(Array.from({ length: 2 + random.below(3) }, () => () => projector()));
  await catchUp({ ...log.upTo(end), catalog, rows });
  if (rows.of(1).text() !== begun.text)
    throw new Error(`seed ${seed}: the rows are not those of an undisturbed run`);
}

/** Runs one to three rebuild runners, one or two projectors, and random rollbacks. */
export async function rebuildersCase(seed: number, begun: FoldedHistory): Promise<void> {
  const random = seeded(seed);
  const { log, begin, end, layer } = begun;
  const rows = memoryRowStores({ 1: layer });
  const catalog = memoryTable();
  await changeGenerations(catalog, () => ({ live: 1, last: 1, generations: { 1: allAt(begin) } }));
  let size = begin;
  let now = 1_000_000;
  const shared = interleaving(random, 0.04);
  const whole: Reconciler = {
    ...log.upTo(() => size),
    catalog,
    rows,
    clock: () => now,
    alarm: () => {},
    rollbackRetentionMs: GRACE_MS,
    removalDelayMs: LATE_MS,
  };
  const world = (): Reconciler => ({
    ...whole,
    mayContinue: () => random.chance(0.7),
    catalog: shared.table(watched(catalog, rows, begun)),
    rows: shared.rows(rows),
  });
  const rebuilding = new Set<object>();
  const rebuilder = async (): Promise<void> => {
    const own = world();
    rebuilding.add(own);
    const checks = random.chance(0.3);
    await unlessTimedOut(startRebuild(own, { by: 'operator:lena', reason: 'requested', checks }));
    let step = reconciler(own);
    for (let steps = 40; steps > 0; steps--) {
      const done = await unlessTimedOut(step());
      if (done === undefined && random.chance(0.5)) step = reconciler(own);
      if (random.chance(0.05)) await unlessTimedOut(rollBack(own, 1 + random.below(3), 'operator:lena'));
      now += random.below(2_000);
    }
    rebuilding.delete(own);
  };
  const projector = async (): Promise<void> => {
    const own = world();
    while (rebuilding.size > 0) {
      size = Math.min(end, size + random.below(4));
      await unlessTimedOut(catchUp(own));
    }
  };
  await shared.run([
    ...Array.from({ length: 1 + random.below(3) }, () => () => rebuilder()),
    ...Array.from({ length: 1 + random.below(2) }, () => () => projector()),
  ]);
  size = end;
  await catchUp(whole);
  await expectWhole(whole, rows, begun);
}

/** Throws unless every generation has the rows of an undisturbed run and no rebuild found drift, after all runs ended. */
async function expectWhole(whole: Reconciler, rows: MemoryRowStores, begun: FoldedHistory): Promise<void> {
  const step = reconciler(whole);
  while (await step()) {}
  for await (const { id, phase, drift } of readRebuilds(whole.catalog))
    if (!/^(?:switched|unchanged|cancelled)$/.test(phase))
      throw new Error(`rebuild ${id} is ${phase}: ${JSON.stringify(drift)}`);
  const generations = await readGenerations(whole.catalog);
  const other = memoryRowStores({ 1: begun.layer });
  for (const generation of readableGenerations(generations)) {
    if (Object.values(generations.generations[generation] ?? {}).some(({ next }) => next !== begun.end))
      throw new Error(`generation ${generation} is not caught up`);
    const own = await scanned(rows.of(generation));
    await other.of(1).append(own);
    if (other.of(1).text() !== begun.text)
      throw new Error(`generation ${generation} has other rows than an undisturbed run`);
    const all = await scanned(other.of(1));
    if (own.length !== all.length)
      throw new Error(`generation ${generation} has ${own.length} rows instead of ${all.length}`);
  }
}

/** Returns undefined if the call timed out or was refused. @throws any other error. */
async function unlessTimedOut<T>(run: Promise<T>): Promise<T | undefined> {
  try {
    return await run;
  } catch (error) {
    const isKnown =
      error instanceof TimedOut ||
      error instanceof Refusal ||
      (error instanceof Error && /has no record|no rows of generation/.test(error.message));
    if (!isKnown) throw error;
    return undefined;
  }
}
