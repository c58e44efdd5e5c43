// What is between two actors: how often they met, and when first and last. Merged actors are one: a meeting at which
// both of two that are one now were named counts once.
import { isWithin } from '../../events/date.ts';
import { idIn } from '../views/facts.ts';
import { edgeKey, meetingsPartition, network, pairOf, type EdgeRow, type Pair } from '../views/network.ts';
import { dateOf, type Summary } from '../views/summary.ts';
import { readRows, readSources, type Reading } from './reading.ts';
import { summariesOf } from './things.ts';
import { windowOf, type Dates } from './window.ts';

export interface Encounters {
  readonly meetings: number;
  /** EDTF. */
  readonly first: string;
  readonly last: string;
}

/** Meetings on a topic, and that may have been held within these days. */
export interface EncounterFilter extends Dates {
  readonly topic?: string;
}

/** Of all that stand for two actors, the pairs that ever met, as recorded; what they have now may have been taken back. */
export async function recordedPairs(
  reading: Reading,
  group: readonly string[],
  others: readonly string[],
): Promise<Pair[]> {
  const pairs = group.flatMap((id) => others.map((other) => pairOf(id, other)));
  const edges = await readRows<EdgeRow>(reading, network, pairs.map(edgeKey));
  return pairs.filter((_, index) => edges[index] !== undefined);
}

/** What is between two actors by these pairs of theirs; undefined where no meeting passes the filter. */
export async function encounters(
  reading: Reading,
  pairs: readonly Pair[],
  filter: EncounterFilter,
): Promise<Encounters | undefined> {
  if (Object.keys(filter).length > 0) return encountersWithin(reading, pairs, filter);
  const meetings = await timesMet(reading, pairs);
  return meetings === 0 ? undefined : { meetings, ...(await endsOf(reading, pairs)) };
}

const sourcesOf = (pairs: readonly Pair[]) =>
  pairs.map((pair) => ({ view: network, partition: meetingsPartition(pair) }));

/** How often they met, whatever on and whenever: kept for one pair, counted for several. */
export async function timesMet(reading: Reading, pairs: readonly Pair[]): Promise<number> {
  const edges = await readRows<EdgeRow>(reading, network, pairs.map(edgeKey));
  const counts = edges.map((edge) => edge?.meetings ?? 0).filter((meetings) => meetings > 0);
  if (counts.length < 2) return counts[0] ?? 0;
  let count = 0;
  for await (const _ of readSources(reading, sourcesOf(pairs))) count++;
  return count;
}

/** The dates of the first and the last of their meetings. */
export async function endsOf(
  reading: Reading,
  pairs: readonly Pair[],
): Promise<Pick<Encounters, 'first' | 'last'>> {
  const ends = await Promise.all([false, true].map((descending) => endOf(reading, pairs, descending)));
  const [first, last] = await summariesOf(reading, ends);
  return { first: dateIn(first), last: dateIn(last) };
}

async function endOf(reading: Reading, pairs: readonly Pair[], descending: boolean): Promise<string> {
  for await (const { sort } of readSources(reading, sourcesOf(pairs), descending)) return idIn(sort);
  throw new Error(`no meeting stands between ${pairs.join(' and ')}`);
}

const dateIn = (summary: Summary | undefined): string => (summary ? dateOf(summary.fields) : '');

async function encountersWithin(
  reading: Reading,
  pairs: readonly Pair[],
  { topic, ...dates }: EncounterFilter,
): Promise<Encounters | undefined> {
  const window = windowOf(dates);
  const rows = await Array.fromAsync(readSources(reading, sourcesOf(pairs)));
  const dated = (
    await summariesOf(
      reading,
      rows.map(({ sort }) => idIn(sort)),
    )
  )
    .filter((summary) => summary !== undefined)
    .filter(({ fields }) => topic === undefined || fields.topics.includes(topic))
    .map(({ fields }) => dateOf(fields))
    .filter((date) => isWithin(date, window));
  const [first, last] = [dated[0], dated.at(-1)];
  return first === undefined || last === undefined ? undefined : { meetings: dated.length, first, last };
}
