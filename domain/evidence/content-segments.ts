// Divides a content where it leaves words out (…, (...), […]) or adds some in [brackets].

import type { Folded } from './folding/folding.ts';
import { sliceOf } from './text-offsets.ts';
import { stringOf, trimmed } from './folding/units.ts';

// Enough for a title and a name to be replaced by another in brackets, too little for a sentence to go unseen.
const MAX_IN_BRACKETS = 60;

// All of these are tried on folded text, where … is three dots and every quotation mark one or two apostrophes.
const JOINTS = /\[[^[\]]*\]|\( ?\.(?: ?\.){2,} ?\)|\.(?: ?\.){2,}/g;
const OMISSION = /^[[(]?[ .]*\.[ .]*[\])]?$/;
// A dash may end a segment, but one before a number is a minus.
const LENIENT_BEFORE = new Set(Array.from(" '.,;:!?", (character) => character.charCodeAt(0)));
const LENIENT_AFTER = new Set([...LENIENT_BEFORE, 0x2d]);

/** Words that a passage must have as they are. */
export interface Segment {
  readonly pattern: Uint16Array;
  readonly text: string;
  /** False after a bracket that stands for a part of the word, as in [T]he; `endsWord` before one: negotiat[ing]. */
  readonly beginsWord: boolean;
  readonly endsWord: boolean;
  /** What joins it to the segment before; nothing at the start and after an omission. */
  readonly bracket: Bracket | undefined;
}

export interface Bracket {
  /** As printed, brackets and all, which the source may itself print. */
  readonly pattern: Uint16Array;
  /** How much of the source it may stand for. */
  readonly most: number;
}

/** The content as a single segment; undefined if it has only punctuation. */
export function wholeOf(content: Folded): Segment | undefined {
  return split(content, [])[0];
}

export function segmentsOf(content: Folded): Segment[] {
  return split(content, [...stringOf(content.units).matchAll(JOINTS)]);
}

function split(content: Folded, joints: readonly RegExpMatchArray[]): Segment[] {
  const { units } = content;
  const segments: Segment[] = [];
  let from = 0;
  let [isAfterBracket, isChained] = [false, false];
  // Where the last segment ends, and how many joints there are since.
  let [ended, passed] = [0, 0];
  for (const joint of [...joints, undefined]) {
    const to = joint?.index ?? units.length;
    const isOmission = joint !== undefined && OMISSION.test(joint[0]);
    const isBracket = joint !== undefined && !isOmission;
    let [start, end] = [from, to];
    while (start < end && LENIENT_BEFORE.has(units[start] ?? 0)) start += 1;
    while (end > start && LENIENT_AFTER.has(units[end - 1] ?? 0)) end -= 1;
    if (start < end) {
      const bracket = { pattern: trimmed(units.subarray(ended, start)), most: passed * MAX_IN_BRACKETS };
      segments.push({
        pattern: units.subarray(start, end),
        text: sliceOf(content, start, end),
        beginsWord: !isAfterBracket || start > from,
        endsWord: !isBracket || end < to,
        bracket: isChained ? bracket : undefined,
      });
      isChained = true;
      [ended, passed] = [end, 0];
    }
    isAfterBracket = isBracket;
    if (isOmission) isChained = false;
    passed += 1;
    from = to + (joint?.[0].length ?? 0);
  }
  return segments;
}
