// Rebuilds whose runners end anywhere, at each write and in each way, and runners of which there are several: what is
// left in the end is what an undisturbed one leaves, and readers are never moved to rows that are behind or not whole.
import * as fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { Refusal } from '../../../domain/errors.ts';
import { catchUp, eventReader } from '../../../domain/project.ts';
import { liveCheckpoint } from '../../../domain/projections.ts';
import { hasEnded, readRebuild } from '../../../domain/rebuild/records.ts';
import { acceptRebuild, cancelRebuild, goBack, startRebuild } from '../../../domain/rebuild/requests.ts';
import { tending } from '../../../domain/rebuild/tend.ts';
import { fates, faultOf, faultyProcess, late, type Conditions, type Late } from '../../support/faults.ts';
import type { MemoryTable } from '../../support/memory-table.ts';
import {
  foldPlainly,
  publishAtOnce,
  published,
  rowsOf,
  standing,
  type Published,
} from '../../support/projected.ts';
import { randomHistory } from '../../support/random-history.ts';
import {
  asked,
  generationText,
  GRACE_MS,
  LATE_MS,
  projectionOf,
  rebuildable,
  tend,
  type Rebuilding,
} from '../../support/rebuilding.ts';
import { seeded } from '../../support/seeded.ts';
import { tiny } from '../../support/tiny-view.ts';

vi.setConfig({ testTimeout: 600_000 });

const LENGTH = 270;
const entries = randomHistory(1, LENGTH);
let begun: Rebuilding;
let plain: readonly string[];

beforeAll(async () => {
  begun = rebuildable();
  await publishAtOnce(begun, entries);
  await catchUp(begun, tiny);
  plain = foldPlainly(tiny, entries);
});

/** The archive as it was when its view was caught up, to rebuild it once. */
const fresh = (): Rebuilding => ({ ...rebuildable(begun), views: begun.views.copy() });

/** The same archive, seen by a process that fails. */
function failing(of: Rebuilding, conditions: Conditions, under: Late): Rebuilding {
  const process = faultyProcess(conditions, under);
  const views = process.table(of.views) as MemoryTable;
  return { ...of, state: process.table(of.state) as MemoryTable, views };
}

/** From asking for the rebuild to the end of what it replaces. */
async function wholeLife(of: Rebuilding): Promise<void> {
  try {
    await startRebuild(of, tiny, asked);
  } catch (error) {
    // It runs already, or is over: somebody asked before.
    if (!(error instanceof Refusal && error.code === 'rebuild-running')) throw error;
  }
  await tend(of, tiny);
  of.pass(GRACE_MS);
  await tend(of, tiny);
  of.pass(LATE_MS);
  await tend(of, tiny);
}

/** What must be so once all is done: `live` is whole, it alone is there, and every record is over. */
async function expectClean(of: Rebuilding, live: number, what: string): Promise<void> {
  const projection = await projectionOf(of, tiny);
  expect(Object.keys(projection.generations), what).toEqual([String(live)]);
  expect(projection, what).toMatchObject({ live, generations: { [live]: { next: LENGTH } } });
  expect([projection.building, projection.kept, projection.removing], what).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(generationText(of, tiny, live), what).toBe(generationText(begun, tiny, 1));
  for (let number = 1; number < live; number++) expect(rowsOf(of.views, tiny, number), what).toEqual([]);
  for (let id = 2; id <= live; id++)
    expect((await readRebuild(of.views, tiny, id))?.phase, what).toMatch(/^(?:switched|cancelled)$/);
}

/** A reader who looks after every call: what it is shown never goes back, and is whole. */
function watcher(of: Rebuilding) {
  let [seen, live] = [0, 0];
  return {
    look: async () => {
      const projection = await projectionOf(of, tiny);
      const { next } = liveCheckpoint(projection);
      if (next < seen) throw new Error(`readers went back from ${seen} to ${next}`);
      if (projection.live !== live && !isWhole(of, projection.live, next - 1))
        throw new Error(`readers were moved to generation ${projection.live}, which is not whole at ${next}`);
      [seen, live] = [next, projection.live];
    },
  };
}

/** Has it the rows that a plain fold gives? While a batch is written, a row may lie in two places. */
function isWhole(of: Rebuilding, number: number, position: number): boolean {
  const rows = new Set(standing(rowsOf(of.views, tiny, number))(position).split('\n'));
  return [...rows].join('\n') === plain[position];
}

describe('a rebuild whose runner ends', () => {
  test('at each write, in each way, is gone on with to the same end', async () => {
    let writes = Infinity;
    for (let at = 1; at <= writes; at++) {
      for (const fate of [...fates.many, 'late'] as const) {
        const of = fresh();
        const under = late();
        let seen = 0;
        const conditions: Conditions = {
          fate: ({ kind }) => {
            if (kind === 'read' || ++seen !== at) return 'pass';
            return (fates[kind] as readonly string[]).includes(fate) ? fate : 'pass';
          },
          part: (many) => Math.ceil(many / 2),
          observe: watcher(of).look,
        };
        await faultOf(wholeLife(failing(of, conditions, under)));
        if (fate === 'pass') writes = seen;
        await under.land();
        await tend(of, tiny);
        const { live } = await projectionOf(of, tiny);
        if (live === 1) await wholeLife(of);
        await tendToTheEnd(of);
        await expectClean(of, (await projectionOf(of, tiny)).live, `${fate} at write ${at}`);
      }
    }
    expect(writes).toBeGreaterThan(30);
  });

  test('at each call is gone on with to the same end', async () => {
    let calls = Infinity;
    for (let at = 1; at <= calls; at += 7) {
      const of = fresh();
      const crash = at % 2 === 0 ? 'crash' : 'crash-after';
      let seen = 0;
      const conditions: Conditions = { fate: () => (++seen === at ? crash : 'pass') };
      const fault = await faultOf(wholeLife(failing(of, conditions, late())));
      if (!fault) calls = seen;
      await tend(of, tiny);
      if ((await projectionOf(of, tiny)).live === 1) await wholeLife(of);
      await tendToTheEnd(of);
      await expectClean(of, (await projectionOf(of, tiny)).live, `${crash} at call ${at}`);
    }
    expect(calls).toBeGreaterThan(800);
  });
});

async function tendToTheEnd(of: Rebuilding): Promise<void> {
  for (const ms of [0, GRACE_MS, LATE_MS]) {
    of.pass(ms);
    await tend(of, tiny);
  }
}

test('runners that are there at once, fail and are started again do no harm, while the archive is written to', async () => {
  const history = await published(entries);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
      const random = seeded(seed);
      let size = 100;
      const views = rebuildable().views;
      const of: Rebuilding = { ...rebuildable(), ...growing(history, () => size), views };
      await catchUp(of, tiny);
      const { id } = await startRebuild(of, tiny, asked);
      const { look } = watcher(of);
      const under = late();

      const isOver = async () => {
        const record = await readRebuild(views, tiny, id);
        if (record?.phase === 'drifted')
          throw new Error(`a runner wrote over another: ${JSON.stringify(record.drift)}`);
        return record !== undefined && hasEnded(record);
      };
      /** Tends until the rebuild is over; a process that ended is followed by another. */
      const runner = async (name: string) => {
        while (!(await isOver())) {
          const conditions: Conditions = {
            fate: ({ kind }) => (random.chance(0.01) ? random.pick(fates[kind]) : 'pass'),
            part: (many) => random.below(many),
            turns: () => random.below(24),
            observe: look,
          };
          const own: Rebuilding = { ...failing(of, conditions, under), runner: name };
          const step = tending(own, eventReader(own));
          for (let more = true; more;) {
            const fault = await faultOf(step(tiny).then((again) => (more = again)));
            if (fault) more = false;
          }
          of.pass(1_000);
          await setImmediate();
        }
      };
      /** One at a time, as the projector is. */
      const writer = async () => {
        while (!(await isOver())) {
          size = Math.min(LENGTH, size + random.below(3));
          await catchUp(of, tiny);
          await setImmediate();
        }
      };
      await Promise.all([writer(), ...['a', 'b', 'c'].map(runner)]);
      await under.land();
      size = LENGTH;
      await catchUp(of, tiny);
      expect(await readRebuild(views, tiny, id)).toMatchObject({ phase: 'switched' });
      await tendToTheEnd(of);
      await expectClean(of, id, `seed ${seed}`);
    }),
    { numRuns: 25 },
  );
});

/** An archive whose log is published up to wherever it is now. */
const growing = (of: Published, size: () => number) => ({
  log: of.upTo(0).log,
  state: {
    ...begun.state,
    get: (partition: string, sort: string) => of.upTo(size()).state.get(partition, sort),
  },
});

test('going back, cancelling and accepting at any moment, by anyone, leaves one whole generation that is read', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
      const random = seeded(seed);
      const of = fresh();
      const { look } = watcher(of);
      const step = tending(of, eventReader(of));
      for (let moment = 0; moment < 60; moment++) {
        const number = 1 + random.below(6);
        const act = random.pick([
          () => step(tiny),
          () => step(tiny),
          () => step(tiny),
          () => startRebuild(of, tiny, asked),
          () => cancelRebuild(of, tiny, number, { by: 'somebody', why: 'requested' }),
          () => acceptRebuild(of, tiny, number, 'somebody'),
          () => goBack(of, tiny, number, 'somebody'),
          async () => of.pass(random.pick([1_000, LATE_MS, GRACE_MS])),
        ]);
        await Promise.all([attempt(act), random.chance(0.3) ? attempt(() => step(tiny)) : undefined]);
        await look();
      }
      await tend(of, tiny);
      await tendToTheEnd(of);
      const projection = await projectionOf(of, tiny);
      expect(generationText(of, tiny, projection.live)).toBe(generationText(begun, tiny, 1));
      for (let number = 1; number <= (projection.last ?? 1); number++)
        if (number !== projection.live)
          expect(rowsOf(of.views, tiny, number), `generation ${number}`).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

/** What is refused, or does not exist, is no matter here. */
async function attempt(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refusal) && !/has no record/.test(String(error))) throw error;
  }
}
