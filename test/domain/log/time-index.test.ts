// Tests which prefix of the log an instant selects, and that a bounded number of files is read for it.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { logSizeAt } from '../../../domain/log/time-index.ts';
import { readHead } from '../../../domain/log/head.ts';
import { sequence } from '../../../domain/log/sequencer.ts';
import { commitOf, faultsIn, sequencerFixture, type SequencerFixture } from '../../support/logs/sequenced.ts';

const at = (second: number): string => new Date(Date.UTC(2023, 2, 3) + second * 1_000).toISOString();

/** Sequences batches of commits with one event each. The numbers are the seconds at which they were recorded. */
async function logged(batches: readonly (readonly number[])[]): Promise<SequencerFixture> {
  const of = sequencerFixture();
  for (const seconds of batches) {
    for (const second of seconds) {
      const revision = of.store.commits('meeting-a').length + 1;
      await of.store.append(commitOf('meeting-a', revision, 1, 0, at(second)));
    }
    await sequence({ ...of, alarm: failing }, ['meeting-a']);
  }
  return of;
}

function failing(what: string, error: unknown): never {
  throw new Error(what, { cause: error });
}

/** Returns by definition the longest prefix whose latest time is not after the instant. */
function prefixAt(seconds: readonly number[], second: number): number {
  const after = seconds.findIndex((each) => each > second);
  return after < 0 ? seconds.length : after;
}

test.each([
  [9, 0],
  [10, 1],
  [11, 1],
  [20, 4],
  [29, 4],
  [30, 5],
  [1_000, 5],
])(
  'the instant at second %i selects the first %i entries, even if a slow clock recorded one of them',
  async (second, size) => {
    const of = await logged([
      [10, 20, 5],
      [15, 30],
    ]);
    expect(await logSizeAt(of, at(second))).toBe(size);
  },
);
test('an instant selects the same prefix in every notation', async () => {
  const of = await logged([[10, 20], [30]]);
  expect(await logSizeAt(of, '2023-03-03T00:00:20Z')).toBe(2);
  expect(await logSizeAt(of, '2023-03-03T02:00:20+02:00')).toBe(2);
  expect(await logSizeAt(of, '2023-03-02')).toBe(0);
  expect(await logSizeAt(of, '-000001-01-01T00:00:00Z')).toBe(0);
  expect(await logSizeAt(of, '+010000-01-01T00:00:00Z')).toBe(3);
  await expect(logSizeAt(of, 'yesterday')).rejects.toBeInstanceOf(RangeError);
});
test('an instant selects no entry of an empty log', async () => {
  expect(await logSizeAt(sequencerFixture(), at(0))).toBe(0);
});
test('an instant selects no unpublished entry', async () => {
  const of = await logged([[10], [20]]);
  const { version, ...head } = await readHead(of.state);
  await of.state.compareAndPut({ partition: 'log', sort: 'head', body: { ...head, published: 1 } }, version);
  expect(await logSizeAt(of, at(30))).toBe(1);
});
test('an instant selects the prefix of its definition, in any log and any batches', async () => {
  const batches = fc.array(fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(batches, async (batches) => {
      const of = await logged(batches);
      expect(await faultsIn(of)).toEqual([]);
      for (let second = -1; second <= 21; second++)
        expect(await logSizeAt(of, at(second))).toBe(prefixAt(batches.flat(), second));
    }),
    { numRuns: 60 },
  );
});
test('an instant is found by reading two items and one batch', async () => {
  const of = await logged(Array.from({ length: 30 }, (_, batch) => Array.from({ length: 40 }, () => batch)));
  const reads: string[] = [];
  const get = async (key: string) => {
    reads.push(key);
    return of.log.get(key);
  };
  for (const [second, size] of [
    [-1, 0],
    [0, 40],
    [17, 720],
    [29, 1_200],
  ] as const) {
    reads.length = 0;
    expect(await logSizeAt({ state: of.state, log: { ...of.log, get } }, at(second))).toBe(size);
    expect(reads.length).toBeLessThanOrEqual(2);
  }
});
