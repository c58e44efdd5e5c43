// Formatting of dates as English words, for each form of EDTF that the archive accepts.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDate } from '../../events/date.ts';
import { dateInWords } from '../../events/date-words.ts';
import { writtenDates } from '../support/written-dates.ts';

describe('dateInWords', () => {
  test.each([
    ['2023-03-03', '3 March 2023'],
    ['2023-03', 'March 2023'],
    ['2023', '2023'],
    ['0044', 'AD 44'],
    ['0000', '1 BC'],
    ['-0044-03-15', '15 March 45 BC'],
    ['2023-03-03T14:00+05:30', '3 March 2023, 14:00 (UTC+05:30)'],
    ['2023-03-03T14:00:30Z', '3 March 2023, 14:00:30 (UTC)'],
    ['2023-03-03T14:00Z~', 'about 3 March 2023, 14:00 (UTC)'],
    ['2023-21', 'spring 2023'],
    ['2023-26', 'summer 2023 (Northern Hemisphere)'],
    ['2023-31', 'autumn 2023 (Southern Hemisphere)'],
    ['2023-33', 'in the first quarter of 2023'],
    ['2023-39', 'in the last four months of 2023'],
    ['2023-41', 'in the second half of 2023'],
    ['2023-21~', 'about spring 2023'],
    ['2011~', 'about 2011'],
    ['2011?', 'possibly 2011'],
    ['2011%', 'possibly about 2011'],
    ['2023-03-03~', 'about 3 March 2023'],
    ['2023-03?', 'possibly March 2023'],
    ['2004?-06-~11', '11 June 2004 (year uncertain, day approximate)'],
    ['2004-06?-11', '11 June 2004 (year and month uncertain)'],
    ['2004-%06', 'June 2004 (month uncertain, month approximate)'],
    ['195X', 'in the 1950s'],
    ['200X', 'some year from 2000 to 2009'],
    ['20XX', 'some year from 2000 to 2099'],
    ['-001X', 'some year from 20 BC to 11 BC'],
    ['XXXX', 'an unknown year'],
    ['1X50', 'a year of the form 1X50'],
    ['2023-XX', 'in some month of 2023'],
    ['2023-1X', 'in some month from October to December 2023'],
    ['2023-X1', 'in January or November 2023'],
    ['201X-08', 'in an August of the 2010s'],
    ['2023-03-XX', 'some day in March 2023'],
    ['201X-XX-XX', 'some day in the 2010s'],
    ['2023-02-2X', 'some day from 20 to 28 February 2023'],
    ['2023-03-X1', 'on 1, 11, 21 or 31 March 2023'],
    ['2023-XX-30', 'on the 30th of some month of 2023'],
    ['2023-X2-30', '30 December 2023'],
    ['2024-X2-29', 'on the 29th of February or December 2024'],
    ['201X-02-29', 'on a 29 February of the 2010s'],
    ['201X-03-11', 'on an 11 March of the 2010s'],
    ['XXXX-12-25', 'on a 25 December of an unknown year'],
    ['2023-1X-1X', 'on a day from the 10th to the 19th of some month from October to December 2023'],
    ['1950S2', 'about 1950 (1900 to 1999)'],
    ['1953S4', '1953'],
    ['196~', 'about the 1960s'],
    ['19?', 'possibly some year from 1900 to 1999'],
    ['[..2026]', 'by 2026'],
    ['[..2023-03-03]', 'by 3 March 2023'],
    ['2023/..', 'from 2023 on'],
    ['../2023-03-03', 'until 3 March 2023'],
    ['/2003', 'until 2003 (start unknown)'],
    ['2003/', 'from 2003 (end unknown)'],
    ['2023-03-03/2023-03-03', '3 March 2023'],
    ['2023-03-03/2023-03-05', 'from 3 to 5 March 2023'],
    ['2023-03-03/2023-04-05', 'from 3 March to 5 April 2023'],
    ['2022-12-30/2023-01-02', 'from 30 December 2022 to 2 January 2023'],
    ['2023-03-03/2023-03', 'from 3 March 2023 to March 2023'],
    ['1984~/2004-06', 'from about 1984 to June 2004'],
    ['201X/2023', 'from the 2010s to 2023'],
    ['2023-03-03T09:00Z/2023-03-03T11:00Z', '3 March 2023, 09:00 to 11:00 (UTC)'],
    [
      '2023-03-03T09:00Z/2023-03-03T11:00+01:00',
      'from 3 March 2023, 09:00 (UTC) to 3 March 2023, 11:00 (UTC+01:00)',
    ],
    ['[2021,2023]', '2021 or 2023'],
    ['{2021,2022,2023}', '2021, 2022 and 2023'],
    ['[2021..2023]', 'a year from 2021 to 2023'],
    ['{2023-03-03..2023-03-05}', 'every day from 3 March 2023 to 5 March 2023'],
    ['[2021,2023..]', '2021 or 2023 or later'],
    ['{..1984}', 'every date up to 1984'],
    ['{1984..}', 'every date from 1984 on'],
    ['[201X]', 'in the 2010s'],
  ])('dateInWords formats %s as "%s"', (date, words) => {
    expect(dateInWords(date)).toBe(words);
  });

  test('dateInWords returns invalid dates unchanged', () => {
    expect(dateInWords('last Tuesday')).toBe('last Tuesday');
  });
});

test('dateInWords formats every valid date and includes its years', () => {
  let accepted = 0;
  fc.assert(
    fc.property(writtenDates, (date) => {
      if (!parseDate(date).ok) return;
      accepted++;
      const words = dateInWords(date);
      expect([date, words]).toEqual([date, expect.stringMatching(/^[A-Za-z\d][A-Za-z\d ,:+()-]*$/)]);
      expect([date, words]).toEqual([date, expect.not.stringMatching(/undefined|NaN| {2}|[~?%/[\]{}]/)]);
      // {2021..2023..} needs its first year only.
      if (/\.\..*\.\./.test(date)) return;
      const years = [...date.matchAll(/(?<![-\d])([1-9]\d{3})(?![\dXS])/g)].map(([, year]) => year ?? '');
      for (const year of years) expect([date, words]).toEqual([date, expect.stringContaining(year)]);
    }),
    { numRuns: 4_000 },
  );
  expect(accepted).toBeGreaterThan(400);
});
