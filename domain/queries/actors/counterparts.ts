// Whom an actor met, how often and when.
import type { Reading } from '../../projections/rows/reading.ts';
import { wavesOf } from '../../concurrency.ts';
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

/** Of an actor and all that are merged into it: so many, the most often met first, and how many others there are. */
export async function counterpartsOf(
  reading: Reading,
  group: readonly string[],
  most: number,
): Promise<{ readonly counterparts: Counterpart[]; readonly more: number }> {
  const all = await allMet(reading, group);
  const counted: (Met & { readonly meetings: number })[] = [];
  for (const [, wave] of wavesOf(foremost(all, most))) {
    const found = wave.map(async (met) => ({ ...met, meetings: await timesMet(reading, met.pairs) }));
    counted.push(...(await Promise.all(found)));
  }
  const ranked = counted.toSorted((a, b) => b.meetings - a.meetings || (a.actor < b.actor ? -1 : 1));
  const counterparts: Counterpart[] = [];
  for (const [, wave] of wavesOf(ranked.slice(0, most))) {
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
 * Those who may be among so many that were met most often. An actor was met at least as often as one of its pairs, and at
 * most as often as all of them together; so the meetings of most merged actors need not be counted.
 */
function foremost(all: readonly Met[], most: number): Met[] {
  const atLeast = all.map(({ pairs }) => Math.max(...pairs.map(({ meetings }) => meetings)));
  const bound = atLeast.toSorted((a, b) => b - a)[most - 1] ?? 0;
  return all.filter(({ pairs }) => pairs.reduce((sum, { meetings }) => sum + meetings, 0) >= bound);
}

/** Everybody whom one of the group met, as shown, with the pairs under which that was recorded. */
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
