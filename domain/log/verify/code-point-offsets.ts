// Converts offsets in Unicode code points, which evidence records, to the UTF-16 indexes of a text.
import { countBefore } from '../../binary-search.ts';

export interface Offsets {
  readonly text: string;
  /** The length in code points. */
  readonly points: number;
  /** Returns the index of a code point, or a number beyond the text if it has fewer. */
  readonly indexOf: (point: number) => number;
}

export function offsetsIn(text: string): Offsets {
  const pairs = pairsIn(text);
  return {
    text,
    points: text.length - pairs.length,
    indexOf: (point) => point + countBefore(pairs.length, (at) => (pairs[at] ?? 0) < point),
  };
}

/** Returns the offsets of the code points that take two UTF-16 units, ascending. */
function pairsIn(text: string): number[] {
  const pairs: number[] = [];
  for (const { index } of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) pairs.push(index - pairs.length);
  return pairs;
}
