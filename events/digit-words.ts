// Formats a year, month or day with unspecified digits as words: "in the 2010s", "some day in March 2023".
import { daysOfMonth, monthLength, monthsOf, numbersOf } from './calendar.ts';
import type { CalendarDate } from './date-grammar.ts';

export interface Phrase {
  readonly text: string;
  /** Precedes the text if no other words do. */
  readonly preposition?: 'in' | 'on';
}

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Formats a year; years with fewer than four digits include their era. EDTF's year 0 is 1 BC. */
export function yearText(year: number): string {
  if (year <= 0) return `${1 - year} BC`;
  return year < 1_000 ? `AD ${year}` : String(year);
}

/** Formats one year of a range. Avoids "the 2000s", because it may mean ten years or a hundred. */
export function yearsFrom(first: number, last: number): Phrase {
  if (last === first + 9 && first % 10 === 0 && first % 100 !== 0 && first > 100)
    return { text: `the ${first}s`, preposition: 'in' };
  return { text: `some year from ${yearText(first)} to ${yearText(last)}` };
}

export const joined = (texts: readonly string[], word: 'and' | 'or'): string =>
  texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} ${word} ${texts.at(-1)}`;

/** Formats the digits of a date, without its time and marks. */
export function digitsInWords({ year, month, day }: CalendarDate): Phrase {
  if (month === undefined) return yearPhrase(year);
  const [years, ofYears] = [numbersOf(year), yearPhrase(year).text];
  // Excludes months that lack all these days, and days that all these months lack.
  const [months, days] = [monthsOf(month), day === undefined ? undefined : daysOfMonth(day)];
  const isMonth = (m: number) => days === undefined || years.some((y) => (days[0] ?? 0) <= monthLength(y, m));
  const own = month === 'XX' ? months : months.filter(isMonth);
  const when = { months: own, years: ofYears, isOneYear: years.length === 1 };
  if (days === undefined) return monthPhrase(when);
  return dayPhrase(
    days.filter((d) => years.some((y) => own.some((m) => d <= monthLength(y, m)))),
    when,
    days.length === 31,
  );
}

function yearPhrase(digits: string): Phrase {
  const years = numbersOf(digits);
  const [first = 0, last = 0] = [years[0], years.at(-1)];
  if (years.length === 1) return { text: yearText(first) };
  if (digits === 'XXXX') return { text: 'an unknown year' };
  return last - first + 1 === years.length
    ? yearsFrom(first, last)
    : { text: `a year of the form ${digits}` };
}

interface When {
  readonly months: readonly number[];
  readonly years: string;
  readonly isOneYear: boolean;
}

function monthPhrase({ months, years, isOneYear }: When): Phrase {
  const names = months.map((m) => MONTHS[m - 1] ?? '');
  const [name = ''] = names;
  if (months.length === 12) return { text: `some month of ${years}`, preposition: 'in' };
  if (names.length === 1)
    return isOneYear ? { text: `${name} ${years}` } : { text: `${a(name)} of ${years}`, preposition: 'in' };
  const some = follow(months) ? `some month from ${name} to ${names.at(-1)}` : joined(names, 'or');
  return { text: `${some}${isOneYear ? '' : ' of'} ${years}`, preposition: 'in' };
}

function dayPhrase(days: readonly number[], when: When, isAnyDay: boolean): Phrase {
  const { months, years, isOneYear } = when;
  if (isAnyDay) return { text: `some day in ${months.length === 12 ? years : monthPhrase(when).text}` };
  const [first = 0, last = 0] = [days[0], days.at(-1)];
  if (months.length > 1) {
    const some = follow(days)
      ? `a day from the ${ordinal(first)} to the ${ordinal(last)}`
      : `the ${joined(days.map(ordinal), 'or')}`;
    return { text: `${some} of ${monthPhrase(when).text}`, preposition: 'on' };
  }
  const monthAndYear = `${MONTHS[(months[0] ?? 0) - 1]}${isOneYear ? '' : ' of'} ${years}`;
  if (days.length === 1)
    return isOneYear
      ? { text: `${first} ${monthAndYear}` }
      : { text: a(`${first} ${monthAndYear}`), preposition: 'on' };
  return follow(days)
    ? { text: `some day from ${first} to ${last} ${monthAndYear}` }
    : { text: `${joined(days.map(String), 'or')} ${monthAndYear}`, preposition: 'on' };
}

/** Returns true for three or more consecutive numbers. */
const follow = (numbers: readonly number[]): boolean =>
  numbers.length > 2 && (numbers.at(-1) ?? 0) - (numbers[0] ?? 0) === numbers.length - 1;

const a = (text: string): string => `${/^(?:8|1[18]\b|[AO])/.test(text) ? 'an' : 'a'} ${text}`;

function ordinal(n: number): string {
  if (n >= 11 && n <= 13) return `${n}th`;
  return `${n}${['th', 'st', 'nd', 'rd'][n % 10] ?? 'th'}`;
}
