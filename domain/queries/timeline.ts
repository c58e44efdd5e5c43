// Lists of meetings, statements and opinions: the timeline, filtered.
import { actors } from '../views/actors.ts';
import type { Summary } from '../views/summary.ts';
import { timeline } from '../views/timeline.ts';
import { matching, narrowest, type TimelineFilter } from './filter.ts';
import type { Page, PageRequest } from './pages.ts';
import type { Reading } from './reading.ts';
import { pageOfThings } from './things.ts';

/** What these lists read. */
export const timelineViews = [timeline, actors] as const;

export async function listTimeline(
  reading: Reading,
  filter: TimelineFilter,
  request: PageRequest,
): Promise<Page<Summary>> {
  const matches = await matching(reading, filter);
  const { sources, row } = await narrowest(reading, matches);
  return pageOfThings(reading, sources, request, { row, thing: matches.thing });
}
