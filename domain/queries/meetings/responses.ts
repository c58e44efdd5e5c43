// Lists the records that belong to a record or regard it, by date: statements at a meeting, replies, opinions.
import { actors } from '../../projections/views/actors-view.ts';
import { meeting } from '../../projections/views/meeting-view.ts';
import { type DateListKey, responsesTo } from '../../projections/rows/row-keys.ts';
import type { Reading, ReadRow } from '../../projections/rows/reading.ts';
import { recordAsOf } from '../../projections/rows/thing-by-id.ts';
import { timeline } from '../../projections/views/timeline-view.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';
import { matching, type TimelineFilter } from '../timeline/timeline-filter.ts';
import type { Page, PageRequest, WeighItem } from '../paging.ts';
import { pageOfRecords, summariesAt } from '../timeline/summaries.ts';

/** The read models that responses need. */
export const responseViews = [meeting, timeline, actors] as const;

export type ResponseRow = ReadRow<Omit<DateListKey, 'sort'>>;

/** Lists the responses that pass the filter; undefined if the record does not exist. */
export async function listResponses(
  reading: Reading,
  id: string,
  filter: TimelineFilter,
  request: PageRequest,
): Promise<Page<Summary> | undefined> {
  if (!(await recordAsOf(reading, id))) return undefined;
  return pageOfResponses(reading, id, request, (await matching(reading, filter)).passes);
}

export const pageOfResponses = (
  reading: Reading,
  id: string,
  request: PageRequest,
  thing: (summary: Summary) => boolean,
  weigh?: WeighItem<Summary>,
): Promise<Page<Summary>> =>
  pageOfRecords(reading, responseParts(id), request, { passes: thing, listed: listedInResponses }, weigh);

export const responseParts = (id: string) => [{ partition: responsesTo(id) }];

const listedInResponses = ({ sort, body }: ResponseRow): DateListKey => ({ sort, ...body });

export const responsesIn = (
  reading: Reading,
  rows: readonly ResponseRow[],
): Promise<(Summary | undefined)[]> => summariesAt(reading, rows.map(listedInResponses));
