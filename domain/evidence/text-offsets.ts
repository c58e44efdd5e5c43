// Converts ranges of normalized text to passages of the original text, and finds the boundaries of its characters.

import { isVisible } from '../../events/shared-pieces.ts';
import { countBefore } from '../binary-search.ts';
import { IGNORED, kindOf, MARK, SPACE } from './normalization/characters.ts';
import type { NormalizedText } from './normalization/normalize-text.ts';
import { pointAt } from './normalization/units.ts';

const ZERO_WIDTH_JOINER = 0x200d;

/** A range of the archived text in code points, `end` exclusive, with its original characters. */
export interface Passage {
  start: number;
  end: number;
  exact: string;
  prefix?: string;
  suffix?: string;
}

/** The passage most similar to a quotation, and the differing words. An empty string means no word on that side. */
export interface Nearest {
  passage: Passage;
  differences: { quoted: string; source: string }[];
}

/** Returns true if a passage may begin or end before unit `at`: not within the units of one character or cluster. */
export function isBoundary(normalized: NormalizedText, at: number): boolean {
  const { units, text } = normalized;
  if (at <= 0 || at >= units.length) return true;
  const start = normalized.runs.indexOf(at);
  if (start === normalized.runs.indexOf(at - 1) || text.charCodeAt(start - 1) === ZERO_WIDTH_JOINER)
    return false;
  return pointAt(units, at - 1) <= 0xffff && kindOf(pointAt(units, at)) !== MARK;
}

/** Returns the original text of the units from `from` to `to`. */
export function sliceOf(normalized: NormalizedText, from: number, to: number): string {
  return normalized.text.slice(normalized.runs.indexOf(from), sourceEnd(normalized, to));
}

/** Returns the passage from unit `from` to unit `to`, with prefix and suffix unless they are absent or blank. */
export function passageAt(
  normalized: NormalizedText,
  from: number,
  to: number,
  prefixFrom?: number,
  suffixTo?: number,
): Passage {
  const { text } = normalized;
  let [start, end] = [normalized.runs.indexOf(from), sourceEnd(normalized, to)];
  // A dash in normalized text includes the spaces around it.
  while (start < end && kindOf(text.charCodeAt(start)) === SPACE) start += 1;
  // The following space may contain zero-width characters.
  while (end > start && isInvisible(text, end - 1)) end -= 1;
  const prefix = prefixFrom === undefined ? '' : text.slice(normalized.runs.indexOf(prefixFrom), start);
  const suffix = suffixTo === undefined ? '' : text.slice(end, sourceEnd(normalized, suffixTo));
  return {
    start: pointsBefore(normalized, start),
    end: pointsBefore(normalized, end),
    exact: text.slice(start, end),
    // A blank prefix or suffix does not distinguish passages, and evidence must not contain one.
    ...(isVisible(prefix) ? { prefix } : {}),
    ...(isVisible(suffix) ? { suffix } : {}),
  };
}

const isInvisible = (text: string, at: number): boolean =>
  [SPACE, IGNORED].includes(kindOf(text.charCodeAt(at)));

/** Returns the UTF-16 index after the character before unit `at`, without ignored characters after it. */
function sourceEnd(normalized: NormalizedText, at: number): number {
  let end = normalized.runs.indexOf(at);
  const min = at > 0 ? normalized.runs.indexOf(at - 1) : end;
  while (end > min + 1) {
    const isTrail = (normalized.text.charCodeAt(end - 1) & 0xfc00) === 0xdc00 && end > min + 2;
    const width = isTrail && (normalized.text.codePointAt(end - 2) ?? 0) > 0xffff ? 2 : 1;
    if (kindOf(normalized.text.codePointAt(end - width) ?? 0) !== IGNORED) break;
    end -= width;
  }
  return end;
}

/** Returns the number of code points before a UTF-16 index of the text. */
const pointsBefore = ({ pairs }: NormalizedText, index: number): number =>
  index - countBefore(pairs.length, (at) => (pairs[at] ?? 0) < index);

/** Returns the UTF-16 index of a code point of the text: the inverse of `pointsBefore`. */
export const indexOfPoint = ({ pairs }: NormalizedText, point: number): number =>
  point + countBefore(pairs.length, (at) => (pairs[at] ?? 0) - at < point);
