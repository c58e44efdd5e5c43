// The sequencer under faults: it ends at every await, each of its calls fails in each way that calls fail, several
// run at once, and whoever reads meanwhile never sees an entry move. Each run can be run again by its seed.
import { describe, expect, test } from 'vitest';
import { sequence, type Sequencer } from '../../domain/sequence.ts';
import {
  faultOf,
  faultyProcess,
  fates,
  late,
  type Conditions,
  type Fate,
  type Late,
} from '../support/faults.ts';
import { seeded, type Seeded } from '../support/seeded.ts';
import { extend, faultsIn, reader, world, type World } from '../support/sequenced.ts';

/** One process that sequences, under these conditions. What it sets aside is found by a later run. */
function sequencing(of: World, conditions: Conditions, under?: Late) {
  const process = faultyProcess(conditions, under);
  const own: Sequencer = {
    store: process.store(of.store),
    state: process.table(of.state),
    log: process.blobs(of.log),
    identity: process.identity(of.identity),
    alarm: () => {},
  };
  return { calls: process.calls, sequence: (streams: readonly string[]) => faultOf(sequence(own, streams)) };
}

const undisturbed = (of: World): Promise<unknown> =>
  sequence(
    {
      ...of,
      alarm: (what, error) => {
        throw new Error(what, { cause: error });
      },
    },
    of.store.streams(),
  );

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

async function runWith(fate: Fate, at: number): Promise<{ calls: number; complaints: string[] }> {
  const of = await begun();
  const watching = reader(of);
  const under = late();
  const first = sequencing(
    of,
    {
      fate: ({ number, kind }) =>
        number === at && (fates[kind] as readonly Fate[]).includes(fate) ? fate : 'pass',
      observe: watching.look,
    },
    under,
  );
  await first.sequence(of.store.streams());
  const calls = first.calls();
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
    // Nothing of the run is left out: cursors, commits, head, bundles, positions, head.
    expect(calls).toBeGreaterThan(20);
    for (let at = 1; at <= calls; at++)
      expect((await runWith(fate, at)).complaints, `${fate} at call ${at}`).toEqual([]);
  });
});

async function grow(of: World, random: Seeded): Promise<void> {
  for (let n = random.below(4); n > 0; n--) {
    const count = random.chance(0.05) ? 100 + random.below(200) : 1 + random.below(3);
    await extend(of, random.pick(['meeting-a', 'statement-b', 'actor-c', 'opinion-d', 'article-e']), [count]);
  }
}

/** Some streams, some twice, in any order: hints are lost, doubled and disordered. */
const hints = (of: World, random: Seeded): string[] => {
  const streams = of.store.streams();
  return streams.length === 0 ? [] : streams.map(() => random.pick(streams));
};

const fateOf =
  (random: Seeded, often: number): Conditions['fate'] =>
  ({ kind }) =>
    random.chance(often) ? random.pick(fates[kind]) : 'pass';

async function oneAfterAnother(seed: number): Promise<string[]> {
  const random = seeded(seed);
  const of = world();
  const watching = reader(of);
  const under = late();
  for (let run = 4 + random.below(5); run > 0; run--) {
    await grow(of, random);
    const conditions = { fate: fateOf(random, random.pick([0.01, 0.05, 0.2])), observe: watching.look };
    await sequencing(of, conditions, under).sequence(hints(of, random));
    if (random.chance(0.3)) await under.land();
  }
  await undisturbed(of);
  await under.land();
  await watching.look();
  return [...watching.complaints, ...(await faultsIn(of))];
}

async function atOnce(seed: number): Promise<string[]> {
  const random = seeded(seed);
  const of = world();
  const watching = reader(of);
  const under = late();
  const often = random.pick([0, 0.01, 0.05]);
  for (let round = 2 + random.below(2); round > 0; round--) {
    await grow(of, random);
    const processes = Array.from({ length: 2 + random.below(3) }, async () => {
      const slow = 1 + random.below(12);
      const conditions = {
        fate: fateOf(random, often),
        turns: () => random.below(slow),
        observe: watching.look,
      };
      await sequencing(of, conditions, under).sequence(hints(of, random));
    });
    await Promise.all([...processes, grow(of, random)]);
    if (random.chance(0.3)) await under.land();
  }
  await undisturbed(of);
  await under.land();
  await watching.look();
  return [...watching.complaints, ...(await faultsIn(of))];
}

describe('many faults, appends meanwhile', () => {
  test.each([
    ['one sequencer after another', oneAfterAnother, 2_000],
    ['two to four sequencers at once', atOnce, 2_000],
  ])('%s leave every commit once, in order, where it was first seen', async (_, run, seeds) => {
    for (let seed = 1; seed <= seeds; seed++) expect(await run(seed), `seed ${seed}`).toEqual([]);
  });
});
