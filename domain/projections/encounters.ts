// How often two actors met, and when first and last. Actors that are merged are one: a meeting at which two of them were
// named counts once.
import { isWithin } from '../../events/date.ts';
import type { EncounterFilter, Encounters } from '../queries/encounters.ts';
import { windowOf } from '../queries/window.ts';
import { dateOf } from '../views/summary.ts';
import { meetingsOf, timesMetBy } from './network.ts';
import { readParts, type Part, type Reading, type Row } from './reading.ts';
import { summaryAt } from './summaries.ts';
import type { Listed } from './thing.ts';

type MeetingRow = Row<Omit<Listed, 'sort'>>;

/** What is between two groups of actors; undefined if no meeting passes the filter. */
export async function encounters(
  reading: Reading,
  group: readonly string[],
  others: readonly string[],
  filter: EncounterFilter,
): Promise<Encounters | undefined> {
  const parts = group.flatMap((id) =>
    others.map((other): Part => ({ partition: id < other ? meetingsOf(id, other) : meetingsOf(other, id) })),
  );
  if (Object.keys(filter).length > 0) return encountersWithin(reading, parts, filter);
  const meetings = await timesMet(reading, group, others, parts);
  if (meetings === 0) return undefined;
  const ends = [false, true].map(async (descending) => dateOfFirst(reading, parts, descending));
  const [first = '', last = ''] = await Promise.all(ends);
  return { meetings, first, last };
}

/** The sum of the pair, if only one pair ever met; else the meetings are counted. */
async function timesMet(
  reading: Reading,
  group: readonly string[],
  others: readonly string[],
  parts: readonly Part[],
): Promise<number> {
  const sums: number[] = [];
  for (const id of group)
    for (const meetings of (await timesMetBy(reading, id, others)).values())
      if (meetings > 0) sums.push(meetings);
  if (sums.length < 2) return sums[0] ?? 0;
  let count = 0;
  for await (const _ of readParts(reading, parts)) count++;
  return count;
}

async function dateOfFirst(reading: Reading, parts: readonly Part[], descending: boolean): Promise<string> {
  for await (const row of readParts<MeetingRow['body']>(reading, parts, descending))
    return dateOf((await summaryOf(reading, row)).fields);
  throw new Error(`position ${reading.at}: a sum counts meetings, but no row has one: rebuild the network`);
}

async function encountersWithin(
  reading: Reading,
  parts: readonly Part[],
  { topic, ...dates }: EncounterFilter,
): Promise<Encounters | undefined> {
  const window = windowOf(dates);
  const passing: string[] = [];
  for await (const row of readParts<MeetingRow['body']>(reading, parts)) {
    const { fields } = await summaryOf(reading, row);
    const date = dateOf(fields);
    if ((topic === undefined || fields.topics.includes(topic)) && isWithin(date, window)) passing.push(date);
  }
  const [first, last] = [passing[0], passing.at(-1)];
  return first === undefined || last === undefined ? undefined : { meetings: passing.length, first, last };
}

async function summaryOf(reading: Reading, { sort, body }: MeetingRow) {
  const summary = await summaryAt(reading, { sort, ...body });
  if (!summary)
    throw new Error(`position ${reading.at}: the list of all has no ${sort}: rebuild the timeline`);
  return summary;
}
