// Tests readings while processes that fail or end anywhere fold events, and while other generations are promoted. Each
// answer is that of its position, and no answer is older than the one before.
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { actors } from '../../../domain/projections/views/actors-view.ts';
import { readModels } from '../../../domain/projections/views/read-models.ts';
import { changeGenerations, type ProjectionCheckpoints } from '../../../domain/projections/catalog.ts';
import { catchUp } from '../../../domain/projections/catch-up.ts';
import { readingAt, type Reading } from '../../../domain/projections/rows/reading.ts';
import { storeRebuild } from '../../../domain/projections/rebuild/rebuild-record.ts';
import { topics } from '../../../domain/projections/views/topics-view.ts';
import { rolledBack, started } from '../../../domain/projections/transitions.ts';
import { listActors } from '../../../domain/queries/actors/actor-list.ts';
import { listEdges } from '../../../domain/queries/network/network-edges.ts';
import { openReadings } from '../../../domain/queries/open-readings.ts';
import { listTimeline } from '../../../domain/queries/timeline/timeline-list.ts';
import { listTopics } from '../../../domain/queries/topics/topic-list.ts';
import { CallFailed, fates, faultOf, faultyProcess, late, type Conditions } from '../../support/faults.ts';
import { memoryRowStores, type MemoryRowStores } from '../../support/stores/memory-row-store.ts';
import { memoryTable, type MemoryTable } from '../../support/stores/memory-table.ts';
import { publishedLog, type PublishedLog } from '../../support/logs/published-log.ts';
import { randomCommits } from '../../support/archives/random-commits.ts';
import { refusalFrom } from '../../support/refusals.ts';
import { seeded, type Seeded } from '../../support/seeded.ts';

// Much is folded here, however fast the machine is.
vi.setConfig({ testTimeout: 300_000 });

const LENGTH = 120;

interface Stores {
  readonly catalog: MemoryTable;
  readonly rows: MemoryRowStores;
}

const stores = (): Stores => ({ catalog: memoryTable(), rows: memoryRowStores() });

/** Makes an archive that began without events and has folded this many. */
async function folded(log: PublishedLog, events: number): Promise<Stores> {
  const of = stores();
  await catchUp({ ...log.upTo(0), ...of });
  await catchUp({ ...log.upTo(events), ...of });
  return of;
}

describe('a reading', () => {
  const history = publishedLog(randomCommits(1, LENGTH));

  test('a reading of an archive without events has no records, as of any position', async () => {
    const open = openReadings({ ...(await history).upTo(0), ...stores() });
    expect((await open(readModels)).at).toBe(-1);
    expect((await listTimeline(await open(readModels), {}, { limit: 10 })).items).toEqual([]);
    expect((await open(readModels, 3)).at).toBe(3);
  });

  test('a reading is refused as not ready while the first generation is folded, with the number of folded events', async () => {
    const log = await history;
    const of = stores();
    const open = openReadings({ ...log.upTo(LENGTH), ...of });
    const none = await refusalFrom(open(readModels));
    expect([none.code, none.details]).toEqual(['not-ready', { folded: 0, events: LENGTH }]);
    await changeGenerations(of.catalog, (before) => started(before, 1, []));
    const checkpoints: ProjectionCheckpoints = {
      actors: { version: 1, next: 70 },
      topics: { version: 1, next: 60 },
    };
    const act = { by: 'relay', at: 0 };
    const record = { id: 1, versions: {}, reason: 'first', started: act, phase: 'folding' } as const;
    expect(await storeRebuild(of.catalog, { ...record, checkpoints }, 0)).toBe(true);
    const some = await refusalFrom(open(readModels));
    expect(some.details).toEqual({ folded: 60, events: LENGTH });
    expect(some.message).toContain(`60 of ${LENGTH} events are folded`);
  });

  test('a reading is as of the last position that all of its read models have folded', async () => {
    const log = await history;
    const of = await folded(log, 50);
    await changeGenerations(of.catalog, (before) => ({
      ...before,
      generations: {
        1: { ...before.generations[1], topics: { version: topics.version, next: 30 } },
      },
    }));
    const open = openReadings({ ...log.upTo(LENGTH), ...of });
    expect((await open(readModels)).at).toBe(29);
    expect((await open([actors])).at).toBe(49);
    expect((await open([actors], 7)).at).toBe(7);
  });

  test('a reading beyond the folded positions is refused, and names the read model that limits it and whether it is stopped', async () => {
    const log = await history;
    const of = await folded(log, 50);
    const open = openReadings({ ...log.upTo(LENGTH), ...of });
    const behind = await refusalFrom(open(readModels, 50));
    expect([behind.code, behind.details]).toEqual(['behind', { position: 49 }]);
    expect(behind.message).toBe(
      `read model ${readModels[0]?.name} has folded the history up to position 49, not yet to 50: try again in a moment, or request an earlier position`,
    );
    const stopped = { version: topics.version, next: 30, stopped: { position: 30, reason: 'x' } };
    await changeGenerations(of.catalog, (before) => ({
      ...before,
      generations: { 1: { ...before.generations[1], topics: stopped } },
    }));
    const further = { ...stopped, next: 35, stopped: { position: 35, reason: 'y' } };
    await changeGenerations(of.catalog, (before) => ({
      ...before,
      generations: { 1: { ...before.generations[1], timeline: further } },
    }));
    expect((await refusalFrom(open(readModels, 40))).message).toBe(
      'read model topics is stopped, and has folded the history up to position 29, not yet to 40: GET /projections says why; request an earlier position until it resumes',
    );
  });

  test('readings of a generation share one row source, and a process keeps the sources of the last two generations', async () => {
    const log = await history;
    const of = await folded(log, 50);
    const opened: number[] = [];
    const open = openReadings({
      ...log.upTo(50),
      ...of,
      rows: { ...of.rows, open: (number) => (opened.push(number), of.rows.open(number)) },
    });
    const first = await open(readModels);
    for (const live of [2, 1, 3, 1, 2]) {
      await of.rows.build(live);
      await changeGenerations(of.catalog, ({ generations }) => ({
        live,
        last: 3,
        generations: { ...generations, [live]: generations[1] ?? {} },
      }));
      expect((await open(readModels)).directoryAt === first.directoryAt).toBe(live === 1);
    }
    expect(opened).toEqual([1, 2, 3, 2]);
  });
});

interface History {
  readonly log: PublishedLog;
  /** Returns the answers of an undisturbed archive as of a position. */
  readonly answersAt: (at: number) => Promise<string>;
}

async function historyOf(seed: number): Promise<History> {
  const log = await publishedLog(randomCommits(seed, LENGTH));
  const reading = await openReadings({ ...log.upTo(LENGTH), ...(await folded(log, LENGTH)) })(readModels);
  const known = new Map<number, Promise<string>>();
  return {
    log,
    answersAt: (at) => {
      const answers = known.get(at) ?? ask(readingAt(reading, at));
      known.set(at, answers);
      return answers;
    },
  };
}

const histories = new Map<number, Promise<History>>();
function history(seed: number): Promise<History> {
  const made = histories.get(seed) ?? historyOf(seed);
  histories.set(seed, made);
  return made;
}

async function ask(reading: Reading): Promise<string> {
  const request = { limit: 500 };
  return JSON.stringify([
    reading.at,
    await listTimeline(reading, {}, request),
    await listTimeline(reading, { topic: 'peace', from: '2023-03-02' }, request),
    await listActors(reading, {}, request),
    await listTopics(reading, {}, request),
    await listEdges(reading, {}, request),
  ]);
}

/** Folds on, process after process, until all is folded; sometimes another generation takes over. */
async function write(random: Seeded, log: PublishedLog, of: Stores): Promise<void> {
  const under = late();
  const turns = () => random.below(25);
  const fate: Conditions['fate'] = ({ kind }) => (random.chance(0.05) ? random.pick(fates[kind]) : 'pass');
  for (let [size, generation] = [random.below(30), 2]; ; size = Math.min(LENGTH, size + random.below(20))) {
    const process = faultyProcess({ fate, turns, part: (all) => random.below(all) }, under);
    const reached = { catalog: process.table(of.catalog), rows: process.rows(of.rows) };
    await faultOf(catchUp({ ...log.upTo(size), ...reached }));
    if (size === LENGTH) break;
    if (random.chance(0.3)) await takeOver(log.upTo(size), of, generation++);
    if (random.chance(0.3)) await under.land();
  }
  await under.land();
  await catchUp({ ...log.upTo(LENGTH), ...of });
}

async function takeOver(of: ReturnType<PublishedLog['upTo']>, stores: Stores, number: number): Promise<void> {
  await stores.rows.build(number);
  await changeGenerations(stores.catalog, (before) => ({
    ...before,
    last: number,
    kept: { ...before.kept, [number]: 1 },
    generations: { ...before.generations, [number]: {} },
  }));
  await catchUp({ ...of, ...stores });
  await changeGenerations(stores.catalog, (before) => rolledBack(before, number, 1));
}

interface Seen {
  readonly positions: readonly number[];
  readonly complaints: readonly string[];
}

/** Reads as one process, some of whose calls fail. */
async function read(
  random: Seeded,
  { log, answersAt }: History,
  of: Stores,
  done: AbortSignal,
): Promise<Seen> {
  const process = faultyProcess({
    fate: () => (random.chance(0.002) ? 'fail' : 'pass'),
    turns: () => random.below(25),
  });
  const open = openReadings({
    ...log.upTo(LENGTH),
    catalog: process.table(of.catalog),
    rows: process.rows(of.rows),
  });
  const positions: number[] = [];
  const complaints: string[] = [];
  const complain = async (reading: Reading): Promise<void> => {
    if ((await ask(reading)) !== (await answersAt(reading.at))) complaints.push(`as of ${reading.at}`);
  };
  do {
    try {
      const reading = await open(readModels);
      if (reading.at < (positions.at(-1) ?? -1)) complaints.push(`${reading.at} after ${positions.at(-1)}`);
      positions.push(reading.at);
      await complain(reading);
      if (reading.at > 0 && random.chance(0.3))
        await complain(await open(readModels, random.below(reading.at)));
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
    }
  } while (!done.aborted);
  return { positions, complaints };
}

test('readers get the answers of the position of their reading, regardless of concurrent folds and promotions', async () => {
  const cases = fc.record({
    seed: fc.integer({ min: 1, max: 4 }),
    run: fc.integer({ min: 0, max: 1_000_000 }),
  });
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ seed, run }) => {
      const expected = await history(seed);
      const of = await folded(expected.log, 0);
      const done = new AbortController();
      const reading = [1, 2].map((reader) => read(seeded(run + reader), expected, of, done.signal));
      await write(seeded(run), expected.log, of);
      done.abort();
      for (const { positions, complaints } of await Promise.all(reading)) {
        expect(complaints).toEqual([]);
        seen += new Set(positions).size;
      }
    }),
    { numRuns: 12 },
  );
  expect(seen).toBeGreaterThan(50);
});
