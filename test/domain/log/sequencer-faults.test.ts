// Tests one sequencer with faults: it stops at every await, every call fails in every way, and late writes take effect
// at any time. A concurrent reader never sees an entry move, a checkpoint shrink or two contradicting checkpoints.
import { describe, expect, test, vi } from 'vitest';
import { fates, late, type Fate } from '../../support/faults.ts';
import {
  extend,
  faultsIn,
  reader,
  sequencerFixture,
  type SequencerFixture,
} from '../../support/logs/sequenced.ts';
import { scene, sequencing, undisturbed } from '../../support/logs/sequencing.ts';

// The test takes as long as it needs, regardless of the machine's speed.
vi.setConfig({ testTimeout: 900_000 });

/** Creates a log whose pending commits fill the partial bundle and begin another one. */
async function partlyFilled(): Promise<SequencerFixture> {
  const of = sequencerFixture();
  await extend(of, 'meeting-a', [1, 250]);
  await undisturbed(of);
  await extend(of, 'meeting-a', [2, 1]);
  await extend(of, 'statement-b', [1, 3]);
  await extend(of, 'opinion-c', [4]);
  return of;
}

async function runWith(fate: Fate, at: number): Promise<{ calls: string[]; complaints: string[] }> {
  const of = await partlyFilled();
  const watching = reader(of);
  const under = late();
  const calls: string[] = [];
  const first = sequencing(
    of,
    {
      fate: ({ number, kind, what }) => {
        calls.push(what);
        return number === at && (fates[kind] as readonly Fate[]).includes(fate) ? fate : 'pass';
      },
      observe: watching.look,
    },
    under,
  );
  await first.sequence(of.store.streams());
  const second = sequencing(of, { fate: () => 'pass', observe: watching.look });
  await second.sequence(['statement-b']);
  await under.land();
  await watching.look();
  await undisturbed(of);
  await watching.look();
  return { calls, complaints: [...watching.complaints, ...(await faultsIn(of))] };
}

describe('a sequencer with a fault at one call', () => {
  test.each(fates.write)(
    'a sequencer that meets this fault at any call leaves a correct log: %s',
    async (fate) => {
      const { calls } = await runWith('pass', 0);
      // The faults cover every call of the run.
      for (const what of [
        'get checkpoint',
        'get log',
        'range positions/meeting-a',
        'read opinion-c',
        'get tile/entries/000.p/251',
        'get tile/0/000.p/251',
        'compareAndPut log',
        'create tile/entries/000',
        'create tile/entries/001.p/6',
        'create tile/0/000',
        'create tile/1/000.p/1',
        'compareAndPut positions/meeting-a',
        'compareAndPut times',
        'sign',
        'replace checkpoint',
      ])
        expect(calls).toContain(what);
      for (let at = 1; at <= calls.length; at++)
        expect((await runWith(fate, at)).complaints, `${fate} at call ${at}, ${calls[at - 1]}`).toEqual([]);
    },
  );
});

async function oneAfterAnother(seed: number): Promise<string[]> {
  const { random, of, under, grow, hints, conditions, end } = scene(seed);
  for (let run = 4 + random.below(5); run > 0; run--) {
    await grow();
    await sequencing(of, conditions(random.pick([0.01, 0.05, 0.2])), under).sequence(hints());
    if (random.chance(0.3)) await under.land();
  }
  return end();
}

test.each([1, 2_501, 5_001, 7_501])(
  'sequencers with faults, one after another, write every commit once, in order, and never move it (2,500 runs from %i)',
  async (from) => {
    for (let seed = from; seed < from + 2_500; seed++)
      expect(await oneAfterAnother(seed), `seed ${seed}`).toEqual([]);
  },
);
