// Extends a quotation that begins or ends inside a word of its source to whole words, which error messages show.

import { type Hyphens, isInside, mayBegin, mayEnd } from './boundaries.ts';
import type { Folded } from '../folding/folding.ts';
import { isBoundary, type Nearest, passageAt, sliceOf } from '../text-offsets.ts';
import { LONGEST_WORD } from './words.ts';

/** Returns the whole words around a quotation and their differences: "unwilling" for "willing". */
export function wholeWords(source: Folded, at: number, end: number, hyphens: Hyphens = 'join'): Nearest {
  const from = mayBegin(source, at, hyphens) ? at : wordStart(source, at, hyphens);
  const to = mayEnd(source, end, hyphens) ? end : wordEnd(source, end, hyphens);
  // True if the quotation lies inside one word.
  const [first, last] = [wordEnd(source, at + 1, hyphens), wordStart(source, end - 1, hyphens)];
  if (first >= end || last <= at) {
    const whole = [from, from < at ? Math.max(to, first) : to] as const;
    return {
      passage: passageAt(source, ...whole),
      differences: [differing(source, [at, end], whole)],
    };
  }
  const differences: Nearest['differences'] = [];
  if (from < at) differences.push(differing(source, [at, first], [from, first]));
  if (to > end) differences.push(differing(source, [last, end], [last, to]));
  return { passage: passageAt(source, from, to), differences };
}

type UnitRange = readonly [number, number];
const differing = (source: Folded, quoted: UnitRange, whole: UnitRange) => ({
  quoted: sliceOf(source, ...quoted).trim(),
  source: sliceOf(source, ...whole).trim(),
});

/** Returns the start of the whole word, without the exceptions that its script allows. */
function wordStart(folded: Folded, at: number, hyphens: Hyphens): number {
  let from = at;
  while (from > 0 && at - from < LONGEST_WORD && isUncut(folded, from, hyphens)) from -= 1;
  return from;
}

function wordEnd(folded: Folded, at: number, hyphens: Hyphens): number {
  let to = at;
  while (to < folded.units.length && to - at < LONGEST_WORD && isUncut(folded, to, hyphens)) to += 1;
  return to;
}

const isUncut = (folded: Folded, at: number, hyphens: Hyphens): boolean =>
  !isBoundary(folded, at) || isInside(folded, at, hyphens);
