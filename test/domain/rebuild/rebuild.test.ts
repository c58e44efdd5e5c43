// A rebuild that nothing disturbs: it makes the same rows beside those that are read, switches, can be gone back from,
// and leaves nothing of what it replaced.
import { describe, expect, test, vi } from 'vitest';
import { shardPartitions, SHARDS } from '../../../domain/generation.ts';
import { catchUp, eventReader, startFolding } from '../../../domain/project.ts';
import { hasEnded, readRebuilds } from '../../../domain/rebuild/records.ts';
import { cancelRebuild, goBack, startRebuild } from '../../../domain/rebuild/requests.ts';
import type { Table } from '../../../domain/ports.ts';
import { HOLD_MS } from '../../../domain/rebuild/run.ts';
import { tending } from '../../../domain/rebuild/tend.ts';
import { readProjection } from '../../../domain/projections.ts';
import { views } from '../../../domain/views/all.ts';
import { actors } from '../../../domain/views/actors.ts';
import { meeting } from '../../../domain/views/meeting.ts';
import { publish, publishAtOnce, rowsOf } from '../../support/projected.ts';
import { randomHistory } from '../../support/random-history.ts';
import {
  asked,
  generationText,
  GRACE_MS,
  LATE_MS,
  projectionOf,
  rebuild,
  rebuildable,
  recordOf,
  tend,
  type Rebuilding,
} from '../../support/rebuilding.ts';
import { refusalFrom } from '../../support/refusals.ts';
import { tiny } from '../../support/tiny-view.ts';

vi.setConfig({ testTimeout: 300_000 });

const all = [...views, tiny];

/** An archive whose views are caught up. */
async function caughtUp(length: number, of = rebuildable()): Promise<Rebuilding> {
  await publishAtOnce(of, randomHistory(1, length));
  for (const view of all) await catchUp(of, view);
  return of;
}

const by = 'operator:lena';

describe('a rebuild', () => {
  test.each(all.map((view) => [view.name, view] as const))(
    'of %s makes the same, row by row, and switches',
    async (_, view) => {
      const of = await caughtUp(700);
      const record = await rebuild(of, view);
      expect(record).toMatchObject({ id: 2, phase: 'switched', reason: 'requested', started: { by } });
      const rows = rowsOf(of.views, view, 1).length;
      expect(record.drift).toEqual({ position: 699, rows, missing: 0, extra: 0, different: 0, examples: [] });
      expect(rows).toBeGreaterThan(0);
      expect(generationText(of, view, 2)).toBe(generationText(of, view, 1));
      expect(of.alarms).toEqual([]);
    },
  );

  test('takes bounded steps, each of one batch, and says how far it is', async () => {
    const of = await caughtUp(1_000);
    const { id } = await startRebuild(of, tiny, asked);
    const step = tending(of, eventReader(of));
    const seen: unknown[] = [];
    for (let more = true; more;) {
      of.pass(2_000);
      more = await step(tiny);
      const { phase, progress } = await recordOf(of, tiny, id);
      if (progress && !hasEnded(await recordOf(of, tiny, id)))
        seen.push([phase, progress.unit, progress.done, progress.total, progress.rate]);
    }
    expect(seen.slice(0, 3)).toEqual([
      ['folding', 'events', 0, 1_000, undefined],
      ['folding', 'events', 256, 1_000, 128],
      ['folding', 'events', 512, 1_000, 128],
    ]);
    expect(seen.slice(3, 6)).toEqual([
      ['comparing', 'sixteenths', 0, SHARDS, undefined],
      ['comparing', 'sixteenths', 1, SHARDS, 0.5],
      ['comparing', 'sixteenths', 2, SHARDS, 0.5],
    ]);
    expect((await recordOf(of, tiny, id)).endedAt).toBeGreaterThan(0);
  });

  test('is gone on with by whoever had it before, after another has ended in the midst of a batch', async () => {
    const of = await caughtUp(1_000);
    const { id } = await startRebuild(of, actors, asked);
    const first = tending(of, eventReader(of));
    await first(actors);
    of.pass(HOLD_MS + 1);
    const ends: Table = {
      ...of.views,
      putIf: async (item, version) => {
        if (item.partition === 'projections') throw new Error('it ended before it said how far it is');
        return of.views.putIf(item, version);
      },
    };
    const other = tending({ ...of, views: ends, runner: 'another' }, eventReader(of));
    await expect(other(actors)).rejects.toThrow('it ended');
    of.pass(HOLD_MS + 1);
    while (await first(actors)) {}
    expect((await recordOf(of, actors, id)).drift).toMatchObject({ missing: 0, extra: 0, different: 0 });
    expect(generationText(of, actors, id)).toBe(generationText(of, actors, 1));
  });

  test('writes nothing further once the lease of its runner ends within a batch', async () => {
    const of = await caughtUp(100);
    const { id } = await startRebuild(of, actors, asked);
    const leases: { readonly ms: number; readonly lease: AbortController }[] = [];
    let writes = 0;
    const slow: Rebuilding = {
      ...of,
      abortAfter: (ms) => {
        const lease = new AbortController();
        leases.push({ ms, lease });
        return lease.signal;
      },
      views: {
        ...of.views,
        putAll: async (items, signal) => {
          writes++;
          await of.views.putAll(items, signal);
          // The next write of the batch comes after the lease.
          leases[0]?.lease.abort(new Error('the lease is over'));
        },
      },
    };
    await expect(tending(slow, eventReader(slow))(actors)).rejects.toThrow('the lease is over');
    expect(leases.map(({ ms }) => ms)).toEqual([HOLD_MS / 2]);
    expect(writes).toBe(2);
    expect((await projectionOf(of, actors)).generations[id]?.next).toBe(0);
    of.pass(HOLD_MS + 1);
    await tend({ ...of, runner: 'another' }, actors);
    expect(await recordOf(of, actors, id)).toMatchObject({
      phase: 'switched',
      drift: { missing: 0, extra: 0, different: 0 },
    });
  });

  test('switches though something is recorded between any two of its steps', async () => {
    const of = rebuildable();
    const entries = randomHistory(1, 200);
    await publish(of, entries.slice(0, 20));
    await catchUp(of, tiny);
    await startRebuild(of, tiny, asked);
    const step = tending(of, eventReader(of));
    let published = 20;
    for (let more = true; more;) {
      more = await step(tiny);
      await publish(of, entries.slice(published, ++published));
      await catchUp(of, tiny);
    }
    const { live, generations } = await projectionOf(of, tiny);
    expect([live, generations[2]?.next]).toEqual([2, generations[1]?.next]);
    expect(published).toBeGreaterThan(35);
    expect(published).toBeLessThan(60);
    expect(generationText(of, tiny, 2)).toBe(generationText(of, tiny, 1));
  });

  test('of a view that has folded nothing yet, and of an archive without events, ends as well', async () => {
    const of = rebuildable();
    expect(await rebuild(of, tiny)).toMatchObject({ phase: 'switched', drift: { position: -1 } });
    await publish(of, randomHistory(1, 10));
    expect(await rebuild(of, meeting)).toMatchObject({ phase: 'switched', drift: { position: -1 } });
    expect((await projectionOf(of, meeting)).generations[2]).toEqual({ version: meeting.version, next: 10 });
  });

  test('leaves every other view as it is', async () => {
    const of = await caughtUp(100);
    const before = await Promise.all(views.map((view) => projectionOf(of, view)));
    await rebuild(of, tiny);
    expect(await Promise.all(views.map((view) => projectionOf(of, view)))).toEqual(before);
  });

  test('is recorded for good, the last one first', async () => {
    const of = await caughtUp(30);
    await rebuild(of, tiny);
    await rebuild(of, tiny);
    const { id } = await startRebuild(of, tiny, { by: 'schedule', reason: 'scheduled' });
    await cancelRebuild(of, tiny, id, { by, why: 'requested' });
    const records = await Array.fromAsync(readRebuilds(of.views, tiny));
    expect(records.map((each) => [each.id, each.reason, each.phase])).toEqual([
      [4, 'scheduled', 'cancelled'],
      [3, 'requested', 'switched'],
      [2, 'requested', 'switched'],
    ]);
    expect(records[0]?.cancelled).toMatchObject({ by, why: 'requested' });
  });
});

describe('of two rebuilds of one view', () => {
  test('the second is refused, and told which one runs', async () => {
    const of = await caughtUp(30);
    const { id } = await startRebuild(of, tiny, asked);
    expect(await refusalFrom(startRebuild(of, tiny, asked))).toMatchObject({
      code: 'rebuild-running',
      details: { rebuild: id },
    });
    expect(await Array.fromAsync(readRebuilds(of.views, tiny))).toHaveLength(1);
  });

  test('that are asked for at once, one begins', async () => {
    const of = await caughtUp(30);
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => startRebuild(of, tiny, asked)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await projectionOf(of, tiny)).toMatchObject({ building: 2, last: 2 });
  });

  test('the next may begin once the first is over', async () => {
    const of = await caughtUp(30);
    await rebuild(of, tiny);
    expect(await rebuild(of, tiny)).toMatchObject({ id: 3, phase: 'switched' });
  });
});

const partitionsOf = (number: number): Set<string> =>
  new Set((['live', 'past'] as const).flatMap((part) => shardPartitions({ view: tiny.name, number }, part)));

const itemsOf = (of: Rebuilding, number: number) => {
  const partitions = partitionsOf(number);
  return of.views.items().filter(({ partition }) => partitions.has(partition));
};

describe('what was read before', () => {
  test('is folded on until its grace is over', async () => {
    const of = await caughtUp(30);
    await rebuild(of, tiny);
    await publishAtOnce(of, randomHistory(1, 45).slice(30));
    await catchUp(of, tiny);
    expect(generationText(of, tiny, 1)).toBe(generationText(of, tiny, 2));
    expect(await projectionOf(of, tiny)).toMatchObject({
      live: 2,
      kept: { 1: of.clock() + GRACE_MS },
      generations: { 1: { next: 45 }, 2: { next: 45 } },
    });
  });

  test('goes after that, wholly, and nothing else does', async () => {
    const of = await caughtUp(300);
    await rebuild(of, tiny);
    of.pass(GRACE_MS - 1);
    await tend(of, tiny);
    expect(itemsOf(of, 1)).not.toEqual([]);
    const others = () =>
      of.views
        .items()
        .filter(({ partition }) => !partitionsOf(1).has(partition) && partition !== 'projections');
    const before = others();
    of.pass(1);
    await tend(of, tiny);
    expect((await projectionOf(of, tiny)).generations).toEqual({ 2: { version: tiny.version, next: 300 } });
    // Whoever began to read it still can.
    expect(itemsOf(of, 1)).not.toEqual([]);
    of.pass(LATE_MS);
    await tend(of, tiny);
    expect(itemsOf(of, 1)).toEqual([]);
    expect(others()).toEqual(before);
    expect(await projectionOf(of, tiny)).toEqual({
      live: 2,
      last: 2,
      generations: { 2: { version: tiny.version, next: 300 } },
    });
  });

  test('stays for its own time, though another rebuild has switched', async () => {
    const of = await caughtUp(30);
    await rebuild(of, tiny);
    const first = of.clock() + GRACE_MS;
    of.pass(1_000);
    await rebuild(of, tiny);
    expect(await projectionOf(of, tiny)).toMatchObject({ live: 3, kept: { 1: first, 2: first + 1_000 } });
    await publishAtOnce(of, randomHistory(1, 45).slice(30));
    await catchUp(of, tiny);
    expect(generationText(of, tiny, 1)).toBe(generationText(of, tiny, 3));
    of.pass(GRACE_MS - 1_000);
    await tend(of, tiny);
    of.pass(LATE_MS);
    await tend(of, tiny);
    expect(itemsOf(of, 1)).toEqual([]);
    expect(itemsOf(of, 2)).not.toEqual([]);
  });

  test('is gone back to over what was read in between', async () => {
    const of = await caughtUp(30);
    await rebuild(of, tiny);
    await rebuild(of, tiny);
    expect(await goBack(of, tiny, 1, by)).toMatchObject({
      live: 1,
      kept: { 2: expect.any(Number), 3: of.clock() + GRACE_MS },
    });
    expect(await recordOf(of, tiny, 3)).toMatchObject({ wentBack: { to: 1 } });
  });

  test('is not gone back to once its time is over, though nobody has let it go yet', async () => {
    const of = await caughtUp(30);
    await rebuild(of, tiny);
    of.pass(GRACE_MS);
    const refusal = await refusalFrom(goBack(of, tiny, 1, by));
    expect([refusal.code, refusal.message]).toEqual([
      'no-way-back',
      expect.stringContaining('nothing is kept'),
    ]);
  });

  test('is kept also where an item of before names one alone', async () => {
    const of = await caughtUp(30);
    await rebuild(of, tiny);
    const { writes, kept, ...others } = await readProjection(of.views, tiny);
    const body = { ...others, previous: { number: 1, until: kept?.[1] } };
    expect(await of.views.putIf({ partition: 'projections', sort: tiny.name, body }, writes)).toBe(true);
    expect(await goBack(of, tiny, 1, by)).toMatchObject({ live: 1, kept: { 2: expect.any(Number) } });
    expect((await of.views.get('projections', tiny.name))?.body).not.toHaveProperty('previous');
  });

  test('can be gone back to by one call, and forth again', async () => {
    const of = await caughtUp(30);
    await rebuild(of, tiny);
    of.pass(1_000);
    expect(await goBack(of, tiny, 1, by)).toMatchObject({
      live: 1,
      kept: { 2: of.clock() + GRACE_MS },
    });
    expect(await recordOf(of, tiny, 2)).toMatchObject({ wentBack: { by, at: of.clock(), to: 1 } });
    await publishAtOnce(of, randomHistory(1, 45).slice(30));
    await catchUp(of, tiny);
    expect(await goBack(of, tiny, 2, by)).toMatchObject({ live: 2, kept: { 1: expect.any(Number) } });
    expect((await recordOf(of, tiny, 2)).wentBack?.to).toBe(2);
  });

  test('is read once, however often going back is asked for', async () => {
    const of = await caughtUp(30);
    await rebuild(of, tiny);
    const first = await goBack(of, tiny, 1, by);
    of.pass(1_000);
    expect(await goBack(of, tiny, 1, by)).toEqual(first);
  });

  test('is not gone back to where that would be a step back, or where it is gone', async () => {
    const of = await caughtUp(30);
    expect(await refusalFrom(goBack(of, tiny, 1, by).then(() => goBack(of, tiny, 7, by)))).toMatchObject({
      code: 'no-way-back',
    });
    await rebuild(of, tiny);
    await publishAtOnce(of, randomHistory(1, 33).slice(30));
    // Only what is read was folded on.
    await startFolding(of, tiny, 2).step(1);
    const refusal = await refusalFrom(goBack(of, tiny, 1, by));
    expect(refusal).toMatchObject({ code: 'no-way-back', details: { behind: true } });
    expect(refusal.message).toContain('3 events behind');
    await catchUp(of, tiny);
    await goBack(of, tiny, 1, by);
    of.pass(GRACE_MS);
    await tend(of, tiny);
    expect(await refusalFrom(goBack(of, tiny, 2, by))).toMatchObject({
      code: 'no-way-back',
      details: { behind: false },
    });
  });
});

describe('a rebuild that is cancelled', () => {
  test.each([0, 1, 2, 5, 12, 18])(
    'after %i steps leaves what is read, and no row of its own',
    async (steps) => {
      const of = await caughtUp(600);
      const before = itemsOf(of, 1);
      const { id } = await startRebuild(of, tiny, asked);
      const step = tending(of, eventReader(of));
      for (let taken = 0; taken < steps; taken++) await step(tiny);
      expect(await cancelRebuild(of, tiny, id, { by, why: 'requested' })).toMatchObject({
        phase: 'cancelled',
        cancelled: { by },
        endedAt: of.clock(),
      });
      await tend(of, tiny);
      of.pass(LATE_MS);
      await tend(of, tiny);
      expect(itemsOf(of, id)).toEqual([]);
      expect(itemsOf(of, 1)).toEqual(before);
      expect(await projectionOf(of, tiny)).toMatchObject({ live: 1, last: 2 });
      expect(await rebuild(of, tiny)).toMatchObject({ id: 3, phase: 'switched' });
    },
  );

  test('is cancelled once, however often it is asked for', async () => {
    const of = await caughtUp(30);
    const { id } = await startRebuild(of, tiny, asked);
    const first = await cancelRebuild(of, tiny, id, { by, why: 'requested' });
    of.pass(1_000);
    expect(await cancelRebuild(of, tiny, id, { by: 'somebody else', why: 'requested' })).toEqual(first);
  });

  test('cannot be once it has switched', async () => {
    const of = await caughtUp(30);
    const { id } = await rebuild(of, tiny);
    expect(await refusalFrom(cancelRebuild(of, tiny, id, { by, why: 'requested' }))).toMatchObject({
      code: 'rebuild-over',
    });
    expect(await recordOf(of, tiny, id)).toMatchObject({ phase: 'switched' });
  });
});
