// The dates that sources print most: a year, a month or a day, an interval of two of them, or one with an open end; and
// one of two days, or both.
// EDTF's whole grammar takes hundreds of times as long for them. What is not surely right is left to the grammar.

const DAY_MS = 86_400_000;
const MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A year from 0001, a month or a day, certain or not. */
const PLAIN = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?([?~%]?)$/;

/** From one day to another, or one of them, or both. */
const TWO_DAYS = /^(?=\[.*\]$|\{.*\}$).(\d{4}-\d\d-\d\d)(?:,|\.\.)(\d{4}-\d\d-\d\d).$/;

/** First and last day, as `1YYYY-MM-DD`; absent where it is open. From the one to the other, both counted. */
export interface Days {
  readonly earliest?: string;
  readonly latest?: string;
  readonly days: number;
}

/** The days of such a date, in EDTF's normal form; undefined where the grammar must say what it means, if anything. */
export function plainDays(value: string): Days | undefined {
  const only = daysOf(value);
  if (only) return only;
  const slash = value.indexOf('/');
  if (slash > 0) return between(value.slice(0, slash), value.slice(slash + 1));
  const [, first, last] = TWO_DAYS.exec(value) ?? [];
  if (first !== undefined && last !== undefined) return between(first, last);
  // Within a set, EDTF has no qualified dates.
  if (value.startsWith('[..') && value.endsWith(']') && !/[?~%]/.test(value))
    return between('..', value.slice(3, -1));
  return undefined;
}

function between(first: string, last: string): Days | undefined {
  const [from, to] = [daysOf(first), daysOf(last)];
  if (first === '..') return to && { latest: to.latest, days: Infinity };
  if (last === '..') return from && { earliest: from.earliest, days: Infinity };
  // An interval must end in something that begins later.
  if (!from || !to || to.earliest <= from.earliest) return undefined;
  return {
    earliest: from.earliest,
    latest: to.latest,
    days: (timeOf(to.latest) - timeOf(from.earliest)) / DAY_MS + 1,
  };
}

function daysOf(value: string): Required<Days> | undefined {
  const [, year = '', month, day] = PLAIN.exec(value) ?? [];
  if (year === '' || year === '0000') return undefined;
  if (month === undefined) {
    return { earliest: `1${year}-01-01`, latest: `1${year}-12-31`, days: isLeap(Number(year)) ? 366 : 365 };
  }
  const length = lengthOf(Number(year), Number(month));
  if (day === undefined) {
    if (length === 0) return undefined;
    return { earliest: `1${year}-${month}-01`, latest: `1${year}-${month}-${length}`, days: length };
  }
  if (Number(day) < 1 || Number(day) > length) return undefined;
  const key = `1${year}-${month}-${day}`;
  return { earliest: key, latest: key, days: 1 };
}

/** Of a month from 1; 0 where there is none. */
const lengthOf = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (MONTHS[month - 1] ?? 0);

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** The calendar repeats after 10,000 years, so the keys may be taken as they are. */
function timeOf(key: string): number {
  const [year = '', month = '', day = ''] = key.split('-');
  return Date.UTC(Number(year), Number(month) - 1, Number(day));
}
