// One to four sequencers at once, on the same stores, under the faults of test/domain/log/sequencer-faults.test.ts: which
// of them decides, publishes, fails or ends at which await is drawn from a seed.
import { describe, expect, test, vi } from 'vitest';
import { scene, sequencing } from '../../support/logs/sequencing.ts';

// As long as it takes, however fast the machine is.
vi.setConfig({ testTimeout: 900_000 });

async function atOnce(seed: number): Promise<string[]> {
  const { random, of, under, grow, hints, conditions, end } = scene(seed);
  const often = random.pick([0, 0.01, 0.05]);
  for (let round = 2 + random.below(2); round > 0; round--) {
    await grow();
    const processes = Array.from({ length: 1 + random.below(4) }, async () => {
      const [slow, stalls] = [1 + random.below(12), random.pick([0, 0.02, 0.1])];
      // One that stalls finds, when it goes on, that others have gone far ahead.
      const turns = (): number => (random.chance(stalls) ? 21 + random.below(200) : random.below(slow));
      await sequencing(of, { ...conditions(often), turns }, under).sequence(hints());
    });
    await Promise.all([...processes, grow()]);
    if (random.chance(0.3)) await under.land();
  }
  return end();
}

describe('many faults, appends meanwhile, one to four sequencers at once', () => {
  test.each([1, 2_501, 5_001, 7_501])(
    'leave every commit once, in order, where it was first seen (2,500 runs from %i)',
    async (from) => {
      for (let seed = from; seed < from + 2_500; seed++)
        expect(await atOnce(seed), `seed ${seed}`).toEqual([]);
    },
  );
});
