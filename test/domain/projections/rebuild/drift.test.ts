// Tests the comparison of a rebuild: it finds missing, extra and different rows in any window, and awaits a decision.
// Also scheduled rebuilds, which write rows only if there is a reason.
import { describe, expect, test, vi } from 'vitest';
import { actors } from '../../../../domain/projections/views/actors-view.ts';
import { readModels } from '../../../../domain/projections/views/read-models.ts';
import { catchUp } from '../../../../domain/projections/catch-up.ts';
import type { RowVersion } from '../../../../domain/projections/rows/row.ts';
import { keyText } from '../../../../domain/projections/rows/row-keys.ts';
import { WINDOW_POSITIONS } from '../../../../domain/projections/rows/sums.ts';
import type { Rebuild } from '../../../../domain/projections/rebuild/rebuild-record.ts';
import {
  acceptRebuild,
  cancelRebuild,
  startRebuild,
} from '../../../../domain/projections/rebuild/requests.ts';
import { rollBack } from '../../../../domain/projections/rebuild/rollback.ts';
import {
  needsReconciling,
  needsDecision,
  reconciler,
  type Reconciler,
} from '../../../../domain/projections/rebuild/reconciler.ts';
import { layerOf, memoryRowStores } from '../../../support/stores/memory-row-store.ts';
import { scanned } from '../../../contract/row-stores.ts';
import { publishedLog, type PublishedLog } from '../../../support/logs/published-log.ts';
import { randomCommits } from '../../../support/archives/random-commits.ts';
import {
  operatorRequest,
  caughtUp,
  generationsOf,
  pagesOf,
  rebuild,
  recordOf,
  reconcileToEnd,
  type Rebuildable,
} from '../../../support/rebuilds.ts';
import { refusalFrom } from '../../../support/refusals.ts';

vi.setConfig({ testTimeout: 300_000 });

const by = 'operator:lena';
const SIZE = 2 * WINDOW_POSITIONS + 100;
let longLog: Promise<PublishedLog> | undefined;
const logOf = (): Promise<PublishedLog> => (longLog ??= publishedLog(randomCommits(1, SIZE)));

/** Makes an archive whose live rows were altered after they were folded. */
async function altered(
  size: number,
  alter: (versions: readonly RowVersion[]) => RowVersion[],
  given: Partial<Reconciler> = {},
): Promise<Rebuildable> {
  const of = await caughtUp(await logOf(), size, given);
  return { ...of, rows: memoryRowStores({ 1: layerOf(alter(await scanned(of.rows.open(1)))) }) };
}

const scheduled = { by: 'schedule', reason: 'scheduled', checks: true } as const;

async function scheduledRebuild(of: Rebuildable): Promise<Rebuild> {
  const { id } = await startRebuild(of, scheduled);
  await reconcileToEnd(of);
  return recordOf(of, id);
}

const isSummary = ({ partition }: RowVersion): boolean => partition === 'all';
const at = (versions: readonly RowVersion[], index: number): RowVersion => {
  const version = versions.filter(isSummary)[index];
  if (!version) throw new Error(`there is no summary ${index}`);
  return version;
};

describe('drift', () => {
  test('drift is every row that is missing, extra or different, with the first five of each', async () => {
    const of = await altered(700, (versions) => {
      // Of rows that have no tombstone: one that hides nothing would count as missing, too.
      const ended = new Set(versions.filter(({ body }) => !body).map(keyText));
      const lasting = versions.filter((version) => isSummary(version) && !ended.has(keyText(version)));
      const gone = new Set(lasting.slice(0, 7));
      const other = at(versions, 20);
      return [
        ...versions.filter((version) => !gone.has(version) && version !== other),
        { ...other, body: { ...other.body, certainty: 'invented' } },
        { partition: 'topic/peace', sort: 'stray', position: 650, body: { certainty: 'asserted' } },
      ];
    });
    const record = await rebuild(of);
    expect(record).toMatchObject({
      phase: 'drifted',
      drift: { position: 699, missing: 7, extra: 1, different: 1 },
    });
    const { examples = [], rows } = record.drift ?? {};
    expect(rows).toBe((await scanned(of.rows.open(2))).length + 1);
    expect(examples.filter(({ kind }) => kind === 'missing')).toHaveLength(5);
    expect(examples.find(({ kind }) => kind === 'different')).toMatchObject({
      partition: 'all',
      pointer: '/certainty',
      live: '"invented"',
    });
    expect(examples.find(({ kind }) => kind === 'extra')).toEqual({
      kind: 'extra',
      partition: 'topic/peace',
      sort: 'stray',
      from: 650,
      pointer: '',
      live: '{"certainty":"asserted"}',
    });
    expect(of.alarms).toEqual(['rebuild 2 differs from the live rows: accept or cancel it']);
  });

  test.each([
    ['a row of the first window', ({ position }: RowVersion) => position < WINDOW_POSITIONS],
    [
      'a row of a later window',
      ({ position }: RowVersion) => position >= WINDOW_POSITIONS && position < 2 * WINDOW_POSITIONS,
    ],
    ['a row of the window that is open', ({ position }: RowVersion) => position >= 2 * WINDOW_POSITIONS],
    ['a delta of sums', ({ partition }: RowVersion) => partition === 'actor-counts-deltas'],
    ['a snapshot of sums', ({ partition }: RowVersion) => partition === 'actor-counts'],
    ['an entry of the directory', ({ partition }: RowVersion) => partition === 'directory'],
    ['a tombstone', ({ body }: RowVersion) => body === undefined],
  ])('drift is found if %s is missing', async (_, isLost) => {
    const of = await altered(SIZE, (versions) => {
      const lost = versions.findIndex(isLost);
      expect(lost).toBeGreaterThanOrEqual(0);
      return versions.filter((_version, index) => index !== lost);
    });
    expect(await rebuild(of)).toMatchObject({
      phase: 'drifted',
      drift: { missing: 1, extra: 0, different: 0 },
    });
  });

  test('drift is found if a row has the position of the next event', async () => {
    const of = await altered(700, (versions) => {
      // The moved row has no other version, so the new position is free.
      const keys = Map.groupBy(versions.filter(isSummary), keyText);
      const [moved] = [...keys.values()].find(({ length }) => length === 1) ?? [];
      expect(moved).toBeDefined();
      return versions.map((version) =>
        version === moved ? { ...version, position: version.position + 1 } : version,
      );
    });
    expect(await rebuild(of)).toMatchObject({
      phase: 'drifted',
      drift: { missing: 1, extra: 1, different: 0 },
    });
  });

  test('drift tells a tombstone from a row that is null', async () => {
    let hidden = -1;
    const nothing = null as unknown as object;
    const of = await altered(700, (versions) => {
      hidden = versions.findIndex(({ body }) => body === undefined);
      // The last version of a summary that has an earlier one.
      const positionsOf = ({ sort }: RowVersion): number[] =>
        versions.filter((each) => isSummary(each) && each.sort === sort).map(({ position }) => position);
      const shown = versions.findIndex(
        (version) =>
          isSummary(version) &&
          version.body &&
          positionsOf(version).length > 1 &&
          version.position === Math.max(...positionsOf(version)),
      );
      return versions.map((version, index) => {
        if (index === hidden) return { ...version, body: nothing };
        if (index !== shown) return version;
        const { body: _, ...tombstone } = version;
        return tombstone;
      });
    });
    const { drift } = await rebuild(of);
    expect(drift).toMatchObject({ missing: 0, extra: 0, different: 2 });
    const shown = drift?.examples.map(({ pointer, live, built }) => [pointer, live, built?.slice(0, 1)]);
    expect(shown?.toSorted()).toEqual([
      ['', 'null', 't'],
      ['', 'tombstone', '{'],
    ]);
  });

  test.each([
    ['at a position that the log does not have', { partition: 'topic/peace', position: 5_000 }],
    ['at the first position that the log does not have', { partition: 'topic/peace', position: 700 }],
    ['in a partition that no read model writes', { partition: 'nobody', position: 3 }],
    ['in such a partition, beyond the log', { partition: 'nobody/x', position: 5_000 }],
  ])('a rebuild, also a scheduled one, finds a drifted row %s', async (_, at) => {
    const stray = { sort: 'stray', body: {}, ...at };
    const of = await altered(700, (versions) => [...versions, stray]);
    const record = await scheduledRebuild(of);
    expect(record).toMatchObject({
      phase: 'drifted',
      drift: { missing: 0, extra: 1, different: 0 },
    });
    expect(record.drift?.examples).toEqual([
      { kind: 'extra', partition: at.partition, sort: 'stray', from: at.position, pointer: '', live: '{}' },
    ]);
    await acceptRebuild(of, record.id, by);
    await reconcileToEnd(of);
    expect(await scheduledRebuild(of)).toMatchObject({ phase: 'unchanged' });
  });

  test('drift is found if several processes compare the windows, each from the end of the one before', async () => {
    const of = await altered(SIZE, (versions) =>
      versions.map((version) =>
        isSummary(version) ? { ...version, body: { ...version.body, certainty: 'invented' } } : version,
      ),
    );
    const different = (await scanned(of.rows.open(1))).filter(isSummary).length;
    const { id } = await startRebuild(of, operatorRequest);
    const short = { ...of, rows: pagesOf(of.rows, 20_000), mayContinue: () => false };
    for (let phase = ''; phase !== 'drifted'; { phase } = await recordOf(of, id)) await reconciler(short)();
    expect((await recordOf(of, id)).drift).toMatchObject({ missing: 0, extra: 0, different });
  });

  test('rows that exist but were missing from the scan are no drift', async () => {
    const of = await caughtUp(await logOf(), 700);
    const hidden = keyText(at(await scanned(of.rows.open(1)), 30));
    const eventual = {
      ...of.rows,
      open: (generation: number) => ({
        ...of.rows.open(generation),
        scan: async (after?: string) => {
          const page = await of.rows.open(generation).scan(after);
          return { ...page, versions: page.versions.filter((version) => keyText(version) !== hidden) };
        },
      }),
    };
    expect(await rebuild({ ...of, rows: eventual })).toMatchObject({
      phase: 'switched',
      drift: { missing: 0, extra: 0, different: 0 },
    });
  });

  test('drift does not count events that are recorded while the rebuild runs', async () => {
    const of = await caughtUp(await logOf(), 300);
    const { id } = await startRebuild(of, operatorRequest);
    of.publishTo(SIZE);
    await catchUp(of);
    await reconcileToEnd(of);
    expect(await recordOf(of, id)).toMatchObject({ phase: 'switched', drift: { position: 299 } });
    expect(of.rows.of(2).text()).toBe(of.rows.of(1).text());
  });
});

const withStray = (versions: readonly RowVersion[]): RowVersion[] => [
  ...versions,
  { partition: 'topic/peace', sort: 'stray', position: 50, body: {} },
];

describe('a rebuild that drifted', () => {
  test('a rebuild that drifted is promoted once it is accepted, after it caught up', async () => {
    const of = await altered(300, withStray);
    const { id } = await rebuild(of);
    expect([await needsDecision(of), await needsReconciling(of)]).toEqual([true, false]);
    of.publishTo(350);
    await catchUp(of);
    expect(await acceptRebuild(of, id, by)).toMatchObject({ phase: 'switching', accepted: { by } });
    expect(await acceptRebuild(of, id, 'another')).toMatchObject({ accepted: { by } });
    await reconcileToEnd(of);
    expect(await recordOf(of, id)).toMatchObject({ phase: 'switched', accepted: { by } });
    const { live, generations } = await generationsOf(of);
    expect([live, generations[2]]).toEqual([2, generations[1]]);
    expect(await needsDecision(of)).toBe(false);
  });

  test('a rebuild that drifted leaves the live generation if it is cancelled', async () => {
    const of = await altered(300, withStray);
    const { id } = await rebuild(of);
    await cancelRebuild(of, id, { by, why: 'requested' });
    expect(await generationsOf(of)).toMatchObject({ live: 1, removing: { 2: of.clock() } });
  });

  test('a rebuild cannot be accepted before it has drifted, or after it has ended', async () => {
    const of = await caughtUp(await logOf(), 300);
    const { id } = await startRebuild(of, operatorRequest);
    expect(await refusalFrom(acceptRebuild(of, id, by))).toMatchObject({ code: 'rebuild-not-waiting' });
    await reconcileToEnd(of);
    expect(await refusalFrom(acceptRebuild(of, id, by))).toMatchObject({ details: { phase: 'switched' } });
  });

  test('a rebuild that drifted is compared again if readers are rolled back meanwhile', async () => {
    const of = await altered(300, withStray);
    const { id } = await rebuild(of);
    await acceptRebuild(of, id, by);
    await reconcileToEnd(of);
    // Now the generation with the stray row is kept, and the sound one is live.
    await rebuild(of);
    const next = await startRebuild(of, operatorRequest);
    const step = reconciler(of);
    await step();
    await rollBack(of, 1, by);
    while (await step()) {}
    expect(await recordOf(of, next.id)).toMatchObject({ phase: 'drifted', comparison: { against: 1 } });
    await rollBack(of, 2, by);
    await reconcileToEnd(of);
    expect(await recordOf(of, next.id)).toMatchObject({ phase: 'switched', comparison: { against: 2 } });
    expect(await generationsOf(of)).toMatchObject({ live: next.id });
  });
});

describe('a scheduled rebuild', () => {
  test('a scheduled rebuild without drift ends unchanged, and has written no row', async () => {
    const of = await caughtUp(await logOf(), SIZE);
    const before = await generationsOf(of);
    const record = await scheduledRebuild(of);
    expect(record).toMatchObject({ phase: 'unchanged', drift: { position: SIZE - 1, missing: 0 } });
    expect(record.drift?.rows).toBe((await scanned(of.rows.open(1))).length);
    expect(await of.rows.list()).toEqual([1]);
    expect(await generationsOf(of)).toMatchObject({ live: before.live, generations: before.generations });
    expect(record.compared).toBeUndefined();
    expect(await refusalFrom(cancelRebuild(of, 2, { by, why: 'requested' }))).toMatchObject({
      code: 'rebuild-over',
    });
  });

  test('a scheduled rebuild without drift ends unchanged if another process takes each step', async () => {
    const of = await altered(SIZE, (versions) => [...versions]);
    const { id } = await startRebuild(of, scheduled);
    const short = { ...of, rows: pagesOf(of.rows, 20_000), mayContinue: () => false };
    for (let more = true; more;) more = await reconciler(short)();
    expect(await recordOf(of, id)).toMatchObject({ phase: 'unchanged' });
  });

  test('a scheduled rebuild with drift writes a new generation, and waits for a decision', async () => {
    const of = await altered(300, withStray);
    expect(await scheduledRebuild(of)).toMatchObject({ phase: 'drifted', drift: { missing: 0, extra: 1 } });
    expect(await of.rows.list()).toEqual([1, 2]);
  });

  test('a scheduled rebuild begins one interval after the last rebuild began, for any reason of the last one', async () => {
    const of = await caughtUp(await logOf(), 30, { schedule: 100_000 });
    await reconcileToEnd(of);
    expect((await generationsOf(of)).last).toBe(1);
    of.pass(99_999);
    await reconcileToEnd(of);
    expect([(await generationsOf(of)).last, await needsReconciling(of)]).toEqual([1, false]);
    of.pass(1);
    expect(await needsReconciling(of)).toBe(true);
    await reconcileToEnd(of);
    expect(await recordOf(of, 2)).toMatchObject({
      phase: 'unchanged',
      reason: 'scheduled',
      started: { by: 'schedule' },
    });
    of.pass(50_000);
    expect(await rebuild(of)).toMatchObject({ id: 3, phase: 'switched' });
    of.pass(50_000);
    await reconcileToEnd(of);
    expect((await generationsOf(of)).last).toBe(3);
    of.pass(50_000);
    await reconcileToEnd(of);
    expect(await recordOf(of, 4)).toMatchObject({ phase: 'unchanged' });
  });

  test('a scheduled rebuild writes a new generation if the setting requires it', async () => {
    const of = await caughtUp(await logOf(), 30, { schedule: 100_000, alwaysWrites: true });
    await reconcileToEnd(of);
    of.pass(100_000);
    await reconcileToEnd(of);
    expect(await recordOf(of, 2)).toMatchObject({ phase: 'switched', reason: 'scheduled' });
    expect(await generationsOf(of)).toMatchObject({ live: 2 });
  });
});

describe('a read model of another version', () => {
  const models = readModels.map((model) =>
    model.name === 'actors' ? { ...model, version: model.version + 1 } : model,
  );

  test('a read model of another version is folded into a new generation, which is promoted without a decision', async () => {
    const of = await altered(300, (versions) =>
      versions.filter(({ partition }) => partition !== 'directory'),
    );
    await reconcileToEnd({ ...of, models });
    expect(await recordOf(of, 2)).toMatchObject({ reason: 'new-version', phase: 'switched' });
    expect((await generationsOf(of)).generations[2]?.['actors']).toEqual({
      version: actors.version + 1,
      next: 300,
    });
  });

  test('partitions that only the older version of a read model wrote to are no drift', async () => {
    const of = await altered(300, (versions) => [
      ...versions,
      { partition: 'before/x', sort: 'a', position: 3, body: {} },
    ]);
    await reconcileToEnd({ ...of, models });
    expect(await recordOf(of, 2)).toMatchObject({ reason: 'new-version', phase: 'switched' });
  });

  test('the rebuild of a read model of another version waits for a decision if the rows of another one drifted', async () => {
    const of = await altered(300, withStray);
    await reconcileToEnd({ ...of, models });
    expect(await recordOf(of, 2)).toMatchObject({
      reason: 'new-version',
      phase: 'drifted',
      drift: { extra: 1 },
    });
  });

  test('a read model of another version ends a rebuild of the older version, and begins another', async () => {
    const of = await caughtUp(await logOf(), 300);
    await startRebuild(of, operatorRequest);
    await reconciler(of)();
    await reconcileToEnd({ ...of, models });
    expect(await recordOf(of, 2)).toMatchObject({ phase: 'cancelled', cancelled: { why: 'superseded' } });
    expect(await recordOf(of, 3)).toMatchObject({
      phase: 'switched',
      versions: { actors: actors.version + 1 },
    });
  });

  test('a read model of another version is not folded again after a scheduled check if a client cancelled its rebuild', async () => {
    const of = await caughtUp(await logOf(), 300);
    const changed = { ...of, models };
    await reconciler(changed)();
    await cancelRebuild(changed, 2, { by, why: 'requested' });
    await scheduledRebuild(changed);
    expect(await recordOf(of, 3)).toMatchObject({ reason: 'scheduled', phase: 'unchanged' });
    await reconcileToEnd(changed);
    expect(await generationsOf(of)).toMatchObject({ live: 1, last: 3 });
  });

  test('a read model of another version is folded if a client cancelled only a scheduled check', async () => {
    const of = await caughtUp(await logOf(), 300);
    const changed = { ...of, models };
    const { id } = await startRebuild(changed, scheduled);
    await cancelRebuild(changed, id, { by, why: 'requested' });
    await reconcileToEnd(changed);
    expect(await recordOf(of, 3)).toMatchObject({ reason: 'new-version', phase: 'switched' });
  });

  test('a read model of another version is not folded again if a client cancelled its rebuild', async () => {
    const of = await caughtUp(await logOf(), 300);
    const changed = { ...of, models };
    await reconciler(changed)();
    await cancelRebuild(changed, 2, { by, why: 'requested' });
    await reconcileToEnd(changed);
    expect(await generationsOf(of)).toMatchObject({ live: 1, last: 2 });
  });
});

describe('an event that stops a rebuild', () => {
  const broken = (name: string) =>
    readModels.map((model) =>
      model.name === name
        ? {
            ...model,
            rowsOf: () => {
              throw new Error('no such actor');
            },
          }
        : model,
    );

  test('an event that stops a rebuild but not the live rows makes it wait, and the operator is told once', async () => {
    const of = await caughtUp(await logOf(), 300);
    const stuck = { ...of, models: broken('lines') };
    const { id } = await startRebuild(stuck, operatorRequest);
    const step = reconciler(stuck);
    await reconcileToEnd(stuck, step);
    await reconcileToEnd(stuck, step);
    expect(await recordOf(of, id)).toMatchObject({
      phase: 'folding',
      checkpoints: { actors: { next: 300 }, lines: { stopped: { position: 0, reason: 'no such actor' } } },
    });
    expect(of.alarms).toEqual(['rebuild 2 is stopped in lines at position 0: no such actor']);
    expect([await needsDecision(stuck), await needsReconciling(stuck)]).toEqual([true, false]);
    // If code is deployed without a restart of the runner, each check finds that the rebuild needs reconciling.
    expect(await needsReconciling(stuck, 0)).toBe(true);
    of.pass(3_600_000);
    expect(await needsReconciling(stuck)).toBe(true);
    // Code that can fold it was deployed.
    await reconcileToEnd(of);
    expect(await recordOf(of, id)).toMatchObject({ phase: 'switched', drift: { missing: 0, extra: 0 } });
    expect(of.rows.of(2).text()).toBe(of.rows.of(1).text());
  });

  test('a rebuild that stops at the same event as the live rows is promoted', async () => {
    const stuck = await caughtUp(await logOf(), 300, { models: broken('lines') });
    expect(await rebuild(stuck)).toMatchObject({ phase: 'switched', drift: { missing: 0, extra: 0 } });
    expect((await generationsOf(stuck)).generations[2]?.['lines']?.stopped?.position).toBe(0);
  });
});
