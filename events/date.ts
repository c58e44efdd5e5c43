// Validates EDTF dates (ISO 8601-2), finds their possible days, and compares and sorts them.
// Dates are local to the place of the event.
import { daysFrom } from './calendar.ts';
import { parseWritten, type WrittenDate } from './date-grammar.ts';
import { piecesOf, type Days, type Piece } from './date-days.ts';

/**
 * The first and last possible day of a date, as `1YYYY-MM-DD` keys that sort as text; absent at an open end.
 * `sort` orders dates by their first day, or by the last day if the start is open (`open: 'start'`).
 */
export interface Span extends Days {
  readonly sort: string;
  readonly open?: 'start' | 'end';
  /** Number of days from first to last, both included. Infinity at an open end. */
  readonly days: number;
}

export type ParsedDate = { ok: true; span: Span } | { ok: false; problem: string };

interface AcceptedDate {
  readonly written: WrittenDate;
  readonly pieces: readonly Piece[];
  readonly span: Span;
}

/** Parses an EDTF value of at most 100 characters. The result does not depend on the machine's time zone. */
export function parseDate(value: string): ParsedDate {
  try {
    return { ok: true, span: parse(value).span };
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, problem: error.message };
    throw error;
  }
}

/**
 * Returns the span of a valid date.
 * @throws RangeError if the date is invalid.
 */
export const span = (value: string): Span => accepted(value).span;

/**
 * Returns the components of a valid date.
 * @throws RangeError if the date is invalid.
 */
export const writtenDate = (value: string): WrittenDate => accepted(value).written;

/** Returns true if two dates share a possible day. The days between the members of a set do not count. */
export const overlap = (a: string, b: string): boolean => meet(accepted(a).pieces, accepted(b).pieces);

/** Returns true if a date has a possible day in the window. Without `earliest` or `latest`, the window is unbounded. */
export const isWithin = (value: string, window: Days): boolean => meet(accepted(value).pieces, [window]);

function accepted(value: string): AcceptedDate {
  try {
    return parse(value);
  } catch (error) {
    throw error instanceof RangeError ? new RangeError(`${value}: ${error.message}`) : error;
  }
}

/** Cache of parsed dates in two generations: `recent` replaces `earlier` when it is full. */
let recent = new Map<string, AcceptedDate>();
let earlier = new Map<string, AcceptedDate>();
const MAX_RECENT = 8_000;

function parse(value: string): AcceptedDate {
  const cached = recent.get(value);
  if (cached) return cached;
  const date = earlier.get(value) ?? parseUncached(value);
  if (recent.size >= MAX_RECENT) {
    earlier = recent;
    recent = new Map();
  }
  recent.set(value, date);
  return date;
}

function parseUncached(value: string): AcceptedDate {
  if (value.length > 100) throw new RangeError('an EDTF date has at most 100 characters');
  const written = parseWritten(value);
  const pieces = piecesOf(written);
  return { written, pieces, span: spanOf(hull(pieces), value) };
}

/** Returns the range from the earliest to the latest day of all pieces. */
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
    throw new RangeError('the date has neither a first nor a last day: write one of them');
  return { ...(earliest === undefined ? {} : { earliest }), ...(latest === undefined ? {} : { latest }) };
}

/** Returns the outermost day; undefined if any piece is open at this end. */
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

/** Bounds the cost of a comparison: two dates with more gaps than this count as overlapping. */
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

/** Returns the ranges without gaps of a piece, in order, from `from` on. */
const runsOf = (piece: Piece, from: string | undefined): Iterator<Days, void> =>
  piece.runs ? piece.runs(from) : ([piece as Days].values() as Iterator<Days, void>);

const touch = (a: Days, b: Days): boolean => !isBefore(a, b) && !isBefore(b, a);
const isBefore = (a: Days, b: Days): boolean =>
  a.latest !== undefined && b.earliest !== undefined && a.latest < b.earliest;
