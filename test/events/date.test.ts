// Dates as sources print them, in EDTF: what is accepted and what is refused, which days each may mean, and how they
// sort, wherever in the world the archive runs.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daysBefore, overlaps, parseDate, span } from '../../events/date.ts';

describe('a date spans the days that it may mean', () => {
  test.each([
    ['2023-03-03', '12023-03-03', '12023-03-03', 1],
    ['2024-02-29', '12024-02-29', '12024-02-29', 1],
    ['2000-02-29', '12000-02-29', '12000-02-29', 1],
    ['2023-03', '12023-03-01', '12023-03-31', 31],
    ['2024-02', '12024-02-01', '12024-02-29', 29],
    ['2023', '12023-01-01', '12023-12-31', 365],
    ['202X', '12020-01-01', '12029-12-31', 3_653],
    ['20XX', '12000-01-01', '12099-12-31', 36_525],
    ['2023-03-XX', '12023-03-01', '12023-03-31', 31],
    ['2023-XX-XX', '12023-01-01', '12023-12-31', 365],
    ['2023-03-03~', '12023-03-03', '12023-03-03', 1],
    ['2023-03?', '12023-03-01', '12023-03-31', 31],
    ['2023-03-03%', '12023-03-03', '12023-03-03', 1],
    ['2023-?03', '12023-03-01', '12023-03-31', 31],
    ['2023-03-03/2023-03-05', '12023-03-03', '12023-03-05', 3],
    ['2023-12-31/2024-01-01', '12023-12-31', '12024-01-01', 2],
    ['1984~/2004-06', '11984-01-01', '12004-06-30', 7_487],
    ['{2023-03-03,2023-03-05}', '12023-03-03', '12023-03-05', 3],
    ['[2023-03-05,2023-03-03]', '12023-03-03', '12023-03-05', 3],
    ['{2023-03-03..2023-03-05}', '12023-03-03', '12023-03-05', 3],
    ['{2023,2021-05}', '12021-05-01', '12023-12-31', 975],
    ['2023-03-03T14:00+05:30', '12023-03-03', '12023-03-03', 1],
    ['2023-03-03T23:59:59-11:00', '12023-03-03', '12023-03-03', 1],
    ['2023-03-03T00:00Z', '12023-03-03', '12023-03-03', 1],
    ['2023-03-03T22:00Z/2023-03-04T01:00Z', '12023-03-03', '12023-03-04', 2],
    ['2023-03-03T09:00Z/2023-03-03T11:00Z', '12023-03-03', '12023-03-03', 1],
    ['2023-03-03T09:00:30+05:30/2023-03-03T11:00+05:30', '12023-03-03', '12023-03-03', 1],
    ['2023-03-03T09:00Z/2023-03-03', '12023-03-03', '12023-03-03', 1],
    ['2023-03-03/2023-03-03', '12023-03-03', '12023-03-03', 1],
    ['2023-03/2023-03', '12023-03-01', '12023-03-31', 31],
    ['2023-21', '12023-01-01', '12023-12-31', 365],
    ['2023-24', '12023-01-01', '12023-12-31', 365],
    ['2024-22', '12024-01-01', '12024-12-31', 366],
    ['2023-26', '12023-01-01', '12023-12-31', 365],
    ['-0044-21', '09956-01-01', '09956-12-31', 366],
    ['-0044-03-15', '09956-03-15', '09956-03-15', 1],
    ['0000', '10000-01-01', '10000-12-31', 366],
    ['-9999', '00001-01-01', '00001-12-31', 365],
    ['9999-12-31', '19999-12-31', '19999-12-31', 1],
  ])('%s', (value, earliest, latest, days) => {
    const time = /T(\d\d:\d\d(?::\d\d)?)/.exec(value)?.[1] ?? '';
    expect(parseDate(value)).toEqual({
      ok: true,
      span: { earliest, latest, sort: `${earliest}T${time}`, days },
    });
  });

  test.each<[string, { earliest?: string; latest?: string; open: string }]>([
    ['[..2023-03-03]', { latest: '12023-03-03', open: 'start' }],
    ['{..2023-03-03}', { latest: '12023-03-03', open: 'start' }],
    ['../2023-03', { latest: '12023-03-31', open: 'start' }],
    ['[..2023-03-03,2023-04]', { latest: '12023-04-30', open: 'start' }],
    ['[2023-03-03..]', { earliest: '12023-03-03', open: 'end' }],
    ['2023-03-03/..', { earliest: '12023-03-03', open: 'end' }],
    ['2023-03/..', { earliest: '12023-03-01', open: 'end' }],
  ])('%s is open, and sorts by the day that it has', (value, bounds) => {
    const day = bounds.earliest ?? bounds.latest;
    expect(span(value)).toEqual({ ...bounds, sort: `${day}T`, days: Infinity });
  });
});

describe('what is no date is refused, and the answer says why', () => {
  test.each([
    ['2023-02-29', 'not a day of the calendar'],
    ['1900-02-29', 'not a day of the calendar'],
    ['2023-02-29/2023-03-05', 'not a day of the calendar'],
    ['2023-02-29T09:00Z/2023-02-29T11:00Z', 'not a day of the calendar'],
    ['{2023-02-29,2023-03-05}', 'not a day of the calendar'],
    ['[..2023-02-29]', 'not a day of the calendar'],
    ['2023-02-30', 'not an EDTF date'],
    ['2023-04-31', 'not an EDTF date'],
    ['2023-13', 'not an EDTF date'],
    ['2023-00', 'not an EDTF date'],
    ['2023-03-00', 'not an EDTF date'],
    ['20230303', 'not an EDTF date'],
    ['1677855600000', 'not an EDTF date'],
    ['1', 'not an EDTF date'],
    ['2023-3-3', 'not an EDTF date'],
    ['2023-W10', 'not an EDTF date'],
    ['3 March 2023', 'not an EDTF date'],
    ['yesterday', 'not an EDTF date'],
    ['２０２３', 'not an EDTF date'],
    [' 2023-03-03', 'not an EDTF date'],
    ['2023-03-03\n', 'not an EDTF date'],
    ['', 'not an EDTF date'],
    ['[..]', 'not an EDTF date'],
    ['2023-03-05/2023-03-03', 'not an EDTF date'],
    ['2024/2023', 'not an EDTF date'],
    ['2023-03-03/2023-03-03/2023-03-03', 'not an EDTF date'],
    ['/', 'not an EDTF date'],
    ['2023-20', 'not an EDTF date'],
    ['2023-42', 'not an EDTF date'],
    ['../..', 'neither a first nor a last day'],
    ['?2023-03', 'reads it as 2023?-03'],
    ['2023-03-03T14:00', 'with its offset'],
    ['2023-03-03T14', 'with its offset'],
    ['2023-03-03T24:00Z', 'with its offset'],
    ['2023-03-03T23:59:60Z', 'with its offset'],
    ['2023-03-03T14:60Z', 'with its offset'],
    ['2023-03-03T14:00:00.5Z', 'with its offset'],
    ['2023-03-03T14:00+15:00', 'with its offset'],
    ['2023-03-03T14:00+0530', 'with its offset'],
    ['2023-03-03T14:00 +05:30', 'with its offset'],
    ['2023-03-03T14:00z', 'with its offset'],
    ['2023-02-29T14:00Z', 'not a day of the calendar'],
    ['Y12023', 'years run from -9999 to 9999'],
    ['Y-12023', 'years run from -9999 to 9999'],
    [`{${'2023-03-03,'.repeat(10)}2023-03-03}`, 'at most 100 characters'],
  ])('%j', (value, why) => {
    const parsed = parseDate(value);
    expect(parsed.ok ? 'accepted' : parsed.problem).toContain(why);
    expect(() => span(value)).toThrow(RangeError);
  });
});

test('dates sort by their first day, then by the time printed, and open ones by their last day', () => {
  const inOrder = [
    '-0044-03-15',
    '0000',
    '0999-12-31',
    '1999',
    '2022-12-31T23:00-05:00',
    '2023',
    '2023-01-01T00:30+14:00',
    '2023-03-03~',
    '2023-03-03T09:00+05:30',
    '2023-03-03T14:00-05:00',
    '2023-03-03T14:00:30Z',
    '[..2023-03-05]',
    '2023-03-06/..',
    '{2023-03-07,2023-03-09}',
    '9999',
  ];
  const keys = inOrder.map((value) => span(value).sort);
  expect(keys.toSorted()).toEqual(keys);
  expect(new Set(keys).size).toBe(keys.length);
});

describe('two dates overlap where they may mean the same day', () => {
  test.each([
    ['2023-03-03', '2023-03', true],
    ['2023-03-31', '2023-04', false],
    ['2023-03-01/2023-03-10', '2023-03-10/2023-03-12', true],
    ['2023-03-01/2023-03-09', '2023-03-10/2023-03-12', false],
    ['[..2023-03-03]', '1600', true],
    ['[..2023-03-03]', '2023-03-04', false],
    ['2023-03-03/..', '9999', true],
    ['2023-03-03/..', '2023-03-02', false],
    ['[..2023-03-03]', '2023-03-04/..', false],
    ['[..2023-03-03]', '2023-03-03/..', true],
    ['{2023-03-01,2023-03-09}', '2023-03-05', true],
    ['2023-24', '2023-01', true],
    ['2023-24', '2023-12-31', true],
    ['2023-24', '2022', false],
    ['2023-24', '2024-01-01', false],
    ['2023-03-03T09:00Z/2023-03-03T11:00Z', '2023-03-03', true],
    ['2023-03-03T09:00Z/2023-03-03T11:00Z', '2023-03-04', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(overlaps(span(a), span(b))).toBe(expected);
    expect(overlaps(span(b), span(a))).toBe(expected);
  });
});

test.each([
  ['12023-03-03', 2, '12023-03-01'],
  ['12024-03-01', 1, '12024-02-29'],
  ['12023-01-01', 1, '12022-12-31'],
  ['10000-01-01', 1, '09999-12-31'],
  ['12023-03-03', 0, '12023-03-03'],
])('of the day %s, %i days before is %s', (day, days, expected) => {
  expect(daysBefore(day, days)).toBe(expected);
});

// The parser takes the leap day of the year 0 for 1 March, so it is refused; no newspaper is that old.
test('every day of the calendar is accepted and comes back as it is', () => {
  const day = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(day, (at) => {
      const value = at.toISOString().slice(0, 10);
      const year = Number(value.slice(0, 4));
      const key = `${year + 10_000}${value.slice(4)}`;
      expect(span(value)).toEqual({ earliest: key, latest: key, sort: `${key}T`, days: 1 });
    }),
    { numRuns: 500 },
  );
});

test('no date that the calendar lacks is accepted', () => {
  const digits = fc.tuple(
    fc.integer({ min: 1, max: 9_999 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 28, max: 31 }),
  );
  fc.assert(
    fc.property(digits, ([year, month, date]) => {
      const value = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${date}`;
      const real = !Number.isNaN(Date.parse(value)) && new Date(value).toISOString().startsWith(value);
      expect(parseDate(value).ok).toBe(real);
    }),
    { numRuns: 500 },
  );
});

test('the time zone of the machine plays no part', () => {
  const program = join(import.meta.dirname, '../support/print-dates.ts');
  const dates = [
    '2023-03-26',
    '2023-03',
    '2023',
    '2023-03-26T01:30+02:00',
    '2023-03-25/2023-03-26',
    '[..2023-03-26]',
  ];
  const zones = ['UTC', 'Pacific/Kiritimati', 'America/Los_Angeles', 'Asia/Kolkata'];
  const printed = zones.map((TZ) => {
    const out = execFileSync(process.execPath, [program, ...dates, '2023-02-29'], {
      env: { TZ },
      encoding: 'utf8',
    });
    return JSON.parse(out) as { zone: number; parsed: unknown };
  });
  expect(printed.map(({ zone }) => zone)).toEqual([0, -840, 480, -330]);
  const expected = JSON.parse(JSON.stringify([...dates, '2023-02-29'].map(parseDate))) as unknown;
  for (const { parsed } of printed) expect(parsed).toEqual(expected);
});
