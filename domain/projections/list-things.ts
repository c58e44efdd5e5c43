// Lists of meetings, statements and opinions by date, filtered.
import type { TimelineFilter } from '../queries/filter.ts';
import { pageOf, type Page, type PageRequest } from '../queries/pages.ts';
import { weighSummary } from '../queries/things.ts';
import type { Summary as PositionedSummary } from '../views/summary.ts';
import { readDirectory } from './directory.ts';
import { beyond, partsOf, readParts, type Part, type Reading, type Row } from './reading.ts';
import { thingFilter } from './thing-filter.ts';
import { WIDE } from './thing.ts';
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

/** The summary of the thing in this row, from the list of all: at the same sort key, in the same part of the list. */
async function summaryOf(reading: Reading, row: Row<ListRow>): Promise<PositionedSummary | undefined> {
  if (isInAll(row)) return positioned(row);
  const partition = row.partition.endsWith(WIDE) ? ALL + WIDE : ALL;
  const part = { partition, from: row.sort, below: `${row.sort}\0` };
  for await (const found of readParts<SummaryRow>(reading, [part])) return positioned(found);
  return undefined;
}

const isInAll = (row: Row<ListRow>): row is Row<SummaryRow> => 'summary' in row.body;

const positioned = ({ position, body }: Row<SummaryRow>): PositionedSummary => ({
  ...body.summary,
  position,
});
