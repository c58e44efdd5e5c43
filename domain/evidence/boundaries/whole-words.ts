// Extends a quotation that begins or ends inside a word of its source to whole words, which error messages show.

import { type Hyphens, isInside, mayBegin, mayEnd } from './boundaries.ts';
import type { NormalizedText } from '../normalization/normalize-text.ts';
import { isBoundary, type Nearest, passageAt, sliceOf } from '../text-offsets.ts';
import { MAX_WORD_LENGTH } from './words.ts';

/** Returns the whole words around a quotation and their differences: "unwilling" for "willing". */
export function wholeWords(
  source: NormalizedText,
  at: number,
  end: number,
  hyphens: Hyphens = 'join',
): Nearest {
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
const differing = (source: NormalizedText, quoted: UnitRange, whole: UnitRange) => ({
  quoted: sliceOf(source, ...quoted).trim(),
  source: sliceOf(source, ...whole).trim(),
});

/** Returns the start of the whole word, without the exceptions that its script allows. */
function wordStart(normalized: NormalizedText, at: number, hyphens: Hyphens): number {
  let from = at;
  while (from > 0 && at - from < MAX_WORD_LENGTH && isUncut(normalized, from, hyphens)) from -= 1;
  return from;
}

function wordEnd(normalized: NormalizedText, at: number, hyphens: Hyphens): number {
  let to = at;
  while (to < normalized.units.length && to - at < MAX_WORD_LENGTH && isUncut(normalized, to, hyphens))
    to += 1;
  return to;
}

const isUncut = (normalized: NormalizedText, at: number, hyphens: Hyphens): boolean =>
  !isBoundary(normalized, at) || isInside(normalized, at, hyphens);
