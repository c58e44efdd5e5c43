// A fold of another version, and folds that stop: what rebuilds themselves and what waits for somebody.
import { describe, expect, test } from 'vitest';
import { catchUp, eventReader } from '../../../domain/project.ts';
import { acceptRebuild, cancelRebuild, goBack, startRebuild } from '../../../domain/rebuild/requests.ts';
import { HOLD_MS, needsDecision, waits } from '../../../domain/rebuild/run.ts';
import { isDue, tending } from '../../../domain/rebuild/tend.ts';
import type { View } from '../../../domain/views/view.ts';
import { foldPlainly, publishAtOnce, rowsOf, standing } from '../../support/projected.ts';
import { randomHistory } from '../../support/random-history.ts';
import {
  asked,
  generationText,
  GRACE_MS,
  projectionOf,
  rebuild,
  rebuildable,
  recordOf,
  tend,
  type Rebuilding,
} from '../../support/rebuilding.ts';
import { refusalFrom } from '../../support/refusals.ts';
import { tiny } from '../../support/tiny-view.ts';

const by = 'operator:lena';
const entries = randomHistory(1, 60);

/** The same fold, which says something else of each event. */
const next: View = {
  ...tiny,
  version: 4,
  fold: (event, row, place) =>
    tiny
      .fold(event, row, place)
      .map((change) => ({ ...change, ...(change.body ? { body: { now: change.body } } : {}) })),
};
const last: View = { ...next, version: 5 };

/** It cannot fold the event at this position. */
const stoppingAt = (view: View, at: number): View => ({
  ...view,
  fold: (event, row, place) => {
    if (place.position === at) throw new Error('no such actor');
    return view.fold(event, row, place);
  },
});

async function caughtUp(length: number, view = tiny): Promise<Rebuilding> {
  const of = rebuildable();
  await publishAtOnce(of, entries.slice(0, length));
  await catchUp(of, view);
  return of;
}

/** `next` reads what it wrote under its own name for it. */
const nextPlainly = (length: number) => foldPlainly(next, entries.slice(0, length))[length - 1];

describe('a view whose version changed', () => {
  test('keeps its rows, folds none of them on, and is made anew by itself', async () => {
    const of = await caughtUp(40);
    const before = generationText(of, tiny, 1);
    await publishAtOnce(of, entries.slice(40));
    await catchUp(of, next);
    expect(await projectionOf(of, next)).toEqual({ live: 1, generations: { 1: { version: 3, next: 40 } } });
    expect(await isDue(of, next)).toBe(true);
    await tend(of, next);
    expect(generationText(of, tiny, 1)).toBe(before);
    expect(standing(rowsOf(of.views, next, 2))(59)).toBe(nextPlainly(60));
    const record = await recordOf(of, next, 2);
    expect(record).toMatchObject({
      reason: 'new-version',
      started: { by: 'archive' },
      version: 4,
      phase: 'switched',
    });
    // Shown, as of what both had folded, though it holds nobody up.
    expect(record.drift?.position).toBe(39);
    expect(record.drift?.different).toBeGreaterThan(0);
    expect(of.alarms).toEqual([]);
  });

  test('is not gone back from until the older version is deployed again', async () => {
    const of = await caughtUp(60);
    await tend(of, next);
    const refusal = await refusalFrom(goBack(of, next, 1, by));
    expect(refusal.code).toBe('no-way-back');
    expect(refusal.message).toContain('version 3');
    await catchUp(of, tiny);
    expect(await goBack(of, tiny, 1, by)).toMatchObject({ live: 1, kept: { 2: expect.any(Number) } });
    await tend(of, tiny);
    expect(await projectionOf(of, tiny)).toMatchObject({ live: 1, last: 2 });
  });

  test('is left alone where nothing was folded yet', async () => {
    const of = rebuildable();
    expect(await isDue(of, next)).toBe(false);
    await tend(of, next);
    expect(of.views.items()).toEqual([]);
  });

  test('does not begin again what somebody called off', async () => {
    const of = await caughtUp(60);
    const step = tending(of, eventReader(of));
    await step(next);
    await cancelRebuild(of, next, 2, { by, why: 'requested' });
    await tend(of, next);
    expect(await isDue(of, next)).toBe(false);
    expect(await projectionOf(of, next)).toMatchObject({ live: 1, last: 2 });
    expect(await rebuild(of, next)).toMatchObject({ id: 3, phase: 'switched' });
  });

  test('once more while it is rebuilt, is rebuilt by the newer one', async () => {
    const of = await caughtUp(60);
    const step = tending(of, eventReader(of));
    for (let taken = 0; taken < 3; taken++) await step(next);
    await tend(of, last);
    expect(await recordOf(of, last, 2)).toMatchObject({
      phase: 'cancelled',
      cancelled: { by: 'archive', why: 'superseded' },
    });
    expect(await recordOf(of, last, 3)).toMatchObject({ phase: 'switched', version: 5 });
    expect((await projectionOf(of, last)).generations[3]).toEqual({ version: 5, next: 60 });
  });

  test('and back again while it is rebuilt, stays as it was', async () => {
    const of = await caughtUp(60);
    const step = tending(of, eventReader(of));
    for (let taken = 0; taken < 3; taken++) await step(next);
    await tend(of, tiny);
    expect(await recordOf(of, tiny, 2)).toMatchObject({
      phase: 'cancelled',
      cancelled: { why: 'superseded' },
    });
    expect(await projectionOf(of, tiny)).toMatchObject({ live: 1 });
    // And forth: what was only superseded begins again.
    await tend(of, next);
    expect(await projectionOf(of, next)).toMatchObject({ live: 3 });
  });
});

describe('a rebuild that finds drift in an unchanged view', () => {
  async function drifted(): Promise<Rebuilding> {
    const of = await caughtUp(60);
    const row = of.views.items().find(({ partition }) => partition.startsWith('tiny~1/live'));
    if (!row) throw new Error('there is no row');
    await of.views.putAll([{ ...row, body: { odd: true } }]);
    await rebuild(of, tiny);
    return of;
  }

  test('waits, with what it found, of which each process tells once', async () => {
    const of = await drifted();
    const record = await recordOf(of, tiny, 2);
    expect(record).toMatchObject({ phase: 'drifted', drift: { different: 1, missing: 0, extra: 0 } });
    expect(record.drift?.examples).toHaveLength(1);
    expect(waits(record, await projectionOf(of, tiny))).toBe(true);
    expect(await needsDecision(of.views, tiny, await projectionOf(of, tiny))).toBe(true);
    of.alarms.length = 0;
    const step = tending(of, eventReader(of));
    for (let taken = 0; taken < 3; taken++) expect(await step(tiny)).toBe(false);
    expect(of.alarms).toEqual(['rebuild 2 of view tiny differs from what is read: accept or cancel it']);
    expect(await isDue(of, tiny)).toBe(false);
    expect(await projectionOf(of, tiny)).toMatchObject({ live: 1, building: 2 });
  });

  test('switches once it is accepted, after it has caught up again', async () => {
    const of = await drifted();
    of.pass(5 * GRACE_MS);
    expect(await acceptRebuild(of, tiny, 2, by)).toMatchObject({ phase: 'switching', accepted: { by } });
    expect(await acceptRebuild(of, tiny, 2, 'somebody else')).toMatchObject({ accepted: { by } });
    await tend(of, tiny);
    expect(await recordOf(of, tiny, 2)).toMatchObject({ phase: 'switched', drift: { different: 1 } });
    expect(standing(rowsOf(of.views, tiny, 2))(59)).toBe(foldPlainly(tiny, entries)[59]);
  });

  test('goes where it is cancelled', async () => {
    const of = await drifted();
    await cancelRebuild(of, tiny, 2, { by, why: 'requested' });
    expect(await projectionOf(of, tiny)).toMatchObject({ live: 1, removing: { 2: of.clock() } });
  });

  test('only then waits to be accepted', async () => {
    const of = await caughtUp(60);
    await startRebuild(of, tiny, asked);
    const refusal = await refusalFrom(acceptRebuild(of, tiny, 2, by));
    expect([refusal.code, refusal.details]).toEqual(['rebuild-not-waiting', { phase: 'folding' }]);
  });
});

describe('a fold that cannot fold an event', () => {
  test('stops its rebuild where what is read went on, which is tried again and goes on once mended', async () => {
    const of = await caughtUp(60);
    const broken = stoppingAt(next, 37);
    await tend(of, broken);
    expect(of.alarms).toEqual(['rebuild 2 of view tiny is stopped at position 37: no such actor']);
    expect(await projectionOf(of, broken)).toMatchObject({
      live: 1,
      building: 2,
      generations: { 2: { next: 37, stopped: { position: 37, reason: 'no such actor' } } },
    });
    const record = await recordOf(of, broken, 2);
    expect([record.phase, waits(record, await projectionOf(of, broken))]).toEqual(['folding', true]);
    expect(await needsDecision(of.views, broken, await projectionOf(of, broken))).toBe(true);
    // Not at once by somebody else: it would stop again.
    of.pass(600_000);
    expect(await isDue(of, broken)).toBe(false);
    of.pass(3_600_000);
    expect(await isDue(of, broken)).toBe(true);
    await tend({ ...of, runner: 'another' }, next);
    expect(await projectionOf(of, next)).toMatchObject({ live: 2, generations: { 2: { next: 60 } } });
    expect(standing(rowsOf(of.views, next, 2))(59)).toBe(nextPlainly(60));
  });

  test('switches where what is read stopped no later', async () => {
    const broken = stoppingAt(tiny, 37);
    const of = await caughtUp(60, broken);
    const { id } = await startRebuild(of, broken, asked);
    const step = tending(of, eventReader(of));
    const seen = new Set<string>();
    for (let more = true; more;) {
      more = await step(broken);
      const record = await recordOf(of, broken, id);
      expect(waits(record, await projectionOf(of, broken))).toBe(false);
      expect(await needsDecision(of.views, broken, await projectionOf(of, broken))).toBe(false);
      // Where its runner is gone, another goes on as soon as it may.
      const later = { ...of, clock: () => of.clock() + HOLD_MS };
      expect(await isDue(later, broken)).toBe(record.phase !== 'switched');
      seen.add(record.phase);
    }
    expect([...seen]).toEqual(['comparing', 'switching', 'switched']);
    expect((await recordOf(of, broken, id)).drift).toMatchObject({ position: 36, different: 0 });
    expect((await projectionOf(of, broken)).generations[2]).toMatchObject({
      next: 37,
      stopped: { position: 37 },
    });
  });

  test('is mended by a rebuild where the older rows could not be folded on', async () => {
    const of = await caughtUp(60, stoppingAt(tiny, 37));
    await tend(of, next);
    expect(await projectionOf(of, next)).toMatchObject({
      live: 2,
      generations: { 2: { version: 4, next: 60 } },
    });
    expect((await recordOf(of, next, 2)).drift?.position).toBe(36);
  });
});
