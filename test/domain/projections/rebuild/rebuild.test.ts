// Tests an undisturbed rebuild: it folds the same rows into a new generation, is promoted, can be rolled back, and leaves
// no rows of the generation that it replaced.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { openRowStores } from '../../../../adapters/sqlite/row-stores.ts';
import { actors } from '../../../../domain/projections/views/actors-view.ts';
import { readModels } from '../../../../domain/projections/views/read-models.ts';
import { catchUp } from '../../../../domain/projections/catch-up.ts';
import { hasEnded, readRebuilds } from '../../../../domain/projections/rebuild/rebuild-record.ts';
import { cancelRebuild, startRebuild } from '../../../../domain/projections/rebuild/requests.ts';
import { rollBack } from '../../../../domain/projections/rebuild/rollback.ts';
import {
  needsReconciling,
  reconciler,
  type Reconciler,
} from '../../../../domain/projections/rebuild/reconciler.ts';
import { WINDOW_POSITIONS } from '../../../../domain/projections/rows/sums.ts';
import { scanned } from '../../../contract/row-stores.ts';
import { memoryRowStore, memoryRowStores } from '../../../support/stores/memory-row-store.ts';
import { publishedLog, type PublishedLog } from '../../../support/logs/published-log.ts';
import { randomCommits } from '../../../support/archives/random-commits.ts';
import {
  allAt,
  operatorRequest,
  caughtUp,
  generationsOf,
  GRACE_MS,
  LATE_MS,
  pagesOf,
  rebuild,
  rebuildable,
  recordOf,
  reconcileToEnd,
  type Rebuildable,
} from '../../../support/rebuilds.ts';
import { refusalFrom } from '../../../support/refusals.ts';

vi.setConfig({ testTimeout: 300_000 });

const by = 'operator:lena';
const logs = new Map<number, Promise<PublishedLog>>();
function logOf(length: number): Promise<PublishedLog> {
  const known = logs.get(length) ?? publishedLog(randomCommits(1, length));
  logs.set(length, known);
  return known;
}
const archiveOf = async (length: number): Promise<Rebuildable> => caughtUp(await logOf(length), length);

describe('a rebuild', () => {
  test('a rebuild folds the same rows, compares each of them, and is promoted', async () => {
    const of = await archiveOf(700);
    const record = await rebuild(of);
    expect(record).toMatchObject({ id: 2, phase: 'switched', reason: 'requested', started: { by } });
    const rows = of.rows.of(1).text().split('\n').length;
    expect(record.drift).toEqual({ position: 699, rows, missing: 0, extra: 0, different: 0, examples: [] });
    expect(of.rows.of(2).text()).toBe(of.rows.of(1).text());
    expect(await generationsOf(of)).toEqual({
      live: 2,
      last: 2,
      kept: { 1: of.clock() + GRACE_MS },
      generations: { 1: allAt(700), 2: allAt(700) },
    });
    expect(of.alarms).toEqual([]);
  });

  test('a rebuild reports its progress in events, then in rows', async () => {
    const size = 2 * WINDOW_POSITIONS + 100;
    const of = await caughtUp(await logOf(size), size, { mayContinue: () => false });
    const rows = of.rows.of(1).text().split('\n').length;
    const page = Math.ceil(rows / 3);
    const { id } = await startRebuild(of, operatorRequest);
    const step = reconciler({ ...of, rows: pagesOf(of.rows, page) });
    const seen: unknown[] = [];
    for (let more = true; more;) {
      of.pass(2_000);
      more = await step();
      const record = await recordOf(of, id);
      const { phase, progress } = record;
      if (progress && !hasEnded(record))
        seen.push([phase, progress.unit, progress.done, progress.total, progress.rate]);
    }
    expect(seen).toEqual([
      ['folding', 'events', WINDOW_POSITIONS, size, undefined],
      ['folding', 'events', 2 * WINDOW_POSITIONS, size, WINDOW_POSITIONS / 2],
      ['comparing', 'rows', page, rows, undefined],
      ['comparing', 'rows', 2 * page, rows, page / 2],
    ]);
    expect((await recordOf(of, id)).endedAt).toBeGreaterThan(0);
  });

  test('a rebuild notes its progress after each window if one takes a second', async () => {
    let now = Date.UTC(2023, 2, 4);
    const size = 2 * WINDOW_POSITIONS + 100;
    const of = await caughtUp(await logOf(size), size, { clock: () => (now += 1_000) });
    const { id } = await startRebuild(of, operatorRequest);
    const step = reconciler(of);
    const seen: unknown[] = [];
    for (let more = true; more;) {
      more = await step();
      const { phase, progress } = await recordOf(of, id);
      if (phase === 'folding' && progress) seen.push(progress.done);
    }
    expect(seen).toEqual([WINDOW_POSITIONS, 2 * WINDOW_POSITIONS]);
  });

  test('a rebuild is promoted though events are recorded between any two of its steps', async () => {
    const of = await caughtUp(await logOf(700), 20);
    await startRebuild(of, operatorRequest);
    const step = reconciler(of);
    let published = 20;
    for (let more = true; more;) {
      more = await step();
      of.publishTo((published += 5));
      await catchUp(of);
    }
    const { live, generations } = await generationsOf(of);
    expect([live, generations[2]]).toEqual([2, generations[1]]);
    expect(of.rows.of(2).text()).toBe(of.rows.of(1).text());
  });

  test('a rebuild of an archive without events ends, too', async () => {
    const of = await caughtUp(await logOf(700), 0);
    expect(await rebuild(of)).toMatchObject({ phase: 'switched', drift: { position: -1, rows: 0 } });
    of.publishTo(10);
    await catchUp(of);
    expect((await generationsOf(of)).generations[2]).toEqual(allAt(10));
  });

  test('rebuilds stay recorded, the last one first', async () => {
    const of = await archiveOf(30);
    await rebuild(of);
    await rebuild(of);
    const { id } = await startRebuild(of, { by: 'schedule', reason: 'scheduled' });
    await cancelRebuild(of, id, { by, why: 'requested' });
    const records = await Array.fromAsync(readRebuilds(of.catalog));
    expect(records.map((each) => [each.id, each.reason, each.phase])).toEqual([
      [4, 'scheduled', 'cancelled'],
      [3, 'requested', 'switched'],
      [2, 'requested', 'switched'],
      [1, 'first', 'switched'],
    ]);
    expect(records[0]?.cancelled).toMatchObject({ by, why: 'requested' });
  });

  test.each(['in memory', 'in SQLite'])(
    'a rebuild with another process for each step folds the same rows %s, and scans no row to fold',
    async (where) => {
      const folder = await mkdtemp(join(tmpdir(), 'chancery-resumed-'));
      const size = 2 * WINDOW_POSITIONS + 100;
      const of = await caughtUp(await logOf(size), size, { mayContinue: () => false });
      const built = where === 'in memory' ? of.rows : await openRowStores(folder, 8);
      let phase = '';
      const scans: string[] = [];
      const rows: Reconciler['rows'] = {
        ...of.rows,
        open: (generation) => (generation === 1 ? of.rows : built).open(generation),
        build: async (generation) => {
          const store = await built.build(generation);
          return { ...store, scan: async (after) => (scans.push(phase), store.scan(after)) };
        },
      };
      const { id } = await startRebuild(of, operatorRequest);
      while (await reconciler({ ...of, rows })()) ({ phase } = await recordOf(of, id));
      expect(await recordOf(of, id)).toMatchObject({
        phase: 'switched',
        drift: { missing: 0, extra: 0, different: 0 },
      });
      expect(scans).toEqual([]);
      const whole = memoryRowStore();
      await whole.append(await scanned(built.open(2)));
      expect(whole.text()).toBe(of.rows.of(1).text());
      if ('close' in built) built.close();
      await rm(folder, { recursive: true });
    },
  );
});

test('another process resumes a rebuild in SQLite that was stopped within the first window', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-resumed-'));
  const size = WINDOW_POSITIONS + 50;
  const of = await caughtUp(await logOf(size), 300);
  const rows = await openRowStores(folder, 8);
  const world: Reconciler = { ...of, rows: { ...rows, open: (id) => (id === 1 ? of.rows : rows).open(id) } };
  const rowsOf = () => {
    throw new Error('no such line');
  };
  const models = readModels.map((model) => (model.name === 'lines' ? { ...model, rowsOf } : model));
  const { id } = await startRebuild(of, operatorRequest);
  await reconcileToEnd({ ...world, models });
  expect(await recordOf(of, id)).toMatchObject({ phase: 'folding', checkpoints: { actors: { next: 300 } } });
  of.publishTo(size);
  await catchUp(of);
  await reconcileToEnd(world);
  expect(await recordOf(of, id)).toMatchObject({ phase: 'switched' });
  const whole = memoryRowStore();
  await whole.append(await scanned(rows.open(id)));
  expect(whole.text()).toBe(of.rows.of(1).text());
  rows.close();
  await rm(folder, { recursive: true });
});

describe('the first generation', () => {
  test('a rebuild folds the first generation of an archive that has events, which is live once it has caught up', async () => {
    const log = await logOf(700);
    const of = rebuildable(log);
    of.publishTo(700);
    await catchUp(of);
    expect((await generationsOf(of)).live).toBeUndefined();
    await reconcileToEnd(of);
    expect(await recordOf(of, 1)).toMatchObject({
      reason: 'first',
      phase: 'switched',
      started: { by: 'archive' },
    });
    expect(await generationsOf(of)).toEqual({ live: 1, last: 1, generations: { 1: allAt(700) } });
    expect(of.rows.of(1).text()).toBe((await archiveOf(700)).rows.of(1).text());
  });

  test('the first generation does not reuse the number of rows from before the catalog was lost, which are dropped', async () => {
    const of = rebuildable(await logOf(700));
    await of.rows.build(3);
    of.publishTo(700);
    await reconcileToEnd(of);
    expect(await generationsOf(of)).toMatchObject({ live: 4, last: 4 });
    expect(await of.rows.list()).toEqual([4]);
  });

  test('the first generation of an archive without events has a record, too', async () => {
    const of = await caughtUp(await logOf(700), 0);
    expect(await recordOf(of, 1)).toMatchObject({ reason: 'first', phase: 'switched' });
  });
});

describe('of two rebuilds', () => {
  test('a second rebuild is refused, and the refusal names the one that runs', async () => {
    const of = await archiveOf(30);
    const { id } = await startRebuild(of, operatorRequest);
    expect(await refusalFrom(startRebuild(of, operatorRequest))).toMatchObject({
      code: 'rebuild-running',
      details: { rebuild: id },
    });
    expect((await Array.fromAsync(readRebuilds(of.catalog))).map((each) => each.id)).toEqual([2, 1]);
  });

  test('exactly one of several rebuilds that are requested at once begins', async () => {
    const of = await archiveOf(30);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => startRebuild(of, operatorRequest)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await generationsOf(of)).toMatchObject({ building: 2, last: 2 });
  });
});

describe('a request that ended after it wrote the record', () => {
  test('the next step carries out a request that ended after it wrote the record', async () => {
    const of = await archiveOf(30);
    const write: Rebuildable['catalog']['compareAndPut'] = async (item, version) => {
      if (item.sort === 'generations') throw new Error('the process ended');
      return of.catalog.compareAndPut(item, version);
    };
    await expect(
      startRebuild({ ...of, catalog: { ...of.catalog, compareAndPut: write } }, operatorRequest),
    ).rejects.toThrow('ended');
    expect((await generationsOf(of)).last).toBe(1);
    await reconcileToEnd(of);
    expect(await recordOf(of, 2)).toMatchObject({ phase: 'switched', started: { by } });
  });
});

test('a rebuild that lost its record ends, and the operator is told', async () => {
  const of = await archiveOf(30);
  const { id } = await startRebuild(of, operatorRequest);
  await of.catalog.batchDelete([{ partition: 'rebuilds', sort: String(id).padStart(9, '0') }]);
  await reconcileToEnd(of);
  expect(await generationsOf(of)).toMatchObject({ live: 1, removing: { 2: of.clock() } });
  expect(of.alarms).toEqual([expect.stringContaining('the record of rebuild 2 is missing')]);
});

describe('kept generations', () => {
  test('kept generations are folded until their retention period is over', async () => {
    const of = await caughtUp(await logOf(700), 30);
    await rebuild(of);
    of.publishTo(45);
    await catchUp(of);
    expect(of.rows.of(1).text()).toBe(of.rows.of(2).text());
    expect(await generationsOf(of)).toMatchObject({
      live: 2,
      kept: { 1: of.clock() + GRACE_MS },
      generations: { 1: allAt(45), 2: allAt(45) },
    });
  });

  test('kept generations are dropped some time after their retention period', async () => {
    const of = await archiveOf(300);
    await rebuild(of);
    of.pass(GRACE_MS - 1);
    await reconcileToEnd(of);
    expect(await of.rows.list()).toEqual([1, 2]);
    of.pass(1);
    await reconcileToEnd(of);
    expect((await generationsOf(of)).generations).toEqual({ 2: allAt(300) });
    // A reader that began before still finds them.
    expect(await of.rows.list()).toEqual([1, 2]);
    of.pass(LATE_MS);
    await reconcileToEnd(of);
    expect(await of.rows.list()).toEqual([2]);
    expect(await generationsOf(of)).toEqual({ live: 2, last: 2, generations: { 2: allAt(300) } });
  });

  test('kept generations are dropped although a rebuild waits for a decision meanwhile', async () => {
    const of = await archiveOf(300);
    await rebuild(of);
    await of.rows.of(2).append([{ partition: 'all', sort: 'stray', position: 7, body: {} }]);
    expect(await rebuild(of)).toMatchObject({ phase: 'drifted' });
    of.pass(GRACE_MS);
    await reconcileToEnd(of);
    of.pass(LATE_MS);
    await reconcileToEnd(of);
    expect(await of.rows.list()).toEqual([2, 3]);
  });

  test('kept generations keep their own retention period if another rebuild is promoted', async () => {
    const of = await caughtUp(await logOf(700), 30);
    await rebuild(of);
    const first = of.clock() + GRACE_MS;
    of.pass(1_000);
    await rebuild(of);
    expect(await generationsOf(of)).toMatchObject({ live: 3, kept: { 1: first, 2: first + 1_000 } });
    of.publishTo(45);
    await catchUp(of);
    expect(of.rows.of(1).text()).toBe(of.rows.of(3).text());
    of.pass(GRACE_MS - 1_000);
    await reconcileToEnd(of);
    of.pass(LATE_MS);
    await reconcileToEnd(of);
    expect(await of.rows.list()).toEqual([2, 3]);
  });

  test('a rollback makes a kept generation live, and keeps the one that was live', async () => {
    const of = await caughtUp(await logOf(700), 30);
    await rebuild(of);
    await rebuild(of);
    expect(await rollBack(of, 1, by)).toMatchObject({
      live: 1,
      kept: { 2: expect.any(Number), 3: of.clock() + GRACE_MS },
    });
    expect(await recordOf(of, 3)).toMatchObject({ wentBack: { by, at: of.clock(), to: 1 } });
    of.publishTo(45);
    await catchUp(of);
    expect(await rollBack(of, 3, by)).toMatchObject({ live: 3, kept: { 1: expect.any(Number) } });
    expect((await recordOf(of, 3)).wentBack?.to).toBe(3);
  });

  test('a rollback that is requested several times takes effect once', async () => {
    const of = await archiveOf(30);
    await rebuild(of);
    const first = await rollBack(of, 1, by);
    of.pass(1_000);
    expect(await rollBack(of, 1, by)).toEqual(first);
  });

  test('a rollback is refused once the retention period is over, even before the generation is retired', async () => {
    const of = await archiveOf(30);
    await rebuild(of);
    of.pass(GRACE_MS);
    const refusal = await refusalFrom(rollBack(of, 1, by));
    expect([refusal.code, refusal.message]).toEqual([
      'no-way-back',
      expect.stringContaining('no generation is kept'),
    ]);
  });

  test('a rollback is refused to rows that were never live, or that another version wrote', async () => {
    const of = await archiveOf(30);
    await rebuild(of);
    const refusal = await refusalFrom(rollBack(of, 7, by));
    expect(refusal).toMatchObject({ code: 'no-way-back', details: { behind: false } });
    expect(refusal.message).toContain('roll back to 1');
    const models = readModels.map((model) => (model.name === 'actors' ? { ...model, version: 99 } : model));
    expect((await refusalFrom(rollBack({ ...of, models }, 1, by))).message).toContain(
      `generation 1 has rows of version ${actors.version} of actors`,
    );
  });
});

describe('a rebuild that is cancelled', () => {
  test.each([0, 1, 2])(
    'a rebuild that is cancelled after %i steps leaves the live generation, and no row of its own',
    async (steps) => {
      const of = await archiveOf(600);
      const before = of.rows.of(1).text();
      const { id } = await startRebuild(of, operatorRequest);
      const step = reconciler(of);
      for (let taken = 0; taken < steps; taken++) await step();
      expect(await cancelRebuild(of, id, { by, why: 'requested' })).toMatchObject({
        phase: 'cancelled',
        cancelled: { by },
        endedAt: of.clock(),
      });
      await reconcileToEnd(of);
      of.pass(LATE_MS);
      await reconcileToEnd(of);
      expect(await of.rows.list()).toEqual([1]);
      expect(of.rows.of(1).text()).toBe(before);
      expect(await generationsOf(of)).toMatchObject({ live: 1, last: 2 });
      expect(await rebuild(of)).toMatchObject({ id: 3, phase: 'switched' });
    },
  );

  test('a rebuild whose cancellation is requested several times is cancelled once', async () => {
    const of = await archiveOf(30);
    const { id } = await startRebuild(of, operatorRequest);
    const first = await cancelRebuild(of, id, { by, why: 'requested' });
    of.pass(1_000);
    expect(await cancelRebuild(of, id, { by: 'another', why: 'requested' })).toEqual(first);
  });

  test('a rebuild cannot be cancelled once it is promoted', async () => {
    const of = await archiveOf(30);
    const { id } = await rebuild(of);
    expect(await refusalFrom(cancelRebuild(of, id, { by, why: 'requested' }))).toMatchObject({
      code: 'rebuild-over',
    });
    expect(await recordOf(of, id)).toMatchObject({ phase: 'switched' });
  });
});

describe('rows that the catalog does not name', () => {
  test('rows that the catalog does not name are dropped, unless their number may still be used', async () => {
    const of = await archiveOf(30);
    await rebuild(of);
    await cancelRebuild(of, (await startRebuild(of, operatorRequest)).id, { by, why: 'requested' });
    of.pass(LATE_MS);
    await reconcileToEnd(of);
    // A runner that was late.
    await of.rows.build(3);
    await of.rows.build(9);
    await reconcileToEnd(of);
    expect(await of.rows.list()).toEqual([1, 2, 9]);
  });
});

describe('whether a runner is needed', () => {
  test('whether a runner is needed depends on the pending work, and on when a runner last noted its progress', async () => {
    const of = await archiveOf(300);
    expect(await needsReconciling(of)).toBe(false);
    await startRebuild(of, operatorRequest);
    expect(await needsReconciling(of)).toBe(true);
    await reconciler(of)();
    expect(await needsReconciling(of)).toBe(false);
    of.pass(300_000);
    expect(await needsReconciling(of)).toBe(true);
    await reconcileToEnd(of);
    expect(await needsReconciling(of)).toBe(false);
    of.pass(GRACE_MS);
    expect(await needsReconciling(of)).toBe(true);
    await reconcileToEnd(of);
    expect(await needsReconciling(of)).toBe(false);
    of.pass(LATE_MS);
    expect(await needsReconciling(of)).toBe(true);
    await reconcileToEnd(of);
    expect(await needsReconciling({ ...of, schedule: 1_000_000_000 })).toBe(false);
    expect(await needsReconciling({ ...of, schedule: 1_000 })).toBe(true);
    expect(
      await needsReconciling({
        ...of,
        catalog: rebuildable(await logOf(30)).catalog,
        rows: memoryRowStores(),
      }),
    ).toBe(true);
  });
});
