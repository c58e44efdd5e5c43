// Keeps the latest dates of the records that a sum counts. A delta names the sum with a date, as in `statements@…`. A
// snapshot has the four latest dates. If all of them are reverted, queries read the latest date from the list.
import { fieldsOf, daysOf, dateListKeyOf, type RecordStreamState } from '../state/thing-state.ts';

/** Separates the name of a sum from a date. */
const DATED = '@';
/** Precedes the latest date that a snapshot leaves out. This date and all dates below it may be missing. */
const LEFT_OUT = '<';
/** Number of dates in a snapshot. */
const KEPT = 4;
/**
 * Separates the sortable date from the date as written, unless that is a day. Sorts below all characters after a day.
 */
const WRITTEN = '\t';

type Sums = Readonly<Record<string, number>>;

/** Returns the name of the sum that counts a record, with its date if it took place and is not retracted. */
export function sumNameWithDate(name: string, state: RecordStreamState): string {
  const { status, retracted } = state.life;
  if (retracted || status === 'announced' || status === 'called-off') return name;
  const { heldOn, madeOn, publishedOn } = fieldsOf(state);
  const date = heldOn ?? madeOn ?? publishedOn ?? '';
  const { sort } = daysOf(state);
  const { spread } = dateListKeyOf(state);
  if (sort === `1${date}T`) return `${name}${DATED}${sort}`;
  return `${name}${DATED}${sort}${WRITTEN}${spread === undefined ? 0 : spread === 'days' ? 1 : 2}${date}`;
}

/** Returns the name of a sum without the date. */
export function sumNameWithoutDate(name: string): string {
  const end = name.indexOf(DATED);
  return end < 0 ? name : name.slice(0, end);
}

/** Adds `by` to the sum of this name, and to the count of its date. */
export function addDelta(sums: Record<string, number>, name: string, by: number): void {
  const sum = sumNameWithoutDate(name);
  sums[sum] = (sums[sum] ?? 0) + by;
  if (sum === name) return;
  const date = name.slice(sum.length);
  sums[date] = (sums[date] ?? 0) + by;
}

/** Returns the body of a snapshot: the sums, and the latest dates. */
export function withLatestDates(sums: Sums): Sums {
  if (!Object.keys(sums).some(isOfDate)) return sums;
  const leftOut = leftOutOf(sums);
  const known = datesIn(sums).toReversed();
  const [first] = known.slice(KEPT);
  const last = first ?? leftOut;
  return {
    ...withoutDates(sums),
    ...Object.fromEntries(known.slice(0, KEPT).map((date) => [DATED + date, sums[DATED + date] ?? 0])),
    ...(last === undefined ? {} : { [LEFT_OUT + last]: 0 }),
  };
}

/** Returns the sums without counts of dates. */
export const withoutDates = (sums: Sums): Sums =>
  Object.fromEntries(Object.entries(sums).filter(([name]) => !isOfDate(name)));

const isOfDate = (name: string): boolean => name.startsWith(DATED) || name.startsWith(LEFT_OUT);

export interface LatestDate {
  /** The sortable date. */
  readonly sort: string;
  /** EDTF. */
  readonly date: string;
}

/**
 * Returns the latest date of the records that these sums count. Of dates that begin alike, the one of more days wins.
 */
export function latestDate(sums: Sums): LatestDate | 'unknown' | undefined {
  const leftOut = leftOutOf(sums);
  const dates = datesIn(sums);
  const last = dates.at(-1);
  if (last === undefined) {
    // Rows of an earlier fold version have sums without dates.
    const isCounted = Object.values(sums).some((count) => count > 0);
    return leftOut !== undefined || isCounted ? 'unknown' : undefined;
  }
  // Of dates that differ only as written, the one recorded last wins. Sums do not have that order.
  const isAlike = (date: string | undefined) =>
    date !== undefined && sortAndSpread(date) === sortAndSpread(last);
  if (isAlike(dates.at(-2)) || isAlike(leftOut)) return 'unknown';
  const [sort = '', written] = last.split(WRITTEN);
  return { sort, date: written === undefined ? sort.slice(1, -1) : written.slice(1) };
}

/** Returns the sortable date and the class of its number of days. */
function sortAndSpread(date: string): string {
  const [sort, written = '0'] = date.split(WRITTEN);
  return `${sort}${WRITTEN}${written[0]}`;
}

const leftOutOf = (sums: Sums): string | undefined =>
  Object.keys(sums)
    .find((name) => name.startsWith(LEFT_OUT))
    ?.slice(LEFT_OUT.length);

/** Returns the dates of counted records above those left out, in order. */
function datesIn(sums: Sums): string[] {
  const leftOut = leftOutOf(sums) ?? '';
  return Object.entries(sums)
    .filter(([name, count]) => name.startsWith(DATED) && count > 0)
    .map(([name]) => name.slice(DATED.length))
    .filter((date) => date > leftOut)
    .toSorted();
}
