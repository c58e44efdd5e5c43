// Tests one to four concurrent sequencers on the same stores, with the faults of sequencer-faults.test.ts.
// A seed decides which sequencer advances, fails or stops at each await.
import { expect, test, vi } from 'vitest';
import { scene, sequencing } from '../../support/logs/sequencing.ts';

// The test takes as long as it needs, regardless of the machine's speed.
vi.setConfig({ testTimeout: 900_000 });

async function atOnce(seed: number): Promise<string[]> {
  const { random, of, under, grow, hints, conditions, end } = scene(seed);
  const often = random.pick([0, 0.01, 0.05]);
  for (let round = 2 + random.below(2); round > 0; round--) {
    await grow();
    const processes = Array.from({ length: 1 + random.below(4) }, async () => {
      const [slow, stalls] = [1 + random.below(12), random.pick([0, 0.02, 0.1])];
      // A sequencer that stalls finds later that others are far ahead.
      const turns = (): number => (random.chance(stalls) ? 21 + random.below(200) : random.below(slow));
      await sequencing(of, { ...conditions(often), turns }, under).sequence(hints());
    });
    await Promise.all([...processes, grow()]);
    if (random.chance(0.3)) await under.land();
  }
  return end();
}

test.each([1, 2_501, 5_001, 7_501])(
  'concurrent sequencers with faults write every commit once, in order, and never move it (2,500 runs from %i)',
  async (from) => {
    for (let seed = from; seed < from + 2_500; seed++) expect(await atOnce(seed), `seed ${seed}`).toEqual([]);
  },
);
