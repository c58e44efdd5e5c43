// Formats dates as English words: "3 March 2023", "about 2011", "in the 1950s", "by 2026".
import type {
  CalendarDate,
  Component,
  DateSet,
  End,
  Interval,
  Marks,
  Season,
  Single,
  YearRange,
} from './date-grammar.ts';
import { writtenDate } from './date.ts';
import { digitsInWords, joined, MONTHS, yearsFrom, yearText, type Phrase } from './digit-words.ts';

/** Returns an EDTF date in English. Returns invalid values unchanged. */
export function dateInWords(value: string): string {
  try {
    const date = writtenDate(value);
    if (date.kind === 'interval') return intervalText(date);
    return date.kind === 'set' ? setText(date) : singleText(date, true);
  } catch (error) {
    if (error instanceof RangeError) return value;
    throw error;
  }
}

/** Formats one date, with its preposition if `withPreposition` is set and the date is exact. */
function singleText(date: Single, withPreposition = false): string {
  const { text, preposition = '' } = phraseOf(date);
  const isAbout = isWhole(date, date.marks.approximate);
  const words = [
    isWhole(date, date.marks.uncertain) ? 'possibly' : '',
    isAbout ? 'about' : withPreposition ? preposition : '',
    text,
  ];
  return words.filter((word) => word !== '').join(' ') + partsText(date);
}

function phraseOf(date: Single): Phrase {
  switch (date.kind) {
    case 'years':
      return rangeText(date);
    case 'season':
      return seasonText(date);
    case 'date':
      return { ...digitsInWords(date), ...(date.time === undefined ? {} : { text: instantText(date) }) };
    default:
      return date satisfies never;
  }
}

const instantText = (date: CalendarDate): string => {
  const [clock, zone] = clockOf(date);
  return `${digitsInWords(date).text}, ${clock} (${zone})`;
};

function clockOf({ time = '' }: CalendarDate): [clock: string, zone: string] {
  const [, clock = '', offset = ''] = /^([\d:]+)(.+)$/.exec(time) ?? [];
  return [clock, offset === 'Z' ? 'UTC' : `UTC${offset}`];
}

function rangeText({ first, last, estimated }: YearRange): Phrase {
  if (estimated === undefined) return yearsFrom(first, last);
  if (first === last) return { text: yearText(estimated) };
  return { text: `about ${yearText(estimated)} (${yearText(first)} to ${yearText(last)})` };
}

const SEASONS = ['spring', 'summer', 'autumn', 'winter'];
const PARTS = ['first quarter', 'second quarter', 'third quarter', 'fourth quarter'].concat(
  ['first four months', 'second four months', 'last four months'],
  ['first half', 'second half'],
);

function seasonText({ year, season }: Season): Phrase {
  if (season >= 33) return { text: `the ${PARTS[season - 33]} of ${yearText(year)}`, preposition: 'in' };
  const where = season >= 29 ? ' (Southern Hemisphere)' : season >= 25 ? ' (Northern Hemisphere)' : '';
  return { text: `${SEASONS[(season - 21) % 4]} ${yearText(year)}${where}` };
}

function componentsOf(date: Single): Component[] {
  if (date.kind === 'years') return ['year'];
  if (date.kind === 'season') return ['year', 'month'];
  const { month, day } = date;
  return [
    'year',
    ...(month === undefined ? [] : ['month' as const]),
    ...(day === undefined ? [] : ['day' as const]),
  ];
}

const isWhole = (date: Single, marked: readonly Component[]): boolean =>
  marked.length === componentsOf(date).length;

/** Names the uncertain and the approximate components; empty if the mark applies to all or to zero components. */
function partsText(date: Single): string {
  const { uncertain, approximate }: Marks = date.marks;
  const notes = [
    isWhole(date, uncertain) ? '' : marksText(uncertain, 'uncertain'),
    isWhole(date, approximate) ? '' : marksText(approximate, 'approximate'),
  ].filter((text) => text !== '');
  return notes.length === 0 ? '' : ` (${notes.join(', ')})`;
}

const marksText = (parts: readonly Component[], what: string): string =>
  parts.length === 0 ? '' : `${joined(parts, 'and')} ${what}`;

function intervalText({ from, to }: Interval): string {
  if (from === 'open' || from === 'unknown')
    return `until ${endText(to)}${from === 'unknown' ? ' (start unknown)' : ''}`;
  if (to === 'open') return `from ${endText(from)} on`;
  if (to === 'unknown') return `from ${endText(from)} (end unknown)`;
  return shortInterval(from, to) ?? `from ${endText(from)} to ${endText(to)}`;
}

const endText = (end: End): string => (typeof end === 'string' ? 'an unknown date' : singleText(end));

/** Formats an interval with shared components written once. Returns undefined if both ends share no component. */
function shortInterval(from: Single, to: Single): string | undefined {
  const [first, last] = [singleText(from), singleText(to)];
  if (first === last) return singleText(from, true);
  if (!isPlainDay(from) || !isPlainDay(to) || from.year !== to.year) return undefined;
  const isSameMonth = from.month === to.month;
  if (from.time === undefined && to.time === undefined) {
    const start = `${Number(from.day)}${isSameMonth ? '' : ` ${MONTHS[Number(from.month) - 1]}`}`;
    return `from ${start} to ${last}`;
  }
  const [[begin, zone], [finish, zoneAtEnd]] = [clockOf(from), clockOf(to)];
  if (!isSameMonth || from.day !== to.day || zone !== zoneAtEnd || begin === '' || finish === '')
    return undefined;
  return `${digitsInWords(from).text}, ${begin} to ${finish} (${zone})`;
}

const isPlainDay = (date: Single): date is CalendarDate =>
  date.kind === 'date' &&
  date.day !== undefined &&
  !/X/.test(date.year + date.month + date.day) &&
  date.marks.uncertain.length + date.marks.approximate.length === 0;

function setText({ all, earlier, later, members }: DateSet): string {
  const texts = members.map(({ from, to }, index) => {
    const text = to
      ? betweenText(from, to, all)
      : singleText(from, members.length === 1 && !earlier && !later);
    const limit = singleText(to ?? from);
    if (earlier && index === 0) return all ? `every date up to ${limit}` : `by ${limit}`;
    if (later && index === members.length - 1)
      return all ? `every date from ${singleText(from)} on` : `${singleText(from)} or later`;
    return text;
  });
  return joined(texts, all ? 'and' : 'or');
}

function betweenText(from: Single, to: Single, all: boolean): string {
  const [unit, other] = [componentsOf(from).at(-1), componentsOf(to).at(-1)];
  const what = unit === other ? unit : 'date';
  return `${all ? 'every' : 'a'} ${what} from ${singleText(from)} to ${singleText(to)}`;
}
