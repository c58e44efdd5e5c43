// Divides a content at its omissions (…, (...), […]) and at additions in [brackets].

import type { NormalizedText } from './normalization/normalize-text.ts';
import { sliceOf } from './text-offsets.ts';
import { stringOf, trimmed } from './normalization/units.ts';

// Maximum units of the source that a bracket replaces: enough for a title and a name, too few for a sentence.
const MAX_REPLACED = 60;

// These match normalized text, in which … is three dots and each quotation mark is one or two apostrophes.
const JOINTS = /\[[^[\]]*\]|\( ?\.(?: ?\.){2,} ?\)|\.(?: ?\.){2,}/g;
const OMISSION = /^[[(]?[ .]*\.[ .]*[\])]?$/;
// Trims dashes at the end of a segment only, because a dash at its start may be a minus sign.
const LENIENT_BEFORE = new Set(Array.from(" '.,;:!?", (character) => character.charCodeAt(0)));
const LENIENT_AFTER = new Set([...LENIENT_BEFORE, 0x2d]);

/** Words that a passage must contain verbatim. */
export interface Segment {
  readonly pattern: Uint16Array;
  readonly text: string;
  /** False if a bracket replaces the start of the word ([T]he). `endsWord` is false for its end (negotiat[ing]). */
  readonly beginsWord: boolean;
  readonly endsWord: boolean;
  /** The bracket between this segment and the one before; undefined at the start and after an omission. */
  readonly bracket: Bracket | undefined;
}

export interface Bracket {
  /** The text with its brackets, because the source itself may print them. */
  readonly pattern: Uint16Array;
  /** Maximum units of the source that it may replace. */
  readonly maxUnits: number;
}

/** Returns the content as a single segment; undefined if it contains only punctuation. */
export function wholeOf(content: NormalizedText): Segment | undefined {
  return split(content, [])[0];
}

/** Returns the segments of a content, in order. */
export function segmentsOf(content: NormalizedText): Segment[] {
  return split(content, [...stringOf(content.units).matchAll(JOINTS)]);
}

function split(content: NormalizedText, joints: readonly RegExpMatchArray[]): Segment[] {
  const { units } = content;
  const segments: Segment[] = [];
  let from = 0;
  let [isAfterBracket, isChained] = [false, false];
  // The end of the last segment, and the number of joints after it.
  let [lastEnd, jointsSince] = [0, 0];
  for (const joint of [...joints, undefined]) {
    const to = joint?.index ?? units.length;
    const isOmission = joint !== undefined && OMISSION.test(joint[0]);
    const isBracket = joint !== undefined && !isOmission;
    let [start, end] = [from, to];
    while (start < end && LENIENT_BEFORE.has(units[start] ?? 0)) start += 1;
    while (end > start && LENIENT_AFTER.has(units[end - 1] ?? 0)) end -= 1;
    if (start < end) {
      const bracket = {
        pattern: trimmed(units.subarray(lastEnd, start)),
        maxUnits: jointsSince * MAX_REPLACED,
      };
      segments.push({
        pattern: units.subarray(start, end),
        text: sliceOf(content, start, end),
        beginsWord: !isAfterBracket || start > from,
        endsWord: !isBracket || end < to,
        bracket: isChained ? bracket : undefined,
      });
      isChained = true;
      [lastEnd, jointsSince] = [end, 0];
    }
    isAfterBracket = isBracket;
    if (isOmission) isChained = false;
    jointsSince += 1;
    from = to + (joint?.[0].length ?? 0);
  }
  return segments;
}
