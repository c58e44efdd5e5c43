// Where words begin and end in folded text.

import { writingOf } from './characters.ts';
import type { Folded } from './folding.ts';
import { isBoundary } from './places.ts';
import { pointAt, stringOf } from './units.ts';

export const LONGEST_WORD = 64;

/** Words of a stretch of folded text; a punctuation mark, or a sign of an unspaced script, counts as one. */
export interface Words {
  readonly folded: Folded;
  readonly from: number[];
  readonly to: number[];
  readonly folds: string[];
  /** Equal words have equal ids. */
  readonly ids: number[];
  readonly isWord: boolean[];
}

/** `known` gives words their ids, and learns those it does not have. */
export function wordsOf(folded: Folded, from: number, to: number, known: Map<string, number>): Words {
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
    const id = known.get(word) ?? known.size;
    known.set(word, id);
    words.from.push(start);
    words.to.push(at);
    words.folds.push(word);
    words.ids.push(id);
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

/** Would a cut before unit `at` divide a word? */
export function isInsideWord(units: Uint16Array, at: number): boolean {
  return at > 0 && writingAt(units, at - 1) === 'word' && writingAt(units, at) === 'word';
}

/** As inside, or before a word's ending: "can" is not in "can't", nor "Russia" in "Russia's". */
export function isCutShort(units: Uint16Array, at: number): boolean {
  if (isInsideWord(units, at)) return true;
  return units[at] === 0x27 && writingAt(units, at - 1) === 'word' && writingAt(units, at + 1) === 'word';
}

function writingAt(units: Uint16Array, at: number): 'word' | 'sign' | undefined {
  const isTrail = ((units[at] ?? 0) & 0xfc00) === 0xdc00 && ((units[at - 1] ?? 0) & 0xfc00) === 0xd800;
  return writingOf(pointAt(units, isTrail ? at - 1 : at));
}
