// Processes that sequence under faults, made from a seed: what is appended, what is hinted at, what fails and when.
import { sequence, type Sequencer } from '../../../domain/log/sequencer.ts';
import {
  faultOf,
  faultyProcess,
  fates,
  late,
  type Conditions,
  type FaultyProcess,
  type Late,
} from '../faults.ts';
import { seeded, type Seeded } from '../seeded.ts';
import { extend, faultsIn, reader, world, type Reader, type World } from './sequenced.ts';

/** One process that sequences, under these conditions. What it sets aside is found by a later run. */
export function sequencing(
  of: World,
  conditions: Conditions,
  under?: Late,
): Pick<FaultyProcess, 'calls'> & { readonly sequence: (streams: readonly string[]) => Promise<unknown> } {
  const process = faultyProcess(conditions, under);
  const own: Sequencer = {
    store: process.store(of.store),
    state: process.table(of.state),
    log: process.blobs(of.log),
    identity: process.identity(of.identity),
    alarm: () => {},
  };
  return { calls: process.calls, sequence: (streams) => faultOf(sequence(own, streams)) };
}

export const undisturbed = (of: World): Promise<unknown> =>
  sequence(
    {
      ...of,
      alarm: (what, error) => {
        throw new Error(what, { cause: error });
      },
    },
    of.store.streams(),
  );

export interface Scene {
  readonly random: Seeded;
  readonly of: World;
  readonly watching: Reader;
  /** What timed out and has not landed yet. */
  readonly under: Late;
  /** Some commits more of some streams. */
  readonly grow: () => Promise<void>;
  /** Some streams, some twice, in any order: hints are lost, doubled and disordered. */
  readonly hints: () => string[];
  /** Calls fail this often, each in any way that calls fail; writes that timed out land at any moment. */
  readonly conditions: (often: number) => Conditions;
  /** Nothing fails any more, and what is still under way lands: gives all that is wrong, or ever was. */
  readonly end: () => Promise<string[]>;
}

export function scene(seed: number): Scene {
  const random = seeded(seed);
  const of = world();
  const watching = reader(of);
  const under = late();
  const streams = ['meeting-a', 'statement-b', 'actor-c', 'opinion-d', 'article-e'];
  return {
    random,
    of,
    watching,
    under,
    grow: async () => {
      for (let n = random.below(4); n > 0; n--) {
        const count = random.chance(0.03) ? 60 + random.below(250) : 1 + random.below(3);
        await extend(of, random.pick(streams), [count]);
      }
    },
    hints: () => {
      const there = of.store.streams();
      return there.map(() => random.pick(there));
    },
    conditions: (often) => ({
      fate: ({ kind }) => (random.chance(often) ? random.pick(fates[kind]) : 'pass'),
      observe: async () => {
        await watching.look();
        if (often > 0 && random.chance(0.02)) await under.land();
      },
    }),
    end: async () => {
      await undisturbed(of);
      await under.land();
      await watching.look();
      return [...watching.complaints, ...(await faultsIn(of))];
    },
  };
}
