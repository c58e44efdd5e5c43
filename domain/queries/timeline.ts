// Lists of meetings, statements and opinions: the timeline, filtered.
import { actors } from '../projections/actors.ts';
import type { Reading } from '../projections/reading.ts';
import { timeline } from '../projections/timeline.ts';
import type { Summary } from '../projections/summary-shape.ts';
import { matching, narrowest, type TimelineFilter } from './filter.ts';
import type { Page, PageRequest } from './pages.ts';
import { pageOfThings } from './things.ts';

/** What these lists read. */
export const timelineViews = [timeline, actors] as const;

export async function listTimeline(
  reading: Reading,
  filter: TimelineFilter,
  request: PageRequest,
): Promise<Page<Summary>> {
  const matches = await matching(reading, filter);
  const { parts, row } = await narrowest(reading, matches);
  return pageOfThings(reading, parts, request, { row, thing: matches.thing });
}
