// Lists of meetings, statements and opinions by date, filtered.
import type { TimelineFilter } from '../queries/filter.ts';
import { pageOf, type Page, type PageRequest } from '../queries/pages.ts';
import { weighSummary } from '../queries/things.ts';
import type { Summary as PositionedSummary } from '../views/summary.ts';
import { readDirectory } from './directory.ts';
import { beyond, partsOf, readParts, type Part, type Reading, type Row } from './reading.ts';
import { positioned, summaryAt } from './summaries.ts';
import { thingFilter } from './thing-filter.ts';
import { isWidePart } from './thing.ts';
import { actorList, ALL, topicList, type ListRow, type SummaryRow } from './timeline.ts';

/** A page of the things that pass, by date. */
export async function listThings(
  reading: Reading,
  given: TimelineFilter,
  request: PageRequest,
): Promise<Page<PositionedSummary>> {
  const filter = thingFilter(await readDirectory(reading), given);
  const { after, descending = false } = request;
  const parts = listsOf(given, filter.roles[0]?.actors)
    .flatMap((list) => partsOf(list, filter.window))
    .map((part) => (after === undefined ? part : beyond(part, after, descending)));
  const summariesOf = (rows: readonly { readonly body: Row<ListRow> }[]) =>
    Promise.all(
      rows.map(async ({ body: row }) => {
        const summary = filter.mayPass(row) ? await summaryOf(reading, row) : undefined;
        return summary && filter.passes(summary) ? summary : undefined;
      }),
    );
  return pageOf(listed(reading, parts, descending), request, summariesOf, weighSummary);
}

/** Lists that have everything that may pass. */
function listsOf({ topic }: TimelineFilter, actors: readonly string[] | undefined): string[] {
  if (actors) return actors.map(actorList);
  return [topic === undefined ? ALL : topicList(topic)];
}

async function* listed(reading: Reading, parts: readonly Part[], descending: boolean) {
  for await (const row of readParts<ListRow>(reading, parts, descending))
    yield { sort: row.sort, from: row.position, body: row };
}

/** The list of all has the summary in the row itself. */
const summaryOf = async (reading: Reading, row: Row<ListRow>): Promise<PositionedSummary | undefined> =>
  isInAll(row)
    ? positioned(row)
    : summaryAt(reading, { sort: row.sort, ...(isWidePart(row.partition) ? { wide: true } : {}) });

const isInAll = (row: Row<ListRow>): row is Row<SummaryRow> => 'summary' in row.body;
