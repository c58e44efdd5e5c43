// When something happened, in EDTF (ISO 8601-2), local to where it happened.
// Says whether the archive accepts a value, which days it may mean, and how it sorts.
import { daysFrom } from './calendar.ts';
import { parseWritten, type WrittenDate } from './date-grammar.ts';
import { piecesOf, type Days, type Piece } from './date-days.ts';

/**
 * First and last day that a date may mean, as `1YYYY-MM-DD` keys that sort as text; absent at an open end.
 * `sort` orders dates by their earliest day, or by the latest if they have no earliest (`open: 'start'`).
 */
export interface Span extends Days {
  readonly sort: string;
  readonly open?: 'start' | 'end';
  /** From the first day to the last, both counted; Infinity at an open end. */
  readonly days: number;
}

export type ParsedDate = { ok: true; span: Span } | { ok: false; problem: string };

interface Known {
  readonly written: WrittenDate;
  readonly pieces: readonly Piece[];
  readonly span: Span;
}

/** Parses an EDTF value of at most 100 characters. The time zone of the machine plays no part. */
export function parseDate(value: string): ParsedDate {
  try {
    return { ok: true, span: parse(value).span };
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, problem: error.message };
    throw error;
  }
}

/** Returns the span of an accepted date. Throws RangeError if it is not accepted. */
export const span = (value: string): Span => accepted(value).span;

/** Returns what an accepted date consists of. Throws RangeError if it is not accepted. */
export const writtenDate = (value: string): WrittenDate => accepted(value).written;

/** May these two dates mean a common day? A set does not mean the days between its members. */
export const overlap = (a: string, b: string): boolean => meet(accepted(a).pieces, accepted(b).pieces);

/** May this date mean a day of the window? A window without `earliest` or `latest` has no limit there. */
export const isWithin = (value: string, window: Days): boolean => meet(accepted(value).pieces, [window]);

function accepted(value: string): Known {
  try {
    return parse(value);
  } catch (error) {
    throw error instanceof RangeError ? new RangeError(`${value}: ${error.message}`) : error;
  }
}

/** Recently parsed dates, and those before them: dates recur. */
let recent = new Map<string, Known>();
let earlier = new Map<string, Known>();
const MAX_KEPT = 8_000;

function parse(value: string): Known {
  const known = recent.get(value);
  if (known) return known;
  const date = earlier.get(value) ?? parseAnew(value);
  if (recent.size >= MAX_KEPT) {
    earlier = recent;
    recent = new Map();
  }
  recent.set(value, date);
  return date;
}

function parseAnew(value: string): Known {
  if (value.length > 100) throw new RangeError('an EDTF date has at most 100 characters');
  const written = parseWritten(value);
  const pieces = piecesOf(written);
  return { written, pieces, span: spanOf(hull(pieces), value) };
}

/** From the earliest day of all pieces to the latest. */
function hull(pieces: readonly Piece[]): Days {
  const earliest = edge(
    pieces.map((piece) => piece.earliest),
    (a, b) => a < b,
  );
  const latest = edge(
    pieces.map((piece) => piece.latest),
    (a, b) => a > b,
  );
  if (earliest === undefined && latest === undefined)
    throw new RangeError('this date has neither a first nor a last day');
  return { ...(earliest === undefined ? {} : { earliest }), ...(latest === undefined ? {} : { latest }) };
}

/** The furthest of these days; undefined if one of them is. */
const edge = (days: readonly (string | undefined)[], isFurther: (a: string, b: string) => boolean) =>
  days.reduce((a, b) => (a === undefined || b === undefined ? undefined : isFurther(b, a) ? b : a));

function spanOf(bounds: Days, value: string): Span {
  const { earliest, latest } = bounds;
  const time = /T(\d\d:\d\d(?::\d\d)?)/.exec(value)?.[1] ?? '';
  const sort = `${earliest ?? latest ?? ''}T${time}`;
  if (earliest === undefined) return { ...bounds, open: 'start', sort, days: Infinity };
  if (latest === undefined) return { ...bounds, open: 'end', sort, days: Infinity };
  return { ...bounds, sort, days: daysFrom(earliest, latest) };
}

const meet = (a: readonly Piece[], b: readonly Piece[]): boolean =>
  a.some((one) => b.some((other) => share(one, other)));

/** Two dates with more gaps than this are taken to meet, so that no pair of dates costs much. */
const MAX_STEPS = 2_000;

function share(a: Piece, b: Piece): boolean {
  if (!touch(a, b)) return false;
  const [left, right] = [runsOf(a, b.earliest), runsOf(b, a.earliest)];
  let [one, other] = [left.next(), right.next()];
  for (let steps = 0; !one.done && !other.done; steps++) {
    if (steps === MAX_STEPS || touch(one.value, other.value)) return true;
    if (isBefore(one.value, other.value)) one = left.next();
    else other = right.next();
  }
  return false;
}

/** The days of a piece without gaps, in order, from `from` on. */
const runsOf = (piece: Piece, from: string | undefined): Iterator<Days, void> =>
  piece.runs ? piece.runs(from) : ([piece as Days].values() as Iterator<Days, void>);

const touch = (a: Days, b: Days): boolean => !isBefore(a, b) && !isBefore(b, a);
const isBefore = (a: Days, b: Days): boolean =>
  a.latest !== undefined && b.earliest !== undefined && a.latest < b.earliest;
