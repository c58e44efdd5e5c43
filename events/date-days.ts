// Returns the possible days of a date as pieces: one piece for a plain date or an interval, one for each set member.
import { dayKey, daysOfMonth, monthLength, monthsOf, numbersOf } from './calendar.ts';
import type { CalendarDate, DateSet, End, Interval, Single, WrittenDate } from './date-grammar.ts';

/** A range of days as `1YYYY-MM-DD` keys, both ends included. A key is absent at an open end. */
export interface Days {
  readonly earliest?: string;
  readonly latest?: string;
}

export interface Piece extends Days {
  /** For a piece with gaps: its ranges without gaps, in order. Ranges before the year of `from` may be omitted. */
  readonly runs?: (from?: string) => Iterator<Days, void>;
}

type Bounded = Piece & Required<Days>;

/**
 * Returns the pieces of a parsed date.
 * @throws RangeError if an interval ends before it begins.
 */
export function piecesOf(date: WrittenDate): Piece[] {
  if (date.kind === 'interval') return [pieceOfInterval(date)];
  return date.kind === 'set' ? piecesOfSet(date) : [pieceOf(date)];
}

function pieceOfInterval({ from, to }: Interval): Days {
  const [first, last] = [boundsOf(from), boundsOf(to)];
  if (first && last && last.latest < first.earliest)
    throw new RangeError('this interval ends before it begins: write the earlier date first');
  return { ...(first ? { earliest: first.earliest } : {}), ...(last ? { latest: last.latest } : {}) };
}

const boundsOf = (end: End): Bounded | undefined => (typeof end === 'string' ? undefined : pieceOf(end));

function piecesOfSet({ members, earlier, later }: DateSet): Piece[] {
  return members.map(({ from, to }, index): Piece => {
    const piece = to ? rangeOf(pieceOf(from), pieceOf(to)) : pieceOf(from);
    const { earliest, latest } = piece;
    const [hasNoStart, hasNoEnd] = [earlier && index === 0, later && index === members.length - 1];
    if (hasNoStart && hasNoEnd) return {};
    if (hasNoStart) return { latest };
    return hasNoEnd ? { earliest } : piece;
  });
}

/** Returns the range between two members in either order, because stored events contain reversed ranges. */
const rangeOf = (a: Bounded, b: Bounded): Bounded => ({
  earliest: a.earliest < b.earliest ? a.earliest : b.earliest,
  latest: a.latest > b.latest ? a.latest : b.latest,
});

function pieceOf(date: Single): Bounded {
  switch (date.kind) {
    case 'years':
      return years(date.first, date.last);
    case 'season':
      // The months of a season depend on the hemisphere, so a season may be any part of its year.
      return years(date.year, date.year);
    case 'date':
      return /X/.test(`${date.year}${date.month}${date.day}`) ? unspecified(date) : plain(date);
    default:
      return date satisfies never;
  }
}

const years = (first: number, last: number): Bounded => ({
  earliest: dayKey(first, 1, 1),
  latest: dayKey(last, 12, 31),
});

function plain({ year, month, day }: CalendarDate): Bounded {
  const y = Number(year);
  if (month === undefined) return years(y, y);
  const m = Number(month);
  const [first, last] = day === undefined ? [1, monthLength(y, m)] : [Number(day), Number(day)];
  return { earliest: dayKey(y, m, first), latest: dayKey(y, m, last) };
}

function unspecified({ year, month = 'XX', day = 'XX' }: CalendarDate): Bounded {
  const [ys, ms, ds] = [numbersOf(year), monthsOf(month), daysOfMonth(day)];
  const first = runs(ys, ms, ds).next().value;
  const last = runs(ys.toReversed(), ms.toReversed(), ds.toReversed()).next().value;
  if (!first || !last) throw new RangeError('these digits match no calendar day: write a date that exists');
  const hull = { earliest: first.earliest, latest: last.latest };
  // Consecutive years with all their months and days have no gaps.
  if (month === 'XX' && day === 'XX' && /^-?\d*X*$/.test(year)) return hull;
  return {
    ...hull,
    runs: (from = '') => {
      const since = from === '' ? -Infinity : Number(from.slice(0, 5)) - 10_000;
      return runs(
        ys.filter((y) => y >= since),
        ms,
        ds,
      );
    },
  };
}

/** Yields the ranges in the order of the given years, months and days. */
function* runs(
  ys: readonly number[],
  ms: readonly number[],
  ds: readonly number[],
): Generator<Required<Days>, void> {
  const everyDay = ds.length === 31;
  for (const y of ys) {
    if (everyDay && ms.length === 12) yield years(y, y);
    else
      for (const m of ms) {
        if (everyDay) yield { earliest: dayKey(y, m, 1), latest: dayKey(y, m, monthLength(y, m)) };
        else
          for (const d of ds) {
            const key = dayKey(y, m, d);
            if (d <= monthLength(y, m)) yield { earliest: key, latest: key };
          }
      }
  }
}
