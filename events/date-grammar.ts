// Parses EDTF dates (ISO 8601-2, levels 0 to 2) into their components.
import { daysOfMonth, monthLength, monthsOf, numbersOf } from './calendar.ts';

export type Component = 'year' | 'month' | 'day';

/** The components that `?` and `~` qualify. `%` means both. */
export interface Marks {
  readonly uncertain: readonly Component[];
  readonly approximate: readonly Component[];
}

/** A year, month or day. An X is an unspecified digit. A date with an X has no marks. */
export interface CalendarDate {
  readonly kind: 'date';
  readonly year: string;
  readonly month?: string;
  readonly day?: string;
  /** Time and offset, such as `14:00+05:30`. */
  readonly time?: string;
  readonly marks: Marks;
}

/** A part of a year. `season` runs from 21 (spring) to 41 (second half of the year). */
export interface Season {
  readonly kind: 'season';
  readonly year: number;
  readonly season: number;
  readonly marks: Marks;
}

/** An unspecified year from `first` to `last`: a decade, a century, or a year with significant digits. */
export interface YearRange {
  readonly kind: 'years';
  readonly first: number;
  readonly last: number;
  readonly estimated?: number;
  readonly marks: Marks;
}

export type Single = CalendarDate | Season | YearRange;

/** `open`: the interval has no limit at this end. `unknown`: the limit exists but is not known. */
export type End = Single | 'open' | 'unknown';

export interface Interval {
  readonly kind: 'interval';
  readonly from: End;
  readonly to: End;
}

/** `{all}` members, or `[one]` of them. With `earlier` or `later`, the set also contains all dates before or after. */
export interface DateSet {
  readonly kind: 'set';
  readonly all: boolean;
  readonly earlier: boolean;
  readonly later: boolean;
  /** A member with `to` contains all dates from `from` to `to`. */
  readonly members: readonly { readonly from: Single; readonly to?: Single }[];
}

export type WrittenDate = Single | Interval | DateSet;

const MARK = '([?~%]?)';
const DATE = new RegExp(
  `^${MARK}(-?[\\dX]{4})${MARK}(?:-${MARK}([\\dX]{2})${MARK}(?:-${MARK}([\\dX]{2})${MARK})?)?$`,
);
const INSTANT =
  /^(-?\d{4}-\d\d-\d\d)T((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))([?~%]?)$/;
const SIGNIFICANT = /^(-?\d{4})S([1-9])$/;
const NO_MARKS: Marks = { uncertain: [], approximate: [] };

const NOT_EDTF =
  'this is not an EDTF date; write 2023-03-03, 2023-03, 2023-03~, 2023-03-03/2023-03-05 or [..2023-03-03]';

/**
 * Parses an EDTF value.
 * @throws RangeError that states the fault and a valid form.
 */
export function parseWritten(text: string): WrittenDate {
  if (text.includes('/')) return interval(text);
  if (/^[[{]/.test(text)) return dateSet(text);
  return decadeOrCentury(text) ?? single(text);
}

function interval(text: string): Interval {
  const [from = '', to = '', ...others] = text.split('/');
  if (others.length > 0 || (from === '' && to === '')) throw new RangeError(NOT_EDTF);
  return { kind: 'interval', from: end(from), to: end(to) };
}

function end(text: string): End {
  if (text === '') return 'unknown';
  return text === '..' ? 'open' : single(text);
}

function dateSet(text: string): DateSet {
  const [, left = '', earlier = '', inner = '', later = '', right = ''] =
    /^([[{])(\.\.)?(.*?)(\.\.)?([\]}])$/s.exec(text) ?? [];
  if ((left === '[') !== (right === ']') || inner === '') throw new RangeError(NOT_EDTF);
  const members = inner.split(',').map((member) => {
    const [from = '', to, ...others] = member.split('..');
    if (others.length > 0) throw new RangeError(NOT_EDTF);
    return { from: single(from), ...(to === undefined ? {} : { to: single(to) }) };
  });
  return { kind: 'set', all: left === '{', earlier: earlier !== '', later: later !== '', members };
}

/** Parses a decade or a century. It needs a sign or a mark, because bare digits are ambiguous. */
function decadeOrCentury(text: string): YearRange | undefined {
  const [, digits, mark = ''] = /^(-?\d{2,3})([?~%]?)$/.exec(text) ?? [];
  if (digits === undefined || /^\d+$|^-0+\D?$/.test(text)) return undefined;
  const years = digits.replace('-', '').length === 2 ? 100 : 10;
  const first = Number(digits) * years;
  return { kind: 'years', first, last: first + years - 1, marks: marksOf([[['year'], mark]]) };
}

function single(text: string): Single {
  const [, day, time, mark = ''] = INSTANT.exec(text) ?? [];
  if (day !== undefined && time !== undefined) return { ...calendarDate(day + mark), time };
  if (text.includes('T')) {
    throw new RangeError('write a time as 2023-03-03T14:00+05:30: whole minutes or seconds, with its offset');
  }
  const [, year, digits] = SIGNIFICANT.exec(text) ?? [];
  if (year !== undefined) return significant(Number(year), Number(digits));
  if (/^Y-?\d/.test(text)) throw new RangeError('years run from -9999 to 9999: write four digits, without Y');
  const [, yearOfSeason, season, sign = ''] = /^(-?\d{4})-(2[1-9]|3\d|4[01])([?~%]?)$/.exec(text) ?? [];
  if (yearOfSeason !== undefined) {
    const marks = marksOf([[['year', 'month'], sign]]);
    return { kind: 'season', year: Number(yearOfSeason), season: Number(season), marks };
  }
  return calendarDate(text);
}

/** Parses `1950S2`: an unspecified year from 1900 to 1999, estimated as 1950. Leading zeros are not significant. */
function significant(year: number, digits: number): YearRange {
  const unit = 10 ** Math.max(0, String(Math.abs(year)).length - digits);
  const near = Math.floor(Math.abs(year) / unit) * unit;
  const far = near + unit - 1;
  const [first, last] = year < 0 ? [-far, -near] : [near, far];
  return { kind: 'years', first, last, estimated: year, marks: NO_MARKS };
}

function calendarDate(text: string): CalendarDate {
  const [, beforeYear = '', year, afterYear = '', beforeMonth = '', month, afterMonth = '', ...rest] =
    DATE.exec(text) ?? [];
  const [beforeDay = '', day, afterDay = ''] = rest;
  if (year === undefined || year === '-0000') throw new RangeError(NOT_EDTF);
  const marks = marksOf([
    [['year'], beforeYear],
    [['year'], afterYear],
    [['month'], beforeMonth],
    [['year', 'month'], afterMonth],
    [['day'], beforeDay],
    [['year', 'month', 'day'], afterDay],
  ]);
  const date: CalendarDate = {
    kind: 'date',
    year,
    ...(month === undefined ? {} : { month }),
    ...(day === undefined ? {} : { day }),
    marks,
  };
  const digits = [year, month, day].filter((part) => part !== undefined).join('-');
  if (digits.includes('X') && digits !== text) throw new RangeError(NOT_EDTF);
  if (!isInCalendar(date))
    throw new RangeError(`${digits} is not a day of the calendar: write an existing month and day`);
  const normal = normalForm(date);
  if (normal !== text) throw new RangeError(`${text} is not in EDTF's normal form: write ${normal}`);
  return date;
}

/** Returns true if the calendar contains at least one day that matches the digits. */
function isInCalendar({ year, month, day }: CalendarDate): boolean {
  if (month === undefined) return numbersOf(year).length > 0;
  const months = monthsOf(month);
  if (day === undefined) return months.length > 0 && numbersOf(year).length > 0;
  const first = daysOfMonth(day)[0] ?? Infinity;
  return numbersOf(year).some((y) => months.some((m) => first <= monthLength(y, m)));
}

function marksOf(marked: readonly (readonly [parts: readonly Component[], mark: string])[]): Marks {
  const partsWith = (signs: string) =>
    new Set(marked.flatMap(([parts, mark]) => (mark !== '' && signs.includes(mark) ? parts : [])));
  return { uncertain: [...partsWith('?%')], approximate: [...partsWith('~%')] };
}

/** Formats a date. A mark after a component also qualifies those before it; a mark in front qualifies only that one. */
function normalForm({ year, month, day, marks: { uncertain, approximate } }: CalendarDate): string {
  const sign = (isMarked: (parts: readonly Component[]) => boolean): string => {
    const [isUncertain, isApproximate] = [isMarked(uncertain), isMarked(approximate)];
    if (isUncertain && isApproximate) return '%';
    return isUncertain ? '?' : isApproximate ? '~' : '';
  };
  const exactly = (...wanted: Component[]) =>
    sign((parts) => parts.length === wanted.length && wanted.every((part) => parts.includes(part)));
  const afterYear = sign((parts) => parts.includes('year') && !parts.includes('month'));
  if (month === undefined) return year + afterYear;
  const beforeMonth = sign((parts) => parts.includes('month') && !parts.includes('year'));
  const months = `${year}${afterYear}-${beforeMonth}${month}${exactly('year', 'month')}`;
  if (day === undefined) return months;
  const beforeDay = sign((parts) => parts.includes('day') && parts.length < 3);
  return `${months}-${beforeDay}${day}${exactly('year', 'month', 'day')}`;
}
