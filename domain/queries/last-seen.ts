// When an actor or a topic was last seen, and whether it was seen within certain days. Retracted records do not count, and
// neither do meetings that were only announced or were cancelled.
import { isWithin } from '../../events/date.ts';
import { latestDate, type LatestDate } from '../projections/rows/latest-dates.ts';
import {
  dateRanges,
  readMerged,
  type KeyRange,
  type Reading,
  type ReadRow,
} from '../projections/rows/reading.ts';
import type { SumsByName } from '../projections/rows/sums.ts';
import { dateIn, kindIn, type DateListKey } from '../projections/rows/row-keys.ts';
import type { ListRow } from '../projections/views/timeline-view.ts';
import type { RecordKind } from '../projections/state/summary-shape.ts';
import { recordDateOf } from '../projections/state/summary-shape.ts';
import { listedIn, summaryAt } from './timeline/summaries.ts';
import type { DateWindow } from './date-window.ts';

/**
 * Returns the latest date (EDTF) in these lists; of dates that begin alike, one of more days. The sums of each list have
 * it, unless retractions reverted the dates that they hold. Then the lists are read.
 */
export async function latestDateIn(
  reading: Reading,
  lists: readonly string[],
  sums: readonly (SumsByName | undefined)[],
): Promise<string | undefined> {
  let latest: LatestDate | undefined;
  for (const each of sums) {
    const found = latestDate(each ?? {});
    if (found === 'unknown') return latestInLists(reading, lists);
    if (found && (!latest || found.sort >= latest.sort)) latest = found;
  }
  return latest?.date;
}

async function latestInLists(reading: Reading, lists: readonly string[]): Promise<string | undefined> {
  const parts = lists.flatMap((list) => dateRanges(list, {}));
  const found = await Promise.all(parts.map((part) => latestIn(reading, part)));
  let last: ReadRow<ListRow> | undefined;
  for (const row of found) if (row && (!last || dateIn(row.sort) >= dateIn(last.sort))) last = row;
  const summary = last && (await summaryAt(reading, listedIn(last)));
  return summary && recordDateOf(summary.fields);
}

async function latestIn(reading: Reading, part: KeyRange): Promise<ReadRow<ListRow> | undefined> {
  for await (const row of readMerged<ListRow>(reading, [part], true)) if (counts(row.body)) return row;
  return undefined;
}

const counts = ({ retracted, unheld }: Pick<ListRow, 'retracted' | 'unheld'>): boolean =>
  !retracted && !unheld;

/** Returns true if these lists have a record, of this kind if one is given, that may have happened within the window. */
export async function hasRecordWithin<B extends Partial<ListRow>>(
  reading: Reading,
  lists: readonly KeyRange[],
  window: DateWindow,
  kind?: RecordKind,
  listed: (row: ReadRow<B>) => DateListKey = listedIn,
): Promise<boolean> {
  const { earliest, latest } = window;
  // Reads the latest first, because a date that begins within the window passes.
  for await (const row of readMerged<B>(reading, lists, true)) {
    const { sort, body } = row;
    if (!counts(body) || (kind !== undefined && kindIn(sort) !== kind)) continue;
    if (earliest === undefined && latest === undefined) return true;
    if (earliest !== undefined && body.until !== undefined && body.until < earliest) continue;
    const summary = await summaryAt(reading, listed(row));
    if (summary && isWithin(recordDateOf(summary.fields), window)) return true;
  }
  return false;
}
