// Tests rebuilds whose runners end at each write and in each way, or run concurrently. They leave the same state as an
// undisturbed one. Readers never step back, and never see incomplete rows.
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { Refusal } from '../../../../domain/errors.ts';
import { liveCheckpoints } from '../../../../domain/projections/catalog.ts';
import { catchUp } from '../../../../domain/projections/catch-up.ts';
import type { RowVersion } from '../../../../domain/projections/rows/row.ts';
import {
  hasEnded,
  readRebuilds,
  type Rebuild,
} from '../../../../domain/projections/rebuild/rebuild-record.ts';
import {
  acceptRebuild,
  cancelRebuild,
  startRebuild,
  type StartRequest,
} from '../../../../domain/projections/rebuild/requests.ts';
import { rollBack } from '../../../../domain/projections/rebuild/rollback.ts';
import { reconciler } from '../../../../domain/projections/rebuild/reconciler.ts';
import { isBehind } from '../../../../domain/projections/transitions.ts';
import { Crash, failingAt, fates, faultOf, late, type Conditions } from '../../../support/faults.ts';
import { memoryRowStores } from '../../../support/stores/memory-row-store.ts';
import { scanned } from '../../../contract/row-stores.ts';
import { publishedLog } from '../../../support/logs/published-log.ts';
import { randomCommits } from '../../../support/archives/random-commits.ts';
import {
  allAt,
  operatorRequest,
  caughtUp,
  failing,
  generationsOf,
  GRACE_MS,
  LATE_MS,
  rebuildable,
  reconcileToEnd,
  type Rebuildable,
} from '../../../support/rebuilds.ts';
import { seeded } from '../../../support/seeded.ts';

vi.setConfig({ testTimeout: 600_000 });

const LENGTH = 60;
const log = await publishedLog(randomCommits(1, LENGTH));
let begun: Rebuildable;
let versions: readonly RowVersion[];
let text: string;

beforeAll(async () => {
  begun = await caughtUp(log, LENGTH);
  versions = await scanned(begun.rows.of(1));
  text = begun.rows.of(1).text();
});

/** Makes an archive that has caught up, with these rows in its live generation. */
function fresh(given: readonly RowVersion[] = versions): Rebuildable {
  const rows = memoryRowStores({ 1: new Map() });
  void rows.of(1).append(given);
  const of = rebuildable(log, { rows, catalog: begun.catalog.copy() });
  of.publishTo(LENGTH);
  return of;
}

/** Requests a rebuild and reconciles until the generations that it replaced are removed. */
async function wholeLife(of: Rebuildable, start: StartRequest): Promise<void> {
  try {
    await startRebuild(of, start);
  } catch (error) {
    // It runs already, or has ended: it was asked for before.
    if (!(error instanceof Refusal && error.code === 'rebuild-running')) throw error;
  }
  await tendToTheEnd(of);
}

async function tendToTheEnd(of: Rebuildable): Promise<void> {
  for (const ms of [0, GRACE_MS, LATE_MS, LATE_MS]) {
    of.pass(ms);
    await reconcileToEnd(of);
    await acceptWhatDrifted(of);
    await reconcileToEnd(of);
  }
}

async function acceptWhatDrifted(of: Rebuildable): Promise<void> {
  for await (const { id, phase } of readRebuilds(of.catalog))
    if (phase === 'drifted') await acceptRebuild(of, id, 'operator:lena');
}

/** Expects that only the live generation exists, that it is complete, and that every rebuild record has ended. */
async function expectClean(of: Rebuildable, what: string): Promise<void> {
  const generations = await generationsOf(of);
  const { live = 0, last } = generations;
  expect(generations, what).toEqual({ live, last, generations: { [live]: allAt(LENGTH) } });
  expect(await of.rows.list(), what).toEqual([live]);
  expect(of.rows.of(live).text(), what).toBe(text);
  for await (const record of readRebuilds(of.catalog)) expect(hasEnded(record), what).toBe(true);
}

/** Makes a reader that checks after every call that checkpoints never step back and that rows are complete. */
function watcher(of: Rebuildable) {
  let seen = allAt(0);
  let live: number | undefined = 1;
  return async (): Promise<void> => {
    const generations = await generationsOf(of);
    const now = liveCheckpoints(generations) ?? {};
    if (isBehind(now, seen)) throw new Error(`readers stepped back to ${JSON.stringify(now)}`);
    if (generations.live !== live && of.rows.of(generations.live ?? 0).text() !== text)
      throw new Error(`readers were moved to generation ${generations.live}, which is not whole`);
    [seen, live] = [now, generations.live];
  };
}

const lives: [
  what: string,
  start: StartRequest,
  rows: () => readonly RowVersion[],
  phase: Rebuild['phase'],
][] = [
  ['that was requested', operatorRequest, () => versions, 'switched'],
  ['that is scheduled and finds no drift', { ...operatorRequest, checks: true }, () => versions, 'unchanged'],
  [
    'that is scheduled and finds drift',
    { ...operatorRequest, checks: true },
    () => versions.slice(7),
    'switched',
  ],
];

describe.each(lives)('a rebuild %s', (what, start, rows, phase) => {
  test(`a rebuild ${what}, whose runner ends at each write in each way, is resumed to the same end`, async () => {
    let writes = Infinity;
    for (let at = 1; at <= writes; at++) {
      for (const fate of fates.append) {
        const of = fresh(rows());
        const under = late();
        const { conditions, counter } = failingAt(at, fate);
        await faultOf(wholeLife(failing(of, { ...conditions, observe: watcher(of) }, under), start));
        if (fate === 'pass') writes = counter.writes;
        await under.land();
        const what = `${fate} at write ${at}`;
        await tendToTheEnd(of);
        // A request that failed is sent again.
        if ((await generationsOf(of)).last === 1) await wholeLife(of, start);
        await tendToTheEnd(of);
        if (phase === 'switched') await expectClean(of, what);
        const last = (await Array.fromAsync(readRebuilds(of.catalog)))[0];
        expect(last, what).toMatchObject({ phase });
      }
    }
    expect(writes).toBeGreaterThan(4);
  });
});

test('a first rebuild whose runner ends at each write, in each way, is resumed to the same end', async () => {
  let writes = Infinity;
  for (let at = 1; at <= writes; at++) {
    for (const fate of fates.append) {
      const of = rebuildable(log);
      of.publishTo(LENGTH);
      const under = late();
      const { conditions, counter } = failingAt(at, fate);
      await faultOf(reconcileToEnd(failing(of, conditions, under)));
      if (fate === 'pass') writes = counter.writes;
      await under.land();
      await tendToTheEnd(of);
      await expectClean(of, `${fate} at write ${at}`);
    }
  }
  expect(writes).toBeGreaterThan(8);
});

test('a rebuild whose process crashes at each call is resumed to the same end', async () => {
  let calls = Infinity;
  for (let at = 1; at <= calls; at += 3) {
    const of = fresh();
    const crash = at % 2 === 0 ? 'crash' : 'crash-after';
    let seen = 0;
    const conditions: Conditions = { fate: () => (++seen === at ? crash : 'pass') };
    const fault = await faultOf(wholeLife(failing(of, conditions), operatorRequest));
    if (!fault) calls = seen;
    else expect(fault).toBeInstanceOf(Crash);
    await tendToTheEnd(of);
    if ((await generationsOf(of)).last === 1) await wholeLife(of, operatorRequest);
    await tendToTheEnd(of);
    await expectClean(of, `${crash} at call ${at}`);
  }
  expect(calls).toBeGreaterThan(100);
});

test('rolling back, cancelling and accepting at any moment, by any client, leave one complete live generation', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
      const random = seeded(seed);
      const of = fresh();
      const look = watcher(of);
      const step = reconciler(of);
      for (let moment = 0; moment < 60; moment++) {
        const number = 1 + random.below(6);
        const act = random.pick<() => Promise<unknown>>([
          step,
          step,
          step,
          () => startRebuild(of, { ...operatorRequest, checks: random.chance(0.3) }),
          () => cancelRebuild(of, number, { by: 'somebody', why: 'requested' }),
          () => acceptRebuild(of, number, 'somebody'),
          () => rollBack(of, number, 'somebody'),
          () => catchUp(of),
          async () => of.pass(random.pick([1_000, LATE_MS, GRACE_MS])),
        ]);
        await Promise.all([attempt(act), random.chance(0.3) ? attempt(step) : undefined]);
        await look();
      }
      await tendToTheEnd(of);
      await expectClean(of, `seed ${seed}`);
    }),
    { numRuns: 60 },
  );
});

/** Calls `act` and ignores refusals and rebuilds that do not exist. */
async function attempt(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refusal) && !/has no record/.test(String(error))) throw error;
  }
}
