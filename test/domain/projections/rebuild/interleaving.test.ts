// Tests two to four concurrent projectors and rebuilders whose calls take effect in any order, or late. They leave the
// rows of an undisturbed run. CHANCERY_INTERLEAVINGS sets the number of cases.
import { describe, expect, test, vi } from 'vitest';
import { WINDOW_POSITIONS } from '../../../../domain/projections/rows/sums.ts';
import {
  foldedHistory,
  projectorsCase,
  rebuildersCase,
  type FoldedHistory,
} from '../../../support/interleaved-cases.ts';

const CASES = Number(process.env['CHANCERY_INTERLEAVINGS'] ?? 300);
const FIRST = Number(process.env['CHANCERY_TEST_SEED'] ?? 1);

vi.setConfig({ testTimeout: 60_000 + CASES * 1_000 });

/** Runs cases of successive seeds, each over one of the histories. */
async function runCases(
  cases: number,
  histories: readonly FoldedHistory[],
  run: (seed: number, begun: FoldedHistory) => Promise<void>,
): Promise<string[]> {
  const failures: string[] = [];
  for (let seed = FIRST; seed < FIRST + cases; seed++) {
    const begun = histories[seed % histories.length];
    if (!begun) throw new Error('there is no history');
    try {
      await run(seed, begun);
    } catch (error) {
      failures.push(`seed ${seed}: ${String(error)}`);
    }
  }
  return failures;
}

const seeds = [1, 2, 3, 4, 5, 6];

describe('processes whose writes land late and in any order', () => {
  test('interleaved projectors leave the rows of an undisturbed run within a window', async () => {
    const histories = await Promise.all(seeds.map((seed) => foldedHistory(seed, 20, 60)));
    expect(await runCases(CASES * 0.4, histories, projectorsCase)).toEqual([]);
  });

  test('interleaved projectors leave the rows of an undisturbed run over the end of a window', async () => {
    const histories = await Promise.all(
      [11, 12].map((seed) => foldedHistory(seed, WINDOW_POSITIONS - 20, WINDOW_POSITIONS + 20)),
    );
    expect(await runCases(CASES * 0.3, histories, projectorsCase)).toEqual([]);
  });

  test('interleaved rebuilders and projectors leave the rows of an undisturbed run', async () => {
    const histories = await Promise.all(seeds.map((seed) => foldedHistory(seed + 20, 20, 50)));
    expect(await runCases(CASES * 0.3, histories, rebuildersCase)).toEqual([]);
  });
});
