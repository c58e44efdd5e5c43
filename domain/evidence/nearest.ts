// For a quotation that is not in its source: the passage it most resembles, and the words in which they differ.
// The likely places are those with the most short letter sequences in common, found in one pass over the text;
// only there are the words compared, within a band, so that the cost stays bounded for any text.

import type { Nearest } from './evidence.ts';
import { type Folded, isBoundary, passageAt, sliceOf, stringOf, writingAt } from './text-folding.ts';

const PLACES_COMPARED = 4;
const WIDEST_BAND = 64;
const MOST_DIFFERENCES = 5;
const PRICE_OF_ONE_WORD = 8;
const LONGEST_WORD = 64;

/** Words of a stretch of folded text; a punctuation mark, or a sign of an unspaced script, counts as one. */
interface Words {
  readonly folded: Folded;
  readonly from: number[];
  readonly to: number[];
  readonly folds: string[];
  /** Equal words have equal ids; a word the quotation does not have is -1. */
  readonly ids: number[];
  readonly isWord: boolean[];
}

/** Which word of the quotation stands against which of the source; -1 where it stands against none. */
interface Pair {
  readonly quoted: number;
  readonly source: number;
}

interface Alignment {
  readonly cost: number;
  readonly pairs: readonly Pair[];
}

type Spend = (steps: number) => void;

export function nearestPassage(source: Folded, quoted: Folded, spend: Spend): Nearest | undefined {
  const known = new Map<string, number>();
  const quote = wordsOf(quoted, 0, quoted.units.length, known, true);
  const { length } = quoted.units;
  let best: { alignment: Alignment; words: Words } | undefined;
  for (const place of likelyPlaces(source, quoted.units, spend)) {
    const margin = length + LONGEST_WORD;
    const words = wordsOf(source, Math.max(0, place - margin), place + length + margin, known, false);
    const first = words.to.findIndex((to) => to > place);
    spend(length + 2 * margin);
    // The place is exact in ordinary text; in repetitive text, only the longest run in common tells the phase.
    for (const offset of [Math.max(0, first), offsetOfLongestRun(quote.ids, words.ids, spend)]) {
      const alignment = align(quote, words, offset, spend);
      if (best === undefined || alignment.cost < best.alignment.cost) best = { alignment, words };
      if (best.alignment.cost <= PRICE_OF_ONE_WORD) break;
    }
    if (best !== undefined && best.alignment.cost <= PRICE_OF_ONE_WORD) break;
  }
  if (best === undefined || !isAlike(quote, best.words, best.alignment)) return undefined;
  return describe(quote, best.words, best.alignment);
}

/** Where in the text a window as long as the pattern has most letter sequences in common with it. */
function likelyPlaces(source: Folded, pattern: Uint16Array, spend: Spend): number[] {
  const places: { at: number; score: number }[] = [];
  let block = { index: -1, at: 0, score: 0 };
  const settle = () => {
    if (block.score === 0) return;
    const rank = places.findIndex((place) => place.score < block.score);
    places.splice(rank === -1 ? places.length : rank, 0, { at: block.at, score: block.score });
    if (places.length > PLACES_COMPARED) places.pop();
  };
  commonSequences(source.units, pattern, spend, (end, score) => {
    const index = Math.floor(end / pattern.length);
    if (index !== block.index) {
      settle();
      block = { index, at: 0, score: 0 };
    }
    if (score > block.score) {
      block.at = Math.max(0, end - pattern.length);
      block.score = score;
    }
  });
  settle();
  return places.map((place) => place.at);
}

/**
 * For the window as long as `pattern` before each `end`: how many sequences of a few units it shares with it, each
 * counted as often as both have it. Windows may reach over both edges of the text.
 */
export function commonSequences(
  units: Uint16Array,
  pattern: Uint16Array,
  spend: Spend,
  visit: (end: number, score: number) => void,
): void {
  const width = Math.min(pattern.length, pattern.length < 16 ? 2 : 4);
  const inWindow = pattern.length - width + 1;
  if (width === 0 || units.length < width) return;
  const slots = 2 ** Math.ceil(Math.log2(4 * inWindow + 4));
  const keys = new Int32Array(slots);
  const needed = new Int32Array(slots);
  const present = new Int32Array(slots);
  // A key is the last few units and nothing else: what is older has been shifted out of its 32 bits.
  const keyAfter = (key: number, unit: number) => (width === 1 ? unit : (key << (32 / width)) ^ unit);
  const slotOf = (key: number): number => {
    const mixed = Math.imul(key, 0x2c1b3c6d);
    let slot = (mixed ^ (mixed >>> 15)) & (slots - 1);
    while ((needed[slot] ?? 0) > 0 && keys[slot] !== key) slot = (slot + 1) & (slots - 1);
    return slot;
  };
  let key = 0;
  for (let at = 0; at < pattern.length; at += 1) {
    key = keyAfter(key, pattern[at] ?? 0);
    if (at < width - 1) continue;
    const slot = slotOf(key);
    keys[slot] = key;
    needed[slot] = (needed[slot] ?? 0) + 1;
  }
  const recent = new Int32Array(inWindow);
  const over = units.length + inWindow;
  let oldest = 0;
  let score = 0;
  for (let end = 1; end < over; end += 1) {
    key = keyAfter(key, units[end - 1] ?? 0);
    if (end < width) continue;
    const left = recent[oldest] ?? 0;
    const leaving = present[left] ?? 0;
    // Slot 0 of a window not yet full was never entered.
    if (end - width >= inWindow) {
      if (leaving <= (needed[left] ?? 0)) score -= 1;
      present[left] = leaving - 1;
    }
    if (end <= units.length) {
      const slot = slotOf(key);
      const entering = (present[slot] ?? 0) + 1;
      if (entering <= (needed[slot] ?? 0)) score += 1;
      present[slot] = entering;
      recent[oldest] = slot;
    }
    oldest = oldest + 1 === inWindow ? 0 : oldest + 1;
    visit(end, score);
  }
  spend(pattern.length + 2 * units.length);
}

function wordsOf(
  folded: Folded,
  from: number,
  to: number,
  known: Map<string, number>,
  learn: boolean,
): Words {
  const { units } = folded;
  const words: Words = { folded, from: [], to: [], folds: [], ids: [], isWord: [] };
  const end = Math.min(to, units.length);
  let at = from;
  while (at < end) {
    const start = at;
    const writing = writingAt(units, at);
    at = nextBoundary(folded, at);
    if (writing === 'word') {
      while (at < end && at - start < LONGEST_WORD && continuesWord(units, at)) at = nextBoundary(folded, at);
    }
    if (units[start] === 0x20) continue;
    const word = stringOf(units, start, at);
    if (learn && !known.has(word)) known.set(word, known.size);
    words.from.push(start);
    words.to.push(at);
    words.folds.push(word);
    words.ids.push(known.get(word) ?? -1);
    words.isWord.push(writing !== undefined);
  }
  return words;
}

function nextBoundary(folded: Folded, at: number): number {
  let next = at + 1;
  while (!isBoundary(folded, next)) next += 1;
  return next;
}

/** An apostrophe inside a word (don't) and a separator inside a number (1,500) do not divide it. */
function continuesWord(units: Uint16Array, at: number): boolean {
  if (writingAt(units, at) === 'word') return true;
  if (writingAt(units, at - 1) === undefined || writingAt(units, at + 1) !== 'word') return false;
  const unit = units[at];
  if (unit === 0x2e || unit === 0x2c) return isDigit(units[at - 1]) && isDigit(units[at + 1]);
  return unit === 0x27;
}

function isDigit(unit = 0): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** Which word of the source the quotation's first word would stand at, by the longest run of equal words. */
function offsetOfLongestRun(quote: readonly number[], source: readonly number[], spend: Spend): number {
  let low = 0;
  let high = quote.length;
  let offset = 0;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const at = offsetOfRun(quote, source, middle);
    spend(quote.length + source.length);
    if (at === undefined) high = middle - 1;
    else {
      low = middle;
      offset = at;
    }
  }
  return offset;
}

function offsetOfRun(
  quote: readonly number[],
  source: readonly number[],
  length: number,
): number | undefined {
  const runs = new Map<number, number>();
  eachRun(quote, length, (hash, at) => {
    if (!runs.has(hash)) runs.set(hash, at);
    return undefined;
  });
  let offset: number | undefined;
  eachRun(source, length, (hash, at) => {
    const inQuote = runs.get(hash);
    if (inQuote === undefined) return undefined;
    // Where the text repeats itself, rather a run that leaves room for the rest of the quotation.
    const hasRoom = at >= inQuote && at - inQuote + quote.length <= source.length;
    if (offset === undefined || hasRoom) offset = at - inQuote;
    return hasRoom ? 'stop' : undefined;
  });
  return offset;
}

function eachRun(
  ids: readonly number[],
  length: number,
  visit: (hash: number, at: number) => 'stop' | undefined,
): void {
  let power = 1;
  for (let k = 0; k < length; k += 1) power = Math.imul(power, 0x01000193);
  let hash = 0;
  for (let at = 0; at < ids.length; at += 1) {
    hash = (Math.imul(hash, 0x01000193) + (ids[at] ?? 0) + 2) | 0;
    if (at >= length) hash = (hash - Math.imul(power, (ids[at - length] ?? 0) + 2)) | 0;
    if (at >= length - 1 && visit(hash, at - length + 1) === 'stop') return;
  }
}

/** The cheapest way to turn a stretch of the source's words, wherever it begins and ends, into the quotation's. */
function align(quote: Words, words: Words, offset: number, spend: Spend): Alignment {
  const rows = quote.ids.length;
  const columns = words.ids.length;
  const band = Math.min(WIDEST_BAND, Math.max(4, rows >> 2));
  const width = 2 * band + 1;
  const costs = new Int32Array((rows + 1) * width).fill(0x3fffffff);
  // At the edges of a quotation the three can look the same: a word dropped, even with its comma, is then taken to
  // be likelier than one changed, and that than one added.
  const dropped = (column: number) => (words.isWord[column] === true ? 4 : 2);
  const added = (row: number) => (quote.isWord[row] === true ? PRICE_OF_ONE_WORD : 3);
  const paired = (row: number, column: number) => {
    if (isSame(quote, row, words, column)) return 0;
    if (quote.isWord[row] !== words.isWord[column]) return added(row) + dropped(column);
    if (quote.isWord[row] !== true) return 3;
    return isSpeltAlike(quote.folds[row] ?? '', words.folds[column] ?? '') ? 6 : 7;
  };
  // Cell k of a row stands for the column row + offset - band + k.
  const costAt = (row: number, column: number) => {
    const k = column - row - offset + band;
    return k < 0 || k >= width || row < 0 || column < 0 ? 0x3fffffff : (costs[row * width + k] ?? 0x3fffffff);
  };
  let end = { column: 0, cost: 0x3fffffff };
  for (let row = 0; row <= rows; row += 1) {
    const first = Math.max(0, row + offset - band);
    for (let column = first; column <= Math.min(columns, row + offset + band); column += 1) {
      let cost = 0;
      if (row > 0) {
        cost = costAt(row - 1, column) + added(row - 1);
        if (column > 0) {
          cost = Math.min(cost, costAt(row - 1, column - 1) + paired(row - 1, column - 1));
          cost = Math.min(cost, costAt(row, column - 1) + dropped(column - 1));
        }
      }
      costs[row * width + column - row - offset + band] = cost;
      if (row === rows && cost <= end.cost) end = { column, cost };
    }
  }
  spend(rows * width);
  const pairs: Pair[] = [];
  let { column } = end;
  for (let row = end.cost < 0x3fffffff ? rows : 0; row > 0;) {
    const cost = costAt(row, column);
    const isDrop = column > 0 && cost === costAt(row, column - 1) + dropped(column - 1);
    const isAdd = cost === costAt(row - 1, column) + added(row - 1);
    const isPair = column > 0 && cost === costAt(row - 1, column - 1) + paired(row - 1, column - 1);
    // A word goes with the comma after it rather than with the one before it.
    const isMark =
      (isDrop && words.isWord[column - 1] === false) || (isAdd && quote.isWord[row - 1] === false);
    if (isPair && !isMark) {
      row -= 1;
      column -= 1;
      pairs.push({ quoted: row, source: column });
    } else if (isDrop && (words.isWord[column - 1] === false || !isAdd)) {
      column -= 1;
      pairs.push({ quoted: -1, source: column });
    } else {
      row -= 1;
      pairs.push({ quoted: row, source: -1 });
    }
  }
  return { cost: end.cost, pairs: pairs.reverse() };
}

/** Equal, or, for the quotation's first and last word, the part of the source's word that it may begin or end in. */
function isSame(quote: Words, at: number, words: Words, column: number): boolean {
  const [part = '', whole = ''] = [quote.folds[at], words.folds[column]];
  if (part === whole) return true;
  if (at === 0 && whole.endsWith(part))
    return isBoundary(words.folded, (words.to[column] ?? 0) - part.length);
  if (at !== quote.folds.length - 1 || !whole.startsWith(part)) return false;
  return isBoundary(words.folded, (words.from[column] ?? 0) + part.length);
}

function isSpeltAlike(left: string, right: string): boolean {
  return 2 * sharedEnds(left, right) >= Math.max(left.length, right.length);
}

/** Worth showing at all: some words in common, or most of a long one, and not only those any two texts share. */
function isAlike(quote: Words, words: Words, { pairs }: Alignment): boolean {
  let letters = 0;
  let wholeWords = 0;
  for (const pair of pairs) {
    const [left = '', right = ''] = [quote.folds[pair.quoted], words.folds[pair.source]];
    if (isSamePair(quote, words, pair)) {
      letters += left.length;
      if (quote.isWord[pair.quoted] === true) wholeWords += 1;
    } else {
      const shared = sharedEnds(left, right);
      if (shared >= 4) letters += shared;
    }
  }
  return (letters >= 8 || wholeWords >= 2) && letters * 5 >= quote.folded.units.length;
}

function sharedEnds(left: string, right: string): number {
  const most = Math.min(left.length, right.length);
  let head = 0;
  while (head < most && left[head] === right[head]) head += 1;
  let tail = 0;
  while (tail < most - head && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1;
  return head + tail;
}

function describe(quote: Words, words: Words, { pairs }: Alignment): Nearest | undefined {
  const covered = pairs.filter((pair) => pair.source >= 0);
  const [first, last] = [covered.at(0), covered.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const differences: Nearest['differences'] = [];
  for (let at = 0; at < pairs.length && differences.length < MOST_DIFFERENCES; at += 1) {
    const from = at;
    while (at < pairs.length && !isSamePair(quote, words, pairs[at])) at += 1;
    const differing = pairs.slice(from, at);
    if (differing.length === 0) continue;
    differences.push({
      quoted: slice(
        quote,
        differing.map((pair) => pair.quoted),
      ),
      source: slice(
        words,
        differing.map((pair) => pair.source),
      ),
    });
  }
  let from = words.from[first.source] ?? 0;
  let to = words.to[last.source] ?? 0;
  // A quotation may begin and end inside a word, and the passage then does as well.
  if (first.quoted === 0 && isSamePair(quote, words, first)) {
    from = Math.max(from, (words.to[first.source] ?? 0) - (quote.folds[0] ?? '').length);
  }
  if (last.quoted > 0 && last.quoted === quote.folds.length - 1 && isSamePair(quote, words, last)) {
    to = Math.min(to, (words.from[last.source] ?? 0) + (quote.folds.at(-1) ?? '').length);
  }
  const { folded } = words;
  while (!isBoundary(folded, from)) from -= 1;
  while (!isBoundary(folded, to)) to += 1;
  return { passage: passageAt(folded, from, to), differences };
}

function isSamePair(quote: Words, words: Words, pair: Pair | undefined): boolean {
  return (
    pair !== undefined &&
    pair.quoted >= 0 &&
    pair.source >= 0 &&
    isSame(quote, pair.quoted, words, pair.source)
  );
}

function slice(words: Words, indexes: readonly number[]): string {
  const chosen = indexes.filter((at) => at >= 0);
  const [first, last] = [chosen.at(0), chosen.at(-1)];
  if (first === undefined || last === undefined) return '';
  return sliceOf(words.folded, words.from[first] ?? 0, words.to[last] ?? 0);
}
