// Tests generations that are ahead of the log, such as after a restore of a backup without read models: they are retired,
// and the read models are folded anew.
import { describe, expect, test } from 'vitest';
import { catchUp } from '../../../domain/projections/catch-up.ts';
import { changeGenerations } from '../../../domain/projections/catalog.ts';
import { retireUnsound } from '../../../domain/projections/retire.ts';
import { startRebuild } from '../../../domain/projections/rebuild/requests.ts';
import { reconciler } from '../../../domain/projections/rebuild/reconciler.ts';
import { publishedLog, type PublishedLog } from '../../support/logs/published-log.ts';
import { randomCommits } from '../../support/archives/random-commits.ts';
import {
  allAt,
  operatorRequest,
  caughtUp,
  generationsOf,
  rebuild,
  recordOf,
  reconcileToEnd,
  type Rebuildable,
} from '../../support/rebuilds.ts';

const SIZE = 60;
const RESTORED = 40;
let log: Promise<PublishedLog> | undefined;
const logOf = (): Promise<PublishedLog> => (log ??= publishedLog(randomCommits(3, SIZE)));

/** Returns the rows of an archive that never had more events. */
async function rowsAt(size: number): Promise<string> {
  return (await caughtUp(await logOf(), size)).rows.of(1).text();
}

async function restored(): Promise<Rebuildable> {
  const of = await caughtUp(await logOf(), SIZE);
  of.publishTo(RESTORED);
  return of;
}

describe('given a live generation that is ahead of the log', () => {
  test('given a live generation ahead of the log, when the archive catches up, then it is removed and the operator is told once', async () => {
    const of = await restored();
    await catchUp(of);
    await catchUp(of);
    expect(await generationsOf(of)).toEqual({ last: 1, removing: { 1: of.clock() }, generations: {} });
    expect(of.alarms).toEqual([
      'generation 1 of the read models is retired, because it is ahead of the log, which has 40 events; if it was live, a rebuild folds a new one',
    ]);
  });

  test('given a live generation ahead of the log, when a runner takes steps, then a first one is folded from the log', async () => {
    const of = await restored();
    await reconcileToEnd(of);
    expect(await generationsOf(of)).toMatchObject({ live: 2, generations: { 2: allAt(RESTORED) } });
    expect(await recordOf(of, 2)).toMatchObject({ reason: 'first', phase: 'switched' });
    expect(of.rows.of(2).text()).toBe(await rowsAt(RESTORED));
  });

  test('given a live generation ahead of the log, when a rebuild was requested, then it ends instead of waiting for ever', async () => {
    const of = await restored();
    await startRebuild(of, operatorRequest);
    await reconcileToEnd(of);
    expect(await recordOf(of, 2)).toMatchObject({ phase: 'cancelled' });
    expect(await generationsOf(of)).toMatchObject({ live: 3, generations: { 3: allAt(RESTORED) } });
  });

  test('given a live generation ahead of the log, when a rebuild starts just after its removal, then the rebuild ends', async () => {
    const of = await restored();
    const { catalog } = of;
    let isFirst = true;
    // The catalog is changed between the record and the start of the rebuild.
    const write: typeof catalog.compareAndPut = async (item, writes) => {
      const done = await catalog.compareAndPut(item, writes);
      if (isFirst) {
        isFirst = false;
        await catchUp(of);
      }
      return done;
    };
    await startRebuild({ ...of, catalog: { ...catalog, compareAndPut: write } }, operatorRequest);
    await reconcileToEnd(of);
    expect(await recordOf(of, 2)).toMatchObject({ phase: 'cancelled' });
    expect(await generationsOf(of)).toMatchObject({ live: 3 });
  });

  test('given a live generation ahead of the log, when two processes retire it at the same time, then the operator is told once', async () => {
    const of = await restored();
    const { catalog } = of;
    const compareAndPut: typeof catalog.compareAndPut = async (...write) => {
      await catchUp(of);
      return catalog.compareAndPut(...write);
    };
    await catchUp({ ...of, catalog: { ...catalog, compareAndPut } });
    expect(of.alarms).toEqual([expect.stringContaining('generation 1 of the read models is retired')]);
  });

  test('given live and kept generations ahead of the log, when the archive catches up, then all of them are removed', async () => {
    const of = await caughtUp(await logOf(), SIZE);
    await rebuild(of);
    of.publishTo(RESTORED);
    await catchUp(of);
    expect(await generationsOf(of)).toEqual({
      last: 2,
      removing: { 1: of.clock(), 2: of.clock() },
      generations: {},
    });
  });
});

test('given a rebuild that is ahead of the log, when a step is taken, then the rebuild ends', async () => {
  const of = await caughtUp(await logOf(), RESTORED);
  await startRebuild(of, operatorRequest);
  of.publishTo(SIZE);
  await reconciler(of)();
  of.publishTo(RESTORED);
  await reconcileToEnd(of);
  expect(await recordOf(of, 2)).toMatchObject({ phase: 'cancelled', cancelled: { why: 'superseded' } });
  expect(await generationsOf(of)).toMatchObject({ live: 1, generations: { 1: allAt(RESTORED) } });
});

test('given events that are published and folded during a check, then no generation counts as ahead of the log', async () => {
  const of = await caughtUp(await logOf(), RESTORED);
  const get: typeof of.catalog.get = async (...key) => {
    const found = await of.catalog.get(...key);
    of.publishTo(SIZE);
    await catchUp(of);
    return found;
  };
  await catchUp({ ...of, catalog: { ...of.catalog, get } });
  expect(await generationsOf(of)).toMatchObject({ live: 1, generations: { 1: allAt(SIZE) } });
  expect(of.alarms).toEqual([]);
});

test('given a live generation without rows, when the archive starts, then it is folded anew', async () => {
  const of = await caughtUp(await logOf(), RESTORED);
  await of.rows.drop(1);
  await retireUnsound(of);
  expect(await generationsOf(of)).toMatchObject({ removing: { 1: of.clock() }, generations: {} });
  expect(of.alarms).toEqual([expect.stringContaining('its file or table is missing')]);
  await reconcileToEnd(of);
  expect(await generationsOf(of)).toMatchObject({ live: 2, generations: { 2: allAt(RESTORED) } });
});

test('given a sound archive, when it starts, then nothing changes', async () => {
  const of = await caughtUp(await logOf(), RESTORED);
  await rebuild(of);
  const before = await generationsOf(of);
  await retireUnsound(of);
  expect(await generationsOf(of)).toEqual(before);
  expect(of.alarms).toEqual([]);
});

test('given a catalog that changed meanwhile, when a generation is retired, then the others stay', async () => {
  const of = await restored();
  const { catalog } = of;
  const checkpoints = allAt(RESTORED);
  const write: typeof catalog.compareAndPut = async (item, writes) => {
    await changeGenerations(of.catalog, ({ generations }) => ({
      live: 5,
      kept: { 1: 9 },
      last: 5,
      generations: { ...generations, 5: checkpoints },
    }));
    return catalog.compareAndPut(item, writes);
  };
  let calls = 0;
  await catchUp({
    ...of,
    catalog: {
      ...catalog,
      compareAndPut: (...of) => (calls++ === 0 ? write(...of) : catalog.compareAndPut(...of)),
    },
  });
  expect(await generationsOf(of)).toMatchObject({ live: 5, generations: { 5: checkpoints } });
});
