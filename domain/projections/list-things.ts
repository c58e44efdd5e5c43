// Lists of meetings, statements and opinions by date: all or those that pass a filter, what an actor said on a topic, and
// what belongs to or regards a thing.
import type { TimelineFilter } from '../queries/filter.ts';
import { pageOf, type Page, type PageRequest } from '../queries/pages.ts';
import { weighSummary } from '../queries/things.ts';
import type { Summary as PositionedSummary } from '../views/summary.ts';
import { lineOn, linesOf, type LineRow } from './lines.ts';
import { responsesTo } from './meeting.ts';
import {
  beyond,
  directory as directoryIn,
  partsOf,
  readParts,
  type Part,
  type Reading,
  type Row,
} from './reading.ts';
import { positioned, summaryAt } from './summaries.ts';
import { isWidePart, type Listed } from './thing.ts';
import { thingFilter } from './thing-filter.ts';
import { actorList, ALL, topicList, type ListRow, type SummaryRow } from './timeline.ts';

/** A page of the things that pass. */
export async function listThings(
  reading: Reading,
  given: TimelineFilter,
  request: PageRequest,
): Promise<Page<PositionedSummary>> {
  const { window, roles, mayPass, passes } = thingFilter(await directoryIn(reading), given);
  const parts = listsOf(given, roles[0]?.actors).flatMap((list) => partsOf(list, window));
  return pageOfThings<ListRow>(reading, parts, request, async (row) => {
    if (!mayPass(row)) return undefined;
    const summary = isInAll(row) ? positioned(row) : await summaryAt(reading, listedIn(row));
    return summary && passes(summary) ? summary : undefined;
  });
}

/** A page of what a speaker, and all that are merged into it, said on a topic; further filters narrow it. */
export async function listLine(
  reading: Reading,
  given: TimelineFilter & { readonly topic: string; readonly speaker: string },
  request: PageRequest,
): Promise<Page<PositionedSummary>> {
  const directory = await directoryIn(reading);
  const { window, passes } = thingFilter(directory, given);
  const line = lineOn(given.topic);
  const parts = directory
    .group(given.speaker)
    .flatMap((actor) => partsOf(linesOf(actor), window))
    .map(({ partition, from = '', below = ABOVE_DATES }) => ({
      partition,
      from: line + from,
      below: line + below,
    }));
  return pageOfThings<LineRow>(reading, parts, request, async (row) => {
    const summary = await summaryAt(reading, listedIn({ ...row, sort: row.sort.slice(line.length) }));
    return summary && passes(summary) ? summary : undefined;
  });
}

/** A page of what belongs to or regards a thing. */
export const listResponses = (
  reading: Reading,
  id: string,
  request: PageRequest,
): Promise<Page<PositionedSummary>> =>
  pageOfThings<Omit<Listed, 'sort'>>(reading, [{ partition: responsesTo(id) }], request, ({ sort, body }) =>
    summaryAt(reading, { sort, ...body }),
  );

/** Above every sort key that begins with a date. */
const ABOVE_DATES = '~';

/** Lists that have everything that may pass. */
function listsOf({ topic }: TimelineFilter, actors: readonly string[] | undefined): string[] {
  if (actors) return actors.map(actorList);
  return [topic === undefined ? ALL : topicList(topic)];
}

/** Where the list of all has the thing of a row in another list by date. */
const listedIn = ({ partition, sort }: Row<object>): Listed => ({
  sort,
  ...(isWidePart(partition) ? { wide: true } : {}),
});

/** Only the list of all has summaries. */
const isInAll = (row: Row<ListRow>): row is Row<SummaryRow> => 'summary' in row.body;

function pageOfThings<B extends object>(
  reading: Reading,
  parts: readonly Part[],
  request: PageRequest,
  summaryOf: (row: Row<B>) => Promise<PositionedSummary | undefined>,
): Promise<Page<PositionedSummary>> {
  const { after, descending = false } = request;
  const left = after === undefined ? parts : parts.map((part) => beyond(part, after, descending));
  const summariesOf = (rows: readonly { readonly body: Row<B> }[]) =>
    Promise.all(rows.map(({ body }) => summaryOf(body)));
  return pageOf(asBodies<B>(reading, left, descending), request, summariesOf, weighSummary);
}

async function* asBodies<B extends object>(reading: Reading, parts: readonly Part[], descending: boolean) {
  for await (const row of readParts<B>(reading, parts, descending))
    yield { sort: row.sort, from: row.position, body: row };
}
