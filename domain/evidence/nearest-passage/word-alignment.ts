// Aligns the words of a quotation with those of its source at the lowest edit cost. Compares only a band around the
// expected offset, so that the cost stays bounded.

import { mayBegin, mayEnd } from '../boundaries/boundaries.ts';
import type { CountSteps } from '../occurrences.ts';

import type { Words } from '../boundaries/words.ts';

const MAX_BAND = 64;
export const WORD_COST = 8;
const IMPOSSIBLE = 0x3fffffff;

/** Indexes of two aligned words. -1 means that the other word has no counterpart. */
export interface Pair {
  readonly quoted: number;
  readonly source: number;
}

export interface Alignment {
  readonly quote: Words;
  readonly source: Words;
  readonly cost: number;
  readonly pairs: readonly Pair[];
}

/**
 * Returns the cheapest alignment of the quotation with any range of the source's words. The first word of the
 * quotation must be near the word `offset` of the source.
 */
export function align(quote: Words, source: Words, offset: number, spend: CountSteps): Alignment {
  const rows = quote.ids.length;
  const columns = source.ids.length;
  const band = Math.min(MAX_BAND, Math.max(4, rows >> 2));
  const width = 2 * band + 1;
  const prices = pricesOf(quote, source);
  const costs = new Int32Array((rows + 1) * width).fill(IMPOSSIBLE);
  // Cell k of a row represents the column row + offset - band + k.
  const costAt = (row: number, column: number) => {
    const k = column - row - offset + band;
    return k < 0 || k >= width ? IMPOSSIBLE : (costs[row * width + k] ?? IMPOSSIBLE);
  };
  let end = { column: 0, cost: IMPOSSIBLE };
  for (let row = 0; row <= rows; row += 1) {
    const first = Math.max(0, row + offset - band);
    for (let column = first; column <= Math.min(columns, row + offset + band); column += 1) {
      let cost = 0;
      if (row > 0) {
        cost = costAt(row - 1, column) + prices.added(row - 1);
        if (column > 0) {
          cost = Math.min(cost, costAt(row - 1, column - 1) + prices.paired(row - 1, column - 1));
          cost = Math.min(cost, costAt(row, column - 1) + prices.dropped(column - 1));
        }
      }
      costs[row * width + column - row - offset + band] = cost;
      if (row === rows && cost <= end.cost) end = { column, cost };
    }
  }
  spend(rows * width);
  const pairs = end.cost < IMPOSSIBLE ? backtrack(quote, source, prices, costAt, end.column) : [];
  return { quote, source, cost: end.cost, pairs };
}

interface Prices {
  readonly dropped: (column: number) => number;
  readonly added: (row: number) => number;
  readonly paired: (row: number, column: number) => number;
}

/** Returns the edit costs. A dropped word is cheaper than a changed one, and a changed one cheaper than an added one. */
function pricesOf(quote: Words, source: Words): Prices {
  const dropped = (column: number) => (source.isWord[column] === true ? 4 : 2);
  const added = (row: number) => (quote.isWord[row] === true ? WORD_COST : 3);
  const paired = (row: number, column: number) => {
    if (isSame(quote, row, source, column)) return 0;
    if (quote.isWord[row] !== source.isWord[column]) return added(row) + dropped(column);
    if (quote.isWord[row] !== true) return 3;
    return isSpeltAlike(quote.normalizes[row] ?? '', source.normalizes[column] ?? '') ? 6 : 7;
  };
  return { dropped, added, paired };
}

/** Returns the pairs on the cheapest path to a column of the last row. */
function backtrack(
  quote: Words,
  source: Words,
  { dropped, added, paired }: Prices,
  costAt: (row: number, column: number) => number,
  end: number,
): Pair[] {
  const pairs: Pair[] = [];
  let [row, column] = [quote.ids.length, end];
  while (row > 0) {
    const cost = costAt(row, column);
    const isDrop = column > 0 && cost === costAt(row, column - 1) + dropped(column - 1);
    const isAdd = cost === costAt(row - 1, column) + added(row - 1);
    const isPair = column > 0 && cost === costAt(row - 1, column - 1) + paired(row - 1, column - 1);
    // Prefers to group a word with the comma after it, not with the one before it.
    const isMark =
      (isDrop && source.isWord[column - 1] === false) || (isAdd && quote.isWord[row - 1] === false);
    if (isPair && !isMark) {
      row -= 1;
      column -= 1;
      pairs.push({ quoted: row, source: column });
    } else if (isDrop && (source.isWord[column - 1] === false || !isAdd)) {
      column -= 1;
      pairs.push({ quoted: -1, source: column });
    } else {
      row -= 1;
      pairs.push({ quoted: row, source: -1 });
    }
  }
  return pairs.reverse();
}

/** Returns true if two words are equal. The quotation's first and last word may be a part that the script allows. */
function isSame(quote: Words, at: number, source: Words, column: number): boolean {
  const [part = '', whole = ''] = [quote.normalizes[at], source.normalizes[column]];
  if (part === whole) return true;
  if (at === 0 && whole.endsWith(part))
    return mayBegin(source.normalized, (source.to[column] ?? 0) - part.length);
  if (at !== quote.normalizes.length - 1 || !whole.startsWith(part)) return false;
  return mayEnd(source.normalized, (source.from[column] ?? 0) + part.length);
}

/** Returns true if a pair has two equal words. */
export function isSamePair({ quote, source }: Alignment, pair: Pair): boolean {
  return pair.quoted >= 0 && pair.source >= 0 && isSame(quote, pair.quoted, source, pair.source);
}

function isSpeltAlike(left: string, right: string): boolean {
  return 2 * sharedEnds(left, right) >= Math.max(left.length, right.length);
}

/** Returns the number of letters that two words share at their starts and ends. */
export function sharedEnds(left: string, right: string): number {
  const max = Math.min(left.length, right.length);
  let head = 0;
  while (head < max && left[head] === right[head]) head += 1;
  let tail = 0;
  while (tail < max - head && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1;
  return head + tail;
}
