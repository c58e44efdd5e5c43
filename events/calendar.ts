// Gregorian calendar arithmetic for the years -9999 to 9999. Day keys sort as text.

const YEARS = 10_000;
export const DAY_MS = 86_400_000;
const MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Returns the length of a month from 1 to 12; 0 for any other number. The year 0 is a leap year. */
export const monthLength = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (MONTHS[month - 1] ?? 0);

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** Returns `12023-03-03` for 3 March 2023: the year plus 10,000, so that negative years sort correctly too. */
export const dayKey = (year: number, month: number, day: number): string =>
  `${String(year + YEARS).padStart(5, '0')}-${two(month)}-${two(day)}`;

const two = (n: number): string => String(n).padStart(2, '0');

/** Returns the key of the day that is `days` before `day`. */
export function daysBefore(day: string, days: number): string {
  const at = new Date(timeOf(day) - days * DAY_MS);
  // The calendar repeats every 400 years.
  return dayKey(at.getUTCFullYear() - YEARS, at.getUTCMonth() + 1, at.getUTCDate());
}

/** Counts the days from `first` to `last`, both included. */
export const daysFrom = (first: string, last: string): number =>
  Math.round((timeOf(last) - timeOf(first)) / DAY_MS) + 1;

function timeOf(key: string): number {
  const [year = '', month = '', day = ''] = key.split('-');
  return new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(day));
}

/** Lists in ascending order all numbers that match `digits`; X matches any digit. A minus sign may come first. */
export function numbersOf(digits: string): number[] {
  if (digits.startsWith('-'))
    return numbersOf(digits.slice(1))
      .flatMap((n) => (n === 0 ? [] : [-n]))
      .toReversed();
  let numbers = [0];
  for (const digit of digits) {
    const last = digit === 'X' ? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] : [Number(digit)];
    numbers = numbers.flatMap((n) => last.map((each) => n * 10 + each));
  }
  return numbers;
}

export const monthsOf = (digits: string): number[] => numbersOf(digits).filter((n) => n >= 1 && n <= 12);
export const daysOfMonth = (digits: string): number[] => numbersOf(digits).filter((n) => n >= 1 && n <= 31);
