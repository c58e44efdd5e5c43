// The latest dates of the things that a sum counts. An event names such a sum with the date, as in `statements@…`. A
// snapshot has the sum, and of the latest dates how many things have each. Older dates are left out, so that it stays
// small: if all dates that it has are taken back, the list of the things says which is the latest.
import { fieldsOf, daysOf, listedAt, type ThingState } from '../state/thing-state.ts';

/** Before a date in the name of a sum. */
const DATED = '@';
/** Before the latest date that a snapshot left out: it and all dates below it may be missing. */
const LEFT_OUT = '<';
/** So many dates are in a snapshot. */
const KEPT = 4;
/** In a date: between what it sorts by and how it is written, if it is not simply a day. Sorts below all that follows a day. */
const WRITTEN = '\t';

type Sums = Readonly<Record<string, number>>;

/** The name of the sum that counts this thing. It has a date if the thing has taken place and is not retracted. */
export function datedName(name: string, state: ThingState): string {
  const { status, retracted } = state.life;
  if (retracted || status === 'announced' || status === 'called-off') return name;
  const { heldOn, madeOn, publishedOn } = fieldsOf(state);
  const date = heldOn ?? madeOn ?? publishedOn ?? '';
  const { sort } = daysOf(state);
  const { spread } = listedAt(state);
  if (sort === `1${date}T`) return `${name}${DATED}${sort}`;
  return `${name}${DATED}${sort}${WRITTEN}${spread === undefined ? 0 : spread === 'days' ? 1 : 2}${date}`;
}

/** The name of a sum without the date. */
export function undatedName(name: string): string {
  const end = name.indexOf(DATED);
  return end < 0 ? name : name.slice(0, end);
}

/** Adds what an event adds to the sum of this name, and to the things of its date. */
export function addTo(sums: Record<string, number>, name: string, by: number): void {
  const sum = undatedName(name);
  sums[sum] = (sums[sum] ?? 0) + by;
  if (sum === name) return;
  const date = name.slice(sum.length);
  sums[date] = (sums[date] ?? 0) + by;
}

/** What a snapshot has of these sums: the sums, and the latest dates. */
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

/** The sums alone. */
export const withoutDates = (sums: Sums): Sums =>
  Object.fromEntries(Object.entries(sums).filter(([name]) => !isOfDate(name)));

const isOfDate = (name: string): boolean => name.startsWith(DATED) || name.startsWith(LEFT_OUT);

export interface LatestDate {
  /** What it sorts by. */
  readonly sort: string;
  /** EDTF. */
  readonly date: string;
}

/** The latest date of the things that these sums count; of dates that begin alike, one of more days. */
export function latestDate(sums: Sums): LatestDate | 'unknown' | undefined {
  const leftOut = leftOutOf(sums);
  const dates = datesIn(sums);
  const last = dates.at(-1);
  if (last === undefined) {
    // Rows of the version before have sums without dates.
    const isCounted = Object.values(sums).some((count) => count > 0);
    return leftOut !== undefined || isCounted ? 'unknown' : undefined;
  }
  // Of dates that differ only in how they are written, the one that was recorded last counts, which sums do not know.
  const isAlike = (date: string | undefined) => date !== undefined && placeOf(date) === placeOf(last);
  if (isAlike(dates.at(-2)) || isAlike(leftOut)) return 'unknown';
  const [sort = '', written] = last.split(WRITTEN);
  return { sort, date: written === undefined ? sort.slice(1, -1) : written.slice(1) };
}

/** What a date sorts by, and of how many days it may be. */
function placeOf(date: string): string {
  const [sort, written = '0'] = date.split(WRITTEN);
  return `${sort}${WRITTEN}${written[0]}`;
}

const leftOutOf = (sums: Sums): string | undefined =>
  Object.keys(sums)
    .find((name) => name.startsWith(LEFT_OUT))
    ?.slice(LEFT_OUT.length);

/** Every date that things have and that is above those left out, in order. */
function datesIn(sums: Sums): string[] {
  const leftOut = leftOutOf(sums) ?? '';
  return Object.entries(sums)
    .filter(([name, count]) => name.startsWith(DATED) && count > 0)
    .map(([name]) => name.slice(DATED.length))
    .filter((date) => date > leftOut)
    .toSorted();
}
