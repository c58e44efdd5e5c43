// Counts how often two actors met, with the first and the last date. Merged actors are one, so a meeting that names two of
// them counts once.
import { isWithin } from '../../../events/date.ts';
import { type MeetingRow, timesMetBy } from '../../projections/views/network-view.ts';
import { type DateListKey, meetingsOf, metBy } from '../../projections/rows/row-keys.ts';
import {
  readMerged,
  readRows,
  type KeyRange,
  type Reading,
  type ReadRow,
} from '../../projections/rows/reading.ts';
import { recordDateOf, type Summary } from '../../projections/state/summary-shape.ts';
import { summariesAt, summaryAt } from '../timeline/summaries.ts';
import { unionOf, type UnionDefinition } from '../unions.ts';
import { windowOf, type DateFilter } from '../date-window.ts';

export interface Encounters {
  readonly meetings: number;
  /** EDTF. */
  readonly first: string;
  readonly last: string;
}

/** Selects meetings on a topic that may have been held within these days. */
export interface EncounterFilter extends DateFilter {
  readonly topic?: string;
}

/** Two actor ids, the smaller one first. */
export type Pair = readonly [string, string];
export const pairOf = (a: string, b: string): Pair => (a < b ? [a, b] : [b, a]);

/** Two actors who met, as recorded. `meetings` is 0 if every meeting was reverted. */
export interface MetPair {
  readonly pair: Pair;
  readonly meetings: number;
}

/** Returns how often an actor met each other one. */
export type TimesMet = (actor: string) => Promise<ReadonlyMap<string, number>>;

/** Returns a function that reads the counts of each actor once. */
export function timesMetIn(reading: Reading): TimesMet {
  const known = new Map<string, Promise<ReadonlyMap<string, number>>>();
  return (actor) => {
    const times = known.get(actor) ?? timesMetBy(reading, actor);
    known.set(actor, times);
    return times;
  };
}

/** Returns the pairs of two groups of merged actors that ever met. */
export async function recordedPairs(
  timesMet: TimesMet,
  group: readonly string[],
  others: readonly string[],
): Promise<MetPair[]> {
  const all = await Promise.all(group.map(timesMet));
  return group.flatMap((id, index) =>
    others.flatMap((other) => {
      const meetings = all[index]?.get(other);
      return meetings === undefined ? [] : [{ pair: pairOf(id, other), meetings }];
    }),
  );
}

/** Returns the meetings of two actors by their pairs; undefined if no meeting passes the filter. */
export async function encounters(
  reading: Reading,
  pairs: readonly MetPair[],
  filter: EncounterFilter = {},
): Promise<Encounters | undefined> {
  if (Object.keys(filter).length > 0) return encountersWithin(reading, pairs, filter);
  const meetings = await timesMet(reading, pairs);
  return meetings === 0 ? undefined : { meetings, ...(await endsOf(reading, pairs)) };
}

const partsOf = (pairs: readonly MetPair[]): KeyRange[] =>
  pairs.map(({ pair }) => ({ partition: meetingsOf(...pair) }));

/** Counts the meetings of these pairs: those of the pair that met most often, and those that it did not attend. */
export async function timesMet(reading: Reading, pairs: readonly MetPair[]): Promise<number> {
  const [most, ...others] = pairs
    .filter(({ meetings }) => meetings > 0)
    .toSorted((a, b) => b.meetings - a.meetings);
  if (!most) return 0;
  if (others.length === 0) return most.meetings;
  const names = pairs.map(({ pair }) => pair.join(' ')).toSorted();
  const [a] = most.pair;
  const unions: UnionDefinition = {
    key: `${metBy('')} ${names.join(' ')}`,
    partition: metBy(a),
    nameOf: ([partition, , other]) =>
      pairs.some(({ pair: [first, second] }) => second === other && metBy(first) === partition)
        ? 'meetings'
        : undefined,
  };
  const { meetings = 0 } = await unionOf(reading, unions, async () => {
    const rows = await Array.fromAsync(readMerged(reading, partsOf(others)));
    const partition = meetingsOf(...most.pair);
    const same = await readRows(
      reading,
      rows.map(({ sort }) => ({ partition, sort })),
    );
    return { meetings: most.meetings + same.filter((row) => row === undefined).length };
  });
  return meetings;
}

/** Returns the dates of the first and the last of their meetings. */
export async function endsOf(
  reading: Reading,
  pairs: readonly MetPair[],
): Promise<Pick<Encounters, 'first' | 'last'>> {
  const first = await endOf(reading, pairs, false);
  const metOnce = pairs.reduce((sum, { meetings }) => sum + meetings, 0) === 1;
  return { first, last: metOnce ? first : await endOf(reading, pairs, true) };
}

const listedIn = ({ sort, body: { spread } }: ReadRow<MeetingRow>): DateListKey =>
  spread === undefined ? { sort } : { sort, spread };

async function endOf(reading: Reading, pairs: readonly MetPair[], descending: boolean): Promise<string> {
  for await (const row of readMerged<MeetingRow>(reading, partsOf(pairs), descending))
    return row.body.date ?? dateIn(await summaryAt(reading, listedIn(row)));
  throw new Error(
    `position ${reading.at}: a sum counts meetings of ${pairs.map(({ pair }) => pair.join(' and ')).join(', ')}, but no row has one: rebuild the read model network`,
  );
}

const dateIn = (summary: Summary | undefined): string => (summary ? recordDateOf(summary.fields) : '');

async function encountersWithin(
  reading: Reading,
  pairs: readonly MetPair[],
  { topic, ...dates }: EncounterFilter,
): Promise<Encounters | undefined> {
  const window = windowOf(dates);
  const rows = await Array.fromAsync(readMerged<MeetingRow>(reading, partsOf(pairs)));
  const dated = (await summariesAt(reading, rows.map(listedIn)))
    .filter((summary) => summary !== undefined)
    .filter(({ fields }) => topic === undefined || fields.topics.includes(topic))
    .map(({ fields }) => recordDateOf(fields))
    .filter((date) => isWithin(date, window));
  const [first, last] = [dated[0], dated.at(-1)];
  return first === undefined || last === undefined ? undefined : { meetings: dated.length, first, last };
}
