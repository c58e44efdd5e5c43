// Compares dates with simple models: digit by digit, day by day, and with the edtf package.
import edtf from 'edtf';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { overlap, parseDate, span } from '../../events/date.ts';
import { joinedDigits as joined, writtenDates as written } from '../support/written-dates.ts';

const digit = fc.constantFrom('0', '1', '2', '3', 'X');
const digits = (length: number) =>
  fc.array(digit, { minLength: length, maxLength: length }).map((each) => each.join(''));
const unspecified = fc
  .tuple(digits(2), fc.option(digits(2)), fc.option(digits(2)))
  .map(([y, m, d]) => joined(`20${y}`, m, d))
  // 2023-21 is a season.
  .filter((date) => !/^\d{4}-[23]\d$/.test(date));

const DAYS: string[] = [];
for (let ms = Date.UTC(2000, 0, 1); ms < Date.UTC(2100, 0, 1); ms += 86_400_000)
  DAYS.push(new Date(ms).toISOString().slice(0, 10));

/** Returns the days of the 21st century that match the digits of a date. */
function naiveDays(date: string): Set<string> {
  const pattern = new RegExp(`^${date.replaceAll('X', '\\d')}`);
  return new Set(DAYS.filter((day) => pattern.test(day)));
}

test('a date with unspecified digits spans exactly the calendar days that match its digits', () => {
  fc.assert(
    fc.property(unspecified, fc.integer({ min: 0, max: DAYS.length }), (date, start) => {
      const days = naiveDays(date);
      const parsed = parseDate(date);
      expect([date, parsed.ok]).toEqual([date, days.size > 0]);
      if (!parsed.ok) return;
      const [first, last] = [[...days][0], [...days].at(-1)];
      expect(parsed.span).toMatchObject({ earliest: `1${first}`, latest: `1${last}` });
      for (let n = start; n < start + DAYS.length; n += 1_117) {
        const day = DAYS[n % DAYS.length] ?? '';
        expect([date, day, overlap(date, day)]).toEqual([date, day, days.has(day)]);
      }
    }),
    { numRuns: 150 },
  );
});

test('two sets overlap exactly if a day by day comparison of their members finds a common day', () => {
  const member = fc.oneof(unspecified, fc.constantFrom(...DAYS), fc.constantFrom('2011', '2012-02', '2020'));
  const set = fc
    .tuple(fc.constantFrom('[]', '{}'), fc.array(member, { minLength: 1, maxLength: 4 }))
    .filter(([, members]) => members.every((each) => naiveDays(each).size > 0))
    .map(([[left, right], members]) => ({
      value: `${left}${members.join(',')}${right}`,
      days: new Set(members.flatMap((each) => [...naiveDays(each)])),
    }));
  fc.assert(
    fc.property(set, set, (a, b) => {
      const expected = [...a.days].some((day) => b.days.has(day));
      expect([a.value, b.value, overlap(a.value, b.value)]).toEqual([a.value, b.value, expected]);
    }),
    { numRuns: 150 },
  );
});

test('a year with significant digits spans exactly the years that begin with them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -9_999, max: 9_999 }),
      fc.integer({ min: 1, max: 9 }),
      (year, significant) => {
        const written = `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}S${significant}`;
        const start = (n: number) => `${Math.sign(n)} ${String(Math.abs(n)).slice(0, significant)}`;
        const isAlike = (n: number) =>
          start(n) === start(year) && String(Math.abs(n)).length === String(Math.abs(year)).length;
        const { earliest = '', latest = '' } = span(written);
        const [first, last] = [Number(earliest.slice(0, 5)) - 10_000, Number(latest.slice(0, 5)) - 10_000];
        expect([first - 1, first, year, last, last + 1].map(isAlike)).toEqual([
          false,
          true,
          true,
          true,
          false,
        ]);
      },
    ),
  );
});

function packageReads(value: string) {
  // The package reads bare digits as milliseconds since 1970.
  if (/^\d*$/.test(value) && value.length !== 4) return undefined;
  // An interval with two unknown ends is not a date.
  if (value === '/') return undefined;
  try {
    const date = edtf(value);
    return date.edtf === value ? date : undefined;
  } catch {
    return undefined;
  }
}

const keyOf = (ms: number): string => {
  const at = new Date(ms);
  return `${String(at.getUTCFullYear() + 10_000).padStart(5, '0')}-${at.toISOString().slice(-19, -14)}`;
};

/** Values for which the package returns different or wrong bounds. */
const OTHER_BOUNDS = /[[{SX]|-(?:2[1-9]|[34]\d)$/;

test('every date that the edtf package accepts is accepted with the same bounds', () => {
  let accepted = 0;
  fc.assert(
    fc.property(written, (value) => {
      const read = packageReads(value);
      if (!read) return;
      accepted++;
      const parsed = parseDate(value);
      if (!parsed.ok) {
        expect([value, parsed.problem]).toEqual([
          value,
          'the date has neither a first nor a last day: write one of them',
        ]);
        return;
      }
      if (OTHER_BOUNDS.test(value)) return;
      const [min, max] = [read.min ?? -Infinity, read.max ?? Infinity];
      expect([value, parsed.span.earliest, parsed.span.latest]).toEqual([
        value,
        min === -Infinity ? undefined : keyOf(min),
        max === Infinity ? undefined : keyOf(max),
      ]);
    }),
    { numRuns: 4_000 },
  );
  expect(accepted).toBeGreaterThan(400);
});
