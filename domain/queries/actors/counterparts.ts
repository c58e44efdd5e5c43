// The counterparts of an actor: how often and when they met.
import type { Reading } from '../../projections/rows/reading.ts';
import { slicesOf } from '../../concurrency.ts';
import { shownActors } from './actor-names.ts';
import {
  endsOf,
  pairOf,
  timesMet,
  timesMetIn,
  type Encounters,
  type MetPair,
} from '../network/encounters.ts';

export interface Counterpart extends Encounters {
  readonly actor: string;
}

interface Met {
  readonly actor: string;
  readonly pairs: readonly MetPair[];
}

/** Returns the `max` counterparts that a group of merged actors met most often, and the number of others. */
export async function counterpartsOf(
  reading: Reading,
  group: readonly string[],
  max: number,
): Promise<{ readonly counterparts: Counterpart[]; readonly more: number }> {
  const all = await allMet(reading, group);
  const counted: (Met & { readonly meetings: number })[] = [];
  for (const [, wave] of slicesOf(candidates(all, max))) {
    const found = wave.map(async (met) => ({ ...met, meetings: await timesMet(reading, met.pairs) }));
    counted.push(...(await Promise.all(found)));
  }
  const ranked = counted.toSorted((a, b) => b.meetings - a.meetings || (a.actor < b.actor ? -1 : 1));
  const counterparts: Counterpart[] = [];
  for (const [, wave] of slicesOf(ranked.slice(0, max))) {
    const dated = wave.map(async ({ actor, meetings, pairs }) => ({
      actor,
      meetings,
      ...(await endsOf(reading, pairs)),
    }));
    counterparts.push(...(await Promise.all(dated)));
  }
  return { counterparts, more: all.length - counterparts.length };
}

/**
 * Returns the counterparts that can be among the first `max`. The largest of an actor's pairs is a lower bound, and the sum
 * of its pairs an upper bound, so the meetings of few merged actors need an exact count.
 */
function candidates(all: readonly Met[], max: number): Met[] {
  const atLeast = all.map(({ pairs }) => Math.max(...pairs.map(({ meetings }) => meetings)));
  const bound = atLeast.toSorted((a, b) => b - a)[max - 1] ?? 0;
  return all.filter(({ pairs }) => pairs.reduce((sum, { meetings }) => sum + meetings, 0) >= bound);
}

/** Returns all counterparts of the group, as shown, with the recorded pairs of each. */
async function allMet(reading: Reading, group: readonly string[]): Promise<Met[]> {
  const timesMetBy = timesMetIn(reading);
  const met = await Promise.all(
    group.map(async (id) =>
      [...(await timesMetBy(id))]
        .filter(([other, meetings]) => meetings > 0 && !group.includes(other))
        .map(([other, meetings]) => ({ other, pair: pairOf(id, other), meetings })),
    ),
  );
  const pairs = met.flat();
  const shown = await shownActors(
    reading,
    pairs.map(({ other }) => other),
  );
  const byActor = Map.groupBy(pairs, ({ other }) => shown.get(other)?.id ?? other);
  return [...byActor].map(([actor, theirs]) => ({ actor, pairs: theirs }));
}
