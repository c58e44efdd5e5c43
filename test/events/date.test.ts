// EDTF dates: accepted and rejected values, their possible days, and their order, in any time zone.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daysBefore } from '../../events/calendar.ts';
import { isWithin, overlap, parseDate, span } from '../../events/date.ts';

describe('spans', () => {
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
    ['0000-02-29', '10000-02-29', '10000-02-29', 1],
    ['1950S2', '11900-01-01', '11999-12-31', 36_524],
    ['1950S1', '11000-01-01', '11999-12-31', 365_242],
    ['1953S3', '11950-01-01', '11959-12-31', 3_652],
    ['1953S4', '11953-01-01', '11953-12-31', 365],
    ['1953S9', '11953-01-01', '11953-12-31', 365],
    ['0950S1', '10900-01-01', '10999-12-31', 36_524],
    ['-1950S2', '08001-01-01', '08100-12-31', 36_524],
    ['-0044S1', '09951-01-01', '09960-12-31', 3_653],
    ['0000S3', '10000-01-01', '10000-12-31', 366],
    ['1950S2/1960', '11900-01-01', '11960-12-31', 22_280],
    ['[1950S2,2023]', '11900-01-01', '12023-12-31', 45_290],
    ['201X-02-29', '12012-02-29', '12016-02-29', 1_462],
    ['2023-X2-30', '12023-12-30', '12023-12-30', 1],
    ['2023-X2-29', '12023-12-29', '12023-12-29', 1],
    ['2023-0X-31', '12023-01-31', '12023-08-31', 213],
    ['2023-X1-31', '12023-01-31', '12023-01-31', 1],
    ['2023-11-3X', '12023-11-30', '12023-11-30', 1],
    ['XXXX-02-29', '10000-02-29', '19996-02-29', 3_650_965],
    ['-0XXX', '09001-01-01', '09999-12-31', 364_877],
    ['-0044-XX-XX', '09956-01-01', '09956-12-31', 366],
    ['2023-03-03/2023-03', '12023-03-03', '12023-03-31', 29],
    ['2023-03/2023-03-03', '12023-03-01', '12023-03-03', 3],
    ['2023-03/2023', '12023-03-01', '12023-12-31', 306],
    ['2023-03-20/2023-03-2X', '12023-03-20', '12023-03-29', 10],
    ['2023-21/2024-22', '12023-01-01', '12024-12-31', 731],
    ['-196', '08040-01-01', '08049-12-31', 3_653],
    ['196~', '11960-01-01', '11969-12-31', 3_653],
    ['19?', '11900-01-01', '11999-12-31', 36_524],
    ['2023-21~', '12023-01-01', '12023-12-31', 365],
    ['[2023..2021]', '12021-01-01', '12023-12-31', 1_095],
    ['-9999', '00001-01-01', '00001-12-31', 365],
    ['9999-12-31', '19999-12-31', '19999-12-31', 1],
  ])('%s spans its possible days', (value, earliest, latest, days) => {
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
  ])('%s is open at one end and sorts by the day at the other', (value, bounds) => {
    const day = bounds.earliest ?? bounds.latest;
    expect(span(value)).toEqual({ ...bounds, sort: `${day}T`, days: Infinity });
  });
});

describe('invalid dates', () => {
  test.each([
    ['2023-02-29', 'not a day of the calendar'],
    ['1900-02-29', 'not a day of the calendar'],
    ['2023-02-29/2023-03-05', 'not a day of the calendar'],
    ['2023-02-29T09:00Z/2023-02-29T11:00Z', 'not a day of the calendar'],
    ['{2023-02-29,2023-03-05}', 'not a day of the calendar'],
    ['[..2023-02-29]', 'not a day of the calendar'],
    ['2023-02-30', 'not a day of the calendar'],
    ['2023-04-31', 'not a day of the calendar'],
    ['2023-13', 'not a day of the calendar'],
    ['2023-00', 'not a day of the calendar'],
    ['2023-03-00', 'not a day of the calendar'],
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
    ['2023-03-05/2023-03-03', 'ends before it begins'],
    ['2024/2023', 'ends before it begins'],
    ['2024/2023-12-31', 'ends before it begins'],
    ['20XX-02-30', 'not a day of the calendar'],
    ['2XX1-02-29', 'not a day of the calendar'],
    ['2023-02-3X', 'not a day of the calendar'],
    ['2023-4X', 'not a day of the calendar'],
    ['201X~', 'not an EDTF date'],
    ['-0000', 'not an EDTF date'],
    ['{2023,2024]', 'not an EDTF date'],
    ['[2023,]', 'not an EDTF date'],
    ['[2021..2022..2023]', 'not an EDTF date'],
    ['19', 'not an EDTF date'],
    ['Y171010000S3', 'years run from -9999 to 9999'],
    ['[..2023..]', 'neither a first nor a last day'],
    ['2023-03-03/2023-03-03/2023-03-03', 'not an EDTF date'],
    ['/', 'not an EDTF date'],
    ['2023-20', 'not a day of the calendar'],
    ['2023-42', 'not a day of the calendar'],
    ['../..', 'neither a first nor a last day'],
    ['?2023-03', 'write 2023?-03'],
    ['2023-?03?', 'write 2023-03?'],
    ['~2023-~03-~03', 'write 2023-03-03~'],
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
  ])('the invalid date %j is rejected with a reason', (value, why) => {
    const parsed = parseDate(value);
    expect(parsed.ok ? 'accepted' : parsed.problem).toContain(why);
    expect(() => span(value)).toThrow(RangeError);
  });
});

test('dates sort by first day, then by printed time; dates with an open start sort by last day', () => {
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

describe('overlap', () => {
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
    ['{2023-03-01,2023-03-09}', '2023-03-05', false],
    ['{2023-03-01,2023-03-09}', '2023-03-09', true],
    ['{2023-03-01..2023-03-09}', '2023-03-05', true],
    ['[2021,2023]', '2022', false],
    ['[2021..2023]', '2022', true],
    ['[2021,2023]', '[2020,2022,2024]', false],
    ['[2021,2023]', '[2020,2022,2023]', true],
    ['[..2019,2023]', '2021', false],
    ['[..2019,2023]', '1066', true],
    ['[2019,2023..]', '2021', false],
    ['[2019,2023..]', '2031', true],
    ['2021/2023', '2022', true],
    ['201X-02-29', '2012-02-29', true],
    ['201X-02-29', '2012-02-28', false],
    ['201X-02-29', '2013/2015', false],
    ['201X-02-29', '2013/2016', true],
    ['2023-XX-30', '2023-02', false],
    ['2023-XX-30', '2023-04', true],
    ['XXXX-12-25', '2023-12-24', false],
    ['XXXX-12-25', '2023-12', true],
    ['1X50', '1951/1959', false],
    ['1X50', '1940/1950', true],
    ['1950S2', '1907', true],
    ['1950S2', '2000', false],
    ['2023-24', '2023-01', true],
    ['2023-24', '2023-12-31', true],
    ['2023-24', '2022', false],
    ['2023-24', '2024-01-01', false],
    ['2023-03-03T09:00Z/2023-03-03T11:00Z', '2023-03-03', true],
    ['2023-03-03T09:00Z/2023-03-03T11:00Z', '2023-03-04', false],
  ])('the overlap of %s and %s is %s', (a, b, expected) => {
    expect(overlap(a, b)).toBe(expected);
    expect(overlap(b, a)).toBe(expected);
  });

  test('dates with more gaps than the limit count as overlapping', () => {
    expect(overlap('XXXX-XX-30', 'XXXX-XX-31')).toBe(true);
  });
});

describe('windows', () => {
  test.each([
    ['[2021,2023]', '2022', '2022', false],
    ['[2021,2023]', '2022', '2023-01-01', true],
    ['{2021-03-01,2021-03-09}', '2021-03-02', '2021-03-08', false],
    ['1950S2', '1960', '1969', true],
    ['1965', '1950S2', undefined, true],
    ['1899', '1950S2', undefined, false],
    ['1999', undefined, '1950S2', true],
    ['2000', undefined, '1950S2', false],
    ['2023-03-03/2023-03', '2023-03-10', '2023-03-10', true],
  ])('isWithin of %s and the window from %s to %s is %s', (date, from, to, expected) => {
    const earliest = from === undefined ? undefined : span(from).earliest;
    const latest = to === undefined ? undefined : span(to).latest;
    const window = { ...(earliest ? { earliest } : {}), ...(latest ? { latest } : {}) };
    expect(isWithin(date, window)).toBe(expected);
  });
});

test.each([
  ['12023-03-03', 2, '12023-03-01'],
  ['12024-03-01', 1, '12024-02-29'],
  ['12023-01-01', 1, '12022-12-31'],
  ['10000-01-01', 1, '09999-12-31'],
  ['12023-03-03', 0, '12023-03-03'],
])('daysBefore of %s and %i days is %s', (day, days, expected) => {
  expect(daysBefore(day, days)).toBe(expected);
});

test('every calendar day is accepted and spans itself', () => {
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

test('dates that the calendar lacks are rejected', () => {
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

test('parsing does not depend on the time zone of the machine', () => {
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
