// The days that a date may mean, as pieces: one of a plain date or an interval, one for each member of a set.
import { dayKey, daysOfMonth, monthLength, monthsOf, numbersOf } from './calendar.ts';
import type { CalendarDate, DateSet, End, Interval, Single, WrittenDate } from './date-grammar.ts';

/** From one day to another, as `1YYYY-MM-DD` keys; absent at an open end. */
export interface Days {
  readonly earliest?: string;
  readonly latest?: string;
}

export interface Piece extends Days {
  /** For a piece with gaps: its days without the gaps, in order; those before the year of `from` may be left out. */
  readonly runs?: (from?: string) => Iterator<Days, void>;
}

type Bounded = Piece & Required<Days>;

/** Throws RangeError if an interval ends before it begins. */
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
    const [isOpen, hasNoEnd] = [earlier && index === 0, later && index === members.length - 1];
    if (isOpen && hasNoEnd) return {};
    if (isOpen) return { latest };
    return hasNoEnd ? { earliest } : piece;
  });
}

/** Archives hold ranges whose later date comes first. */
const rangeOf = (a: Bounded, b: Bounded): Bounded => ({
  earliest: a.earliest < b.earliest ? a.earliest : b.earliest,
  latest: a.latest > b.latest ? a.latest : b.latest,
});

function pieceOf(date: Single): Bounded {
  switch (date.kind) {
    case 'years':
      return years(date.first, date.last);
    case 'season':
      // Which months a season has depends on the hemisphere: it may be any part of its year.
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
  if (!first || !last) throw new RangeError('no day of the calendar has these digits');
  const hull = { earliest: first.earliest, latest: last.latest };
  // All of its years, months and days follow one another: it has no gaps.
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

/** In the order of these years, months and days. */
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
