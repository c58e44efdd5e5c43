// Whom an actor met, how often and when.
import { edgeKey, metPartition, network, pairOf, type EdgeRow, type Pair } from '../views/network.ts';
import { wavesOf } from '../waves.ts';
import { shownActors } from './actors.ts';
import { endsOf, timesMet, type Encounters } from './encounters.ts';
import { readRows, readSources, type Reading } from './reading.ts';

export interface Counterpart extends Encounters {
  readonly actor: string;
}

interface Met {
  readonly actor: string;
  readonly pairs: readonly Pair[];
  readonly meetings: number;
}

/** Of an actor and all that are merged into it: so many, the most often met first, and how many others there are. */
export async function counterpartsOf(
  reading: Reading,
  group: readonly string[],
  most: number,
): Promise<{ readonly counterparts: Counterpart[]; readonly more: number }> {
  const ranked = (await allMet(reading, group)).toSorted(
    (a, b) => b.meetings - a.meetings || (a.actor < b.actor ? -1 : 1),
  );
  const counterparts: Counterpart[] = [];
  for (const [, wave] of wavesOf(ranked.slice(0, most))) {
    const dated = wave.map(async ({ actor, meetings, pairs }) => ({
      actor,
      meetings,
      ...(await endsOf(reading, pairs)),
    }));
    counterparts.push(...(await Promise.all(dated)));
  }
  return { counterparts, more: ranked.length - counterparts.length };
}

/** Everybody whom one of the group met, as shown, with the pairs under which that was recorded. */
async function allMet(reading: Reading, group: readonly string[]): Promise<Met[]> {
  const own = new Set(group);
  const sources = group.map((id) => ({ view: network, partition: metPartition(id) }));
  const others = (await Array.fromAsync(readSources(reading, sources))).map(({ sort }) => sort);
  const shown = await shownActors(reading, others);
  const pairs = others.flatMap((other) => group.map((id) => ({ other, pair: pairOf(id, other) })));
  const edges = await readRows<EdgeRow>(
    reading,
    network,
    pairs.map(({ pair }) => edgeKey(pair)),
  );
  const met = pairs
    .map((each, index) => ({ ...each, meetings: edges[index]?.meetings ?? 0 }))
    .filter(({ other, meetings }) => meetings > 0 && !own.has(other));
  const byActor = Map.groupBy(met, ({ other }) => shown.get(other)?.id ?? other);
  const all: Met[] = [];
  for (const [actor, theirs] of byActor) {
    const [one, another] = theirs;
    const both = theirs.map(({ pair }) => pair);
    const meetings = another ? await timesMet(reading, both) : (one?.meetings ?? 0);
    all.push({ actor, pairs: both, meetings });
  }
  return all;
}
