// Divides normalized text into the words that alignments compare.

import { isInside } from './boundaries.ts';
import { writingOf } from '../normalization/characters.ts';
import type { NormalizedText } from '../normalization/normalize-text.ts';
import { isBoundary } from '../text-offsets.ts';
import { pointAt, stringOf } from '../normalization/units.ts';

export const MAX_WORD_LENGTH = 64;

/** Words in a range of normalized text. A punctuation mark and a sign of an unspaced script count as one word each. */
export interface Words {
  readonly normalized: NormalizedText;
  readonly from: number[];
  readonly to: number[];
  readonly normalizes: string[];
  /** Equal words have equal ids. */
  readonly ids: number[];
  readonly isWord: boolean[];
}

/** Divides a range into words. Looks up the ids of words in `idsByWord` and adds new ones. */
export function wordsOf(
  normalized: NormalizedText,
  from: number,
  to: number,
  idsByWord: Map<string, number>,
): Words {
  const { units } = normalized;
  const words: Words = { normalized, from: [], to: [], normalizes: [], ids: [], isWord: [] };
  const end = Math.min(to, units.length);
  let at = from;
  while (at < end) {
    const start = at;
    const writing = writingAt(units, at);
    at = nextBoundary(normalized, at);
    if (writing === 'word') {
      while (at < end && at - start < MAX_WORD_LENGTH && isInside(normalized, at))
        at = nextBoundary(normalized, at);
    }
    if (units[start] === 0x20) continue;
    const word = stringOf(units, start, at);
    const id = idsByWord.get(word) ?? idsByWord.size;
    idsByWord.set(word, id);
    words.from.push(start);
    words.to.push(at);
    words.normalizes.push(word);
    words.ids.push(id);
    words.isWord.push(writing !== undefined);
  }
  return words;
}

function nextBoundary(normalized: NormalizedText, at: number): number {
  let next = at + 1;
  while (!isBoundary(normalized, next)) next += 1;
  return next;
}

function writingAt(units: Uint16Array, at: number): 'word' | 'sign' | undefined {
  return writingOf(pointAt(units, at));
}
