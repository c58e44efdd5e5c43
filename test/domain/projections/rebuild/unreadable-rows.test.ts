// Tests a rebuild whose live rows cannot be read: it does not read them repeatedly, but folds a new generation and waits
// to be accepted.
import { describe, expect, test } from 'vitest';
import { Damaged } from '../../../../domain/errors.ts';
import { catchUp } from '../../../../domain/projections/catch-up.ts';
import { acceptRebuild, startRebuild } from '../../../../domain/projections/rebuild/requests.ts';
import { needsDecision } from '../../../../domain/projections/rebuild/reconciler.ts';
import type { RowStores } from '../../../../domain/projections/rows/row-store.ts';
import { WINDOW_POSITIONS } from '../../../../domain/projections/rows/sums.ts';
import { rebuildText } from '../../../../bin/cli/text/projections-text.ts';
import { publishedLog, type PublishedLog } from '../../../support/logs/published-log.ts';
import { randomCommits } from '../../../support/archives/random-commits.ts';
import {
  allAt,
  operatorRequest,
  caughtUp,
  generationsOf,
  recordOf,
  reconcileToEnd,
  type Rebuildable,
} from '../../../support/rebuilds.ts';

const SIZE = WINDOW_POSITIONS + 50;
let log: Promise<PublishedLog> | undefined;
const logOf = (): Promise<PublishedLog> => (log ??= publishedLog(randomCommits(3, SIZE)));
const why = 'read-models/1.rows.db cannot be read';

/** Makes an archive whose first generation fails in this way. */
async function failing(fail: () => never, ofWhat: readonly ('range' | 'scan')[]): Promise<Rebuildable> {
  const of = await caughtUp(await logOf(), SIZE);
  const open: RowStores['open'] = (generation) => {
    const store = of.rows.open(generation);
    if (generation !== 1) return store;
    const refuse = {
      range: () => ({ [Symbol.asyncIterator]: () => ({ next: async () => fail() }) }),
      scan: async () => fail(),
    };
    return { ...store, ...Object.fromEntries(ofWhat.map((name) => [name, refuse[name]])) };
  };
  return { ...of, rows: { ...of.rows, open } };
}
const damage = (): never => {
  throw new Damaged(why);
};

describe('a rebuild beside live rows that are damaged', () => {
  test.each([
    ['requested', false],
    ['scheduled', true],
  ] as const)(
    'a %s rebuild beside damaged live rows waits for a decision, and states why',
    async (reason, checks) => {
      const of = await failing(damage, ['range', 'scan']);
      await startRebuild(of, { by: 'operator:lena', reason, checks });
      await reconcileToEnd(of);
      expect(await recordOf(of, 2)).toMatchObject({
        phase: 'drifted',
        drift: { missing: 0, extra: 0, different: 0, examples: [], unreadable: why },
      });
      expect(await needsDecision(of)).toBe(true);
      expect(of.alarms).toEqual([
        `rebuild 2 could not be compared with the live rows (${why}): accept or cancel it`,
      ]);
    },
  );

  test('a rebuild beside damaged rows is promoted once it is accepted, and the damaged rows are not kept', async () => {
    const of = await failing(damage, ['range', 'scan']);
    await startRebuild(of, operatorRequest);
    await reconcileToEnd(of);
    await acceptRebuild(of, 2, 'operator:lena');
    await reconcileToEnd(of);
    expect(await recordOf(of, 2)).toMatchObject({ phase: 'switched', drift: { unreadable: why } });
    expect(await generationsOf(of)).toEqual({
      live: 2,
      last: 2,
      removing: { 1: of.clock() },
      generations: { 2: allAt(SIZE) },
    });
    expect(await catchUp(of)).toEqual({ more: false, stopped: new Map() });
  });

  test('a rebuild is tried again if reading live rows failed for a reason other than damage', async () => {
    const of = await failing(() => {
      throw new Error('connection reset');
    }, ['scan']);
    await startRebuild(of, operatorRequest);
    await expect(reconcileToEnd(of)).rejects.toThrow('connection reset');
    expect(await recordOf(of, 2)).toMatchObject({ phase: 'comparing' });
  });
});

test('the CLI prints that rows were not compared, and why', () => {
  const text = rebuildText({
    view: 'timeline',
    id: 2,
    version: 1,
    reason: 'requested',
    started: { by: 'operator:lena', at: '2023-03-04T00:00:00.000Z' },
    phase: 'drifted',
    waits: true,
    drift: { position: 9, rows: 0, missing: 0, extra: 0, different: 0, examples: [], unreadable: why },
  });
  expect(text).toContain(`not compared, because the live rows cannot be read: ${why}`);
});
