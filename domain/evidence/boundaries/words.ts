// Divides folded text into the words that alignments compare.

import { isInside } from './boundaries.ts';
import { writingOf } from '../folding/characters.ts';
import type { Folded } from '../folding/folding.ts';
import { isBoundary } from '../text-offsets.ts';
import { pointAt, stringOf } from '../folding/units.ts';

export const LONGEST_WORD = 64;

/** Words in a range of folded text. A punctuation mark and a sign of an unspaced script count as one word each. */
export interface Words {
  readonly folded: Folded;
  readonly from: number[];
  readonly to: number[];
  readonly folds: string[];
  /** Equal words have equal ids. */
  readonly ids: number[];
  readonly isWord: boolean[];
}

/** Divides a range into words. Looks up the ids of words in `idsByWord` and adds new ones. */
export function wordsOf(folded: Folded, from: number, to: number, idsByWord: Map<string, number>): Words {
  const { units } = folded;
  const words: Words = { folded, from: [], to: [], folds: [], ids: [], isWord: [] };
  const end = Math.min(to, units.length);
  let at = from;
  while (at < end) {
    const start = at;
    const writing = writingAt(units, at);
    at = nextBoundary(folded, at);
    if (writing === 'word') {
      while (at < end && at - start < LONGEST_WORD && isInside(folded, at)) at = nextBoundary(folded, at);
    }
    if (units[start] === 0x20) continue;
    const word = stringOf(units, start, at);
    const id = idsByWord.get(word) ?? idsByWord.size;
    idsByWord.set(word, id);
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

function writingAt(units: Uint16Array, at: number): 'word' | 'sign' | undefined {
  return writingOf(pointAt(units, at));
}
