// From places in folded text back to the text itself: where it may be cut, and the characters that stand there.

import { isVisible } from '../../events/shared-pieces.ts';
import { countBefore } from '../binary-search.ts';
import { IGNORED, kindOf, MARK, SPACE } from './folding/characters.ts';
import type { Folded } from './folding/folding.ts';
import { pointAt } from './folding/units.ts';

const ZERO_WIDTH_JOINER = 0x200d;

/** `start` and `end` count code points of the archived text, end exclusive; the strings are its own characters. */
export interface Passage {
  start: number;
  end: number;
  exact: string;
  prefix?: string;
  suffix?: string;
}

/** A passage that a quotation resembles, and the words that differ, '' where one side has none. */
export interface Nearest {
  passage: Passage;
  differences: { quoted: string; source: string }[];
}

/** May a passage begin or end before unit `at`? Not inside what one character or one cluster folds to. */
export function isBoundary(folded: Folded, at: number): boolean {
  const { units, text } = folded;
  if (at <= 0 || at >= units.length) return true;
  const start = folded.runs.indexOf(at);
  if (start === folded.runs.indexOf(at - 1) || text.charCodeAt(start - 1) === ZERO_WIDTH_JOINER) return false;
  return pointAt(units, at - 1) <= 0xffff && kindOf(pointAt(units, at)) !== MARK;
}

/** The text's own characters that units `from` to `to` come from. */
export function sliceOf(folded: Folded, from: number, to: number): string {
  return folded.text.slice(folded.runs.indexOf(from), sourceEnd(folded, to));
}

/** The passage from unit `from` to unit `to`, with its prefix and suffix if they are given and not blank. */
export function passageAt(
  folded: Folded,
  from: number,
  to: number,
  prefixFrom?: number,
  suffixTo?: number,
): Passage {
  const { text } = folded;
  let [start, end] = [folded.runs.indexOf(from), sourceEnd(folded, to)];
  // A dash stands for the space around it too.
  while (start < end && kindOf(text.charCodeAt(start)) === SPACE) start += 1;
  // Zero-width characters may stand in the space that follows.
  while (end > start && isInvisible(text, end - 1)) end -= 1;
  const prefix = prefixFrom === undefined ? '' : text.slice(folded.runs.indexOf(prefixFrom), start);
  const suffix = suffixTo === undefined ? '' : text.slice(end, sourceEnd(folded, suffixTo));
  return {
    start: pointsBefore(folded, start),
    end: pointsBefore(folded, end),
    exact: text.slice(start, end),
    // What is blank tells no passage apart, and is no prefix or suffix to send.
    ...(isVisible(prefix) ? { prefix } : {}),
    ...(isVisible(suffix) ? { suffix } : {}),
  };
}

const isInvisible = (text: string, at: number): boolean =>
  [SPACE, IGNORED].includes(kindOf(text.charCodeAt(at)));

/** Where the characters before unit `at` end in the text, without what is ignored after them. */
function sourceEnd(folded: Folded, at: number): number {
  let end = folded.runs.indexOf(at);
  const least = at > 0 ? folded.runs.indexOf(at - 1) : end;
  while (end > least + 1) {
    const isTrail = (folded.text.charCodeAt(end - 1) & 0xfc00) === 0xdc00 && end > least + 2;
    const width = isTrail && (folded.text.codePointAt(end - 2) ?? 0) > 0xffff ? 2 : 1;
    if (kindOf(folded.text.codePointAt(end - width) ?? 0) !== IGNORED) break;
    end -= width;
  }
  return end;
}

/** The number of code points before a UTF-16 index of the text. */
const pointsBefore = ({ pairs }: Folded, index: number): number =>
  index - countBefore(pairs.length, (at) => (pairs[at] ?? 0) < index);

/** The UTF-16 index of a code point of the text: the reverse of `pointsBefore`. */
export const indexOfPoint = ({ pairs }: Folded, point: number): number =>
  point + countBefore(pairs.length, (at) => (pairs[at] ?? 0) - at < point);
