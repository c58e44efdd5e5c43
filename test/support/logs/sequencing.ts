// Runs sequencers with seeded random faults. The seed decides about appends, hints and failures.
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
import {
  extend,
  faultsIn,
  reader,
  sequencerFixture,
  type Reader,
  type SequencerFixture,
} from './sequenced.ts';

/** Returns a process that sequences under these conditions. A later run recovers streams that it quarantines. */
export function sequencing(
  of: SequencerFixture,
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

export const undisturbed = (of: SequencerFixture): Promise<unknown> =>
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
  readonly of: SequencerFixture;
  readonly watching: Reader;
  /** Writes that timed out and have not taken effect yet. */
  readonly under: Late;
  /** Appends commits to random streams. */
  readonly grow: () => Promise<void>;
  /** Returns hints with losses and repetitions, in any order. */
  readonly hints: () => string[];
  /** Calls fail with this probability, each in a random way. Writes that timed out take effect at random moments. */
  readonly conditions: (often: number) => Conditions;
  /** Ends all faults, lets late writes take effect, and sequences. Returns all faults found so far. */
  readonly end: () => Promise<string[]>;
}

export function scene(seed: number): Scene {
  const random = seeded(seed);
  const of = sequencerFixture();
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
      const existing = of.store.streams();
      return existing.map(() => random.pick(existing));
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
