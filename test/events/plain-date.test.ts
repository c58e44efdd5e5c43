// What is read without EDTF's grammar means what the grammar says; and what sources print most is read so.
import edtf from 'edtf';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDate } from '../../events/date.ts';
import { plainDays } from '../../events/plain-date.ts';

const two = (n: number): string => String(n).padStart(2, '0');
const keyOf = (ms: number): string =>
  new Date(ms).toISOString().replace(/^(\d{4})(-\d\d-\d\d).*$/, (_, year, rest) => `1${year}${rest}`);

/** As the grammar has it: undefined where it takes it for another value, or for none. */
function grammarSays(value: string) {
  const [, first = '', last = ''] = /^[[{]([^.,]+)(?:,|\.\.)([^.,]+)[\]}]$/.exec(value) ?? [];
  // Its own bounds of a set or list are those of the first member.
  return first === '' ? boundsOf(value) : boundsOf(value) && boundsOf(`${first}/${last}`);
}

function boundsOf(value: string) {
  try {
    const { edtf: normal, min, max } = edtf(value);
    if (normal !== value) return undefined;
    const [from, to] = [min ?? -Infinity, max ?? Infinity];
    return {
      ...(Number.isFinite(from) ? { earliest: keyOf(from) } : {}),
      ...(Number.isFinite(to) ? { latest: keyOf(to) } : {}),
      days: Number.isFinite(to - from) ? Math.floor((to - from) / 86_400_000) + 1 : Infinity,
    };
  } catch {
    return undefined;
  }
}

const year = fc
  .oneof(fc.integer({ min: 0, max: 9_999 }), fc.integer({ min: 1_890, max: 2_110 }))
  .map((n) => String(n).padStart(4, '0'));
const month = fc.integer({ min: 0, max: 14 }).map(two);
const day = fc.integer({ min: 0, max: 32 }).map(two);
const one = fc
  .tuple(year, fc.option(month), fc.option(day), fc.constantFrom('', '', '', '?', '~', '%'))
  .map(([y, m, d, sign]) => `${y}${m === null ? '' : `-${m}${d === null ? '' : `-${d}`}`}${sign}`);
const near = fc.tuple(fc.constantFrom('1900', '2023', '2024'), month, day).map((parts) => parts.join('-'));
const end = fc.oneof(one, near, fc.constantFrom('..', ''));
const value = fc.oneof(
  one,
  near,
  fc.tuple(end, end).map((ends) => ends.join('/')),
  fc
    .tuple(
      fc.constantFrom('[', '{'),
      fc.oneof(near, one),
      fc.constantFrom(',', '..'),
      fc.oneof(near, one),
      fc.constantFrom(']', '}'),
    )
    .map((parts) => parts.join('')),
  fc
    .tuple(end, fc.constantFrom('[..', '{..', '['), fc.constantFrom(']', '..]'))
    .map(([date, left, right]) => left + date + right),
);

test('whatever is read without the grammar means what the grammar says', () => {
  fc.assert(
    fc.property(value, (given) => {
      const plain = plainDays(given);
      if (plain) expect(plain).toEqual(grammarSays(given));
    }),
    { numRuns: 5_000 },
  );
});

describe('without the grammar are read', () => {
  const days = Array.from({ length: 366 * 8 }, (_, n) =>
    new Date(Date.UTC(1896, 0, 1) + n * 86_400_000).toISOString().slice(0, 10),
  );
  test('all days of the calendar, of leap years and of a century that has none', () => {
    for (const date of days)
      expect(plainDays(date), date).toEqual({ earliest: `1${date}`, latest: `1${date}`, days: 1 });
  });

  test.each([
    '2023',
    '2023-03',
    '2023-03-03',
    '2023-03~',
    '2023-03-03?',
    '2023%',
    '2023-03-03/2023-03-05',
    '2022-11/2023-03',
    '2022~/2023-03-03',
    '2023-03-03/..',
    '../2023-03',
    '[..2023-03-03]',
    '[2023-03-03,2023-03-05]',
    '[2023-03-03..2023-04-05]',
    '{2023-03-03,2023-03-05}',
    '{2024-02-29..2024-03-01}',
  ])('%s', (date) => {
    expect(plainDays(date)).toEqual(grammarSays(date));
    expect(plainDays(date)).toBeDefined();
    expect(parseDate(date)).toMatchObject({ ok: true, span: grammarSays(date) });
  });
});

test.each([
  ['0000-02-29', 'the grammar has year 0 as no leap year'],
  ['1900-02-29', 'no day of the calendar'],
  ['2023-04-31', 'no day of the calendar'],
  ['2023-13', 'no month'],
  ['2023-03-05/2023-03-03', 'ends before it begins'],
  ['2023-03/2023-03-01', 'ends where it begins'],
  ['[..2023~]', 'a set has no qualified dates'],
  ['2023-XX', 'unspecified'],
  ['2023-21', 'a season'],
  ['[2023,2024]', 'a set'],
  ['[2023-03-05,2023-03-03]', 'the later day first'],
  ['{2023-03-03,2023-03-05]', 'neither a set nor a list'],
  ['../..', 'open at both ends'],
  ['2023-03-03/', 'an unknown end'],
  ['-2023', 'before our era'],
  ['2023-03-03\n', 'not a date'],
])('%j is left to the grammar: %s', (date) => {
  expect(plainDays(date)).toBeUndefined();
});
