// One sequencer under faults: it ends at every await, each of its calls fails in each way that calls fail, writes that
// timed out land at any moment after, and whoever reads meanwhile never sees an entry move, a checkpoint step back, or
// two that contradict each other. test/domain/log/sequencer-crowd.test.ts has several at once.
import { describe, expect, test, vi } from 'vitest';
import { fates, late, type Fate } from '../../support/faults.ts';
import { extend, faultsIn, reader, world, type World } from '../../support/logs/sequenced.ts';
import { scene, sequencing, undisturbed } from '../../support/logs/sequencing.ts';

// As long as it takes, however fast the machine is.
vi.setConfig({ testTimeout: 900_000 });

/** What is to be sequenced fills a bundle that is begun, and begins another. */
async function begun(): Promise<World> {
  const of = world();
  await extend(of, 'meeting-a', [1, 250]);
  await undisturbed(of);
  await extend(of, 'meeting-a', [2, 1]);
  await extend(of, 'statement-b', [1, 3]);
  await extend(of, 'opinion-c', [4]);
  return of;
}

async function runWith(fate: Fate, at: number): Promise<{ calls: string[]; complaints: string[] }> {
  const of = await begun();
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

describe('one fault at each call', () => {
  test.each(fates.write)('of which the outcome is: %s', async (fate) => {
    const { calls } = await runWith('pass', 0);
    // Nothing of the run is left out.
    for (const what of [
      'get checkpoint',
      'get log',
      'range positions/meeting-a',
      'read opinion-c',
      'get tile/entries/000.p/251',
      'get tile/0/000.p/251',
      'putIf log',
      'create tile/entries/000',
      'create tile/entries/001.p/6',
      'create tile/0/000',
      'create tile/1/000.p/1',
      'putIf positions/meeting-a',
      'putIf times',
      'sign',
      'replace checkpoint',
    ])
      expect(calls).toContain(what);
    for (let at = 1; at <= calls.length; at++)
      expect((await runWith(fate, at)).complaints, `${fate} at call ${at}, ${calls[at - 1]}`).toEqual([]);
  });
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

describe('many faults, appends meanwhile, one sequencer after another', () => {
  test.each([1, 2_501, 5_001, 7_501])(
    'leave every commit once, in order, where it was first seen (2,500 runs from %i)',
    async (from) => {
      for (let seed = from; seed < from + 2_500; seed++)
        expect(await oneAfterAnother(seed), `seed ${seed}`).toEqual([]);
    },
  );
});
