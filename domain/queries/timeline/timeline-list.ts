// Lists the records of the timeline that pass a filter.
import { actors } from '../../projections/views/actors-view.ts';
import type { Reading } from '../../projections/rows/reading.ts';
import { timeline } from '../../projections/views/timeline-view.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';
import { matching, narrowest, type TimelineFilter } from './timeline-filter.ts';
import type { Page, PageRequest } from '../paging.ts';
import { pageOfRecords } from './summaries.ts';

/** The read models that these lists need. */
export const timelineViews = [timeline, actors] as const;

export async function listTimeline(
  reading: Reading,
  filter: TimelineFilter,
  request: PageRequest,
): Promise<Page<Summary>> {
  const matches = await matching(reading, filter);
  const { parts, row } = await narrowest(reading, matches);
  return pageOfRecords(reading, parts, request, { row, passes: matches.passes });
}
