// When something happened, in EDTF (ISO 8601-2), local to where it happened.
// Says whether a value is one that the archive accepts, the days that it spans, and how it sorts.
import edtf from 'edtf';
import { plainDays, type Days } from './plain-date.ts';

/**
 * First and last day that a date may mean, as `1YYYY-MM-DD` keys that sort as text; absent where it is open.
 * `sort` orders dates by their earliest day, or by the latest where there is none (`open: 'start'`).
 */
export interface Span {
  readonly earliest?: string;
  readonly latest?: string;
  readonly sort: string;
  readonly open?: 'start' | 'end';
  /** From the first day to the last, both counted; Infinity where one is open. */
  readonly days: number;
}

export type ParsedDate = { ok: true; span: Span } | { ok: false; problem: string };

const TIME = /(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)/g;
const YEARS = 10_000;
const DAY_MS = 86_400_000;

/** What was parsed of late, and what was before that: the grammar is slow, and dates recur. */
let parsed = new Map<string, ParsedDate>();
let earlier = new Map<string, ParsedDate>();
const MOST_KEPT = 8_000;

/** Parses an EDTF value of at most 100 characters. The time zone of the machine plays no part. */
export function parseDate(value: string): ParsedDate {
  const known = parsed.get(value);
  if (known) return known;
  const date = earlier.get(value) ?? parseAnew(value);
  if (parsed.size >= MOST_KEPT) {
    earlier = parsed;
    parsed = new Map();
  }
  parsed.set(value, date);
  return date;
}

function parseAnew(value: string): ParsedDate {
  if (value.length > 100) return { ok: false, problem: 'an EDTF date has at most 100 characters' };
  const days = oneDay(value.replace(TIME, '$1'));
  if (/T/.test(days)) {
    return {
      ok: false,
      problem: 'write a time as 2023-03-03T14:00+05:30: whole minutes or seconds, with its offset',
    };
  }
  const plain = plainDays(days);
  if (plain) return { ok: true, span: spanOf(plain, value) };
  const found = parse(days);
  if (!found)
    return {
      ok: false,
      problem:
        'this is not an EDTF date; write 2023-03-03, 2023-03, 2023-03~, 2023-03-03/2023-03-05 or [..2023-03-03]',
    };
  if (found.edtf !== days) return { ok: false, problem: changed(days, found.edtf) };
  const bounds = boundsOf(days, found);
  if (bounds.min === undefined && bounds.max === undefined)
    return { ok: false, problem: 'this date has neither a first nor a last day' };
  if (bounds.min !== undefined && bounds.max !== undefined && bounds.min > bounds.max) {
    return { ok: false, problem: 'this interval ends before it begins' };
  }
  for (const edge of [bounds.min, bounds.max]) {
    if (edge !== undefined && Math.abs(new Date(edge).getUTCFullYear()) >= YEARS) {
      return { ok: false, problem: 'years run from -9999 to 9999' };
    }
  }
  return { ok: true, span: spanOf(daysOf(bounds), value) };
}

/** From one hour of a day to another is that day. */
function oneDay(days: string): string {
  const [first, last, ...others] = days.split('/');
  const same = first !== undefined && first === last && others.length === 0;
  return same && first !== '..' ? first : days;
}

/** The span of a date that was accepted before; throws where it was not. */
export function span(value: string): Span {
  const date = parseDate(value);
  if (!date.ok) throw new RangeError(`${value}: ${date.problem}`);
  return date.span;
}

/** Do two spans have a day in common? An open end reaches as far as need be. */
export function overlaps(
  a: Pick<Span, 'earliest' | 'latest'>,
  b: Pick<Span, 'earliest' | 'latest'>,
): boolean {
  return !before(a.latest, b.earliest) && !before(b.latest, a.earliest);
}

const before = (end: string | undefined, start: string | undefined): boolean =>
  end !== undefined && start !== undefined && end < start;

interface Parsed {
  readonly type: string;
  readonly edtf: string;
  readonly min: number | null;
  readonly max: number | null;
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

function parse(value: string): Parsed | undefined {
  // A bare number would be taken for milliseconds since 1970.
  if (!/[^\d]/.test(value) && value.length !== 4) return undefined;
  try {
    return edtf(value);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function changed(given: string, canonical: string): string {
  return `${given} is not a day of the calendar, or not in EDTF's normal form; its parser reads it as ${canonical}`;
}

/** The parser's own bounds, but for sets and lists, where they are those of its first member. */
function boundsOf(value: string, { type, min, max }: Parsed): Bounds {
  const members = type === 'Set' || type === 'List' ? value.slice(1, -1).split(/,|(\.\.)/) : [];
  if (type === 'Season') return wholeYear(value);
  if (members.length === 0) return finite(min, max);
  const inner = members.filter((member) => member !== undefined && member !== '' && member !== '..');
  const each = inner.map((member) => parse(member)).filter((member) => member !== undefined);
  return {
    ...(value.at(1) === '.' ? {} : finite(Math.min(...each.map((member) => member.min ?? Infinity)), null)),
    ...(value.at(-2) === '.' ? {} : finite(null, Math.max(...each.map((member) => member.max ?? -Infinity)))),
  };
}

/** Which months a season has depends on the hemisphere: it may be any part of its year. */
function wholeYear(season: string): Bounds {
  const year = parse(season.slice(0, season.lastIndexOf('-')));
  return year ? finite(year.min, year.max) : {};
}

function finite(min: number | null, max: number | null): Bounds {
  return {
    ...(min !== null && Number.isFinite(min) ? { min } : {}),
    ...(max !== null && Number.isFinite(max) ? { max } : {}),
  };
}

const daysOf = ({ min, max }: Bounds): Days => ({
  ...(min === undefined ? {} : { earliest: dayKey(min) }),
  ...(max === undefined ? {} : { latest: dayKey(max) }),
  days: min === undefined || max === undefined ? Infinity : Math.floor((max - min) / DAY_MS) + 1,
});

function spanOf(days: Days, value: string): Span {
  const { earliest, latest } = days;
  const time = /T(\d\d:\d\d(?::\d\d)?)/.exec(value)?.[1] ?? '';
  const sort = `${earliest ?? latest ?? ''}T${time}`;
  if (earliest === undefined) return { ...days, open: 'start', sort };
  return latest === undefined ? { ...days, open: 'end', sort } : { ...days, sort };
}

/** The key of the day that is so many days before this one. */
export function daysBefore(day: string, days: number): string {
  const [year = '', month = '', date = ''] = day.split('-');
  const at = new Date(0);
  at.setUTCFullYear(Number(year) - YEARS, Number(month) - 1, Number(date));
  return dayKey(at.getTime() - days * DAY_MS);
}

/** `12023-03-03` for 3 March 2023: the year plus 10,000, so that years before our era sort too. */
function dayKey(ms: number): string {
  const date = new Date(Math.floor(ms / DAY_MS) * DAY_MS);
  const year = String(date.getUTCFullYear() + YEARS).padStart(5, '0');
  return `${year}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

const two = (n: number): string => String(n).padStart(2, '0');
