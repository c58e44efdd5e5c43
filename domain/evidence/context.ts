// Locates the prefix and suffix of a quotation in a text, and finds the occurrence with the most similar context.

import { isInside } from './boundaries/boundaries.ts';
import { commonSequences } from './nearest-passage/common-sequences.ts';
import { foldText, type Folded } from './folding/folding.ts';
import { eachPlace, type Spend } from './occurrences.ts';
import { isBoundary, type Nearest, type Passage, passageAt } from './text-offsets.ts';
import { trimmed } from './folding/units.ts';

/** A prefix or suffix with all units of the text at which it ends or begins. */
export interface Context {
  readonly quoted: string;
  readonly units: Uint16Array;
  /** 1 at each unit at which a prefix ends or a suffix begins. */
  readonly matches: Uint8Array;
}

/** Finds all occurrences of a prefix (`ends`) or a suffix (`begins`); undefined if it is blank. */
export function contextOf(
  folded: Folded,
  quoted: string,
  edge: 'ends' | 'begins',
  spend: Spend,
): Context | undefined {
  const units = trimmed(foldText(quoted).units);
  if (units.length === 0) return undefined;
  const matches = new Uint8Array(folded.units.length + 1);
  eachPlace(folded, units, spend, (at) => {
    matches[edge === 'ends' ? at + units.length : at] = 1;
  });
  return { quoted, units, matches };
}

/** Returns the start of the prefix that ends at `at` or before a space there; undefined if there is no such prefix. */
export function prefixFrom(folded: Folded, { units, matches }: Context, at: number): number | undefined {
  if (matches[at] === 1) return at - units.length;
  return folded.units[at - 1] === 0x20 && matches[at - 1] === 1 ? at - 1 - units.length : undefined;
}

/** Returns the end of the suffix that begins at `end` or after a space there; undefined if there is no such suffix. */
export function suffixTo(folded: Folded, { units, matches }: Context, end: number): number | undefined {
  if (matches[end] === 1) return end + units.length;
  return folded.units[end] === 0x20 && matches[end + 1] === 1 ? end + 1 + units.length : undefined;
}

/** Returns a passage with whole words as its context and no white space at the edges, so that `locate` finds it again. */
export function inContext(folded: Folded, at: number, end: number, before: number, after: number): Passage {
  const { units } = folded;
  let from = Math.max(0, at - before);
  while (from < at && (isInside(folded, from) || units[from] === 0x20)) from += 1;
  if (from === at) from = Math.max(0, at - before);
  while (!isBoundary(folded, from)) from += 1;
  let to = Math.min(units.length, end + after);
  while (to > end && (isInside(folded, to) || units[to - 1] === 0x20)) to -= 1;
  if (to === end) to = Math.min(units.length, end + after);
  while (!isBoundary(folded, to)) to -= 1;
  return passageAt(folded, at, end, from, to);
}

/** Returns the occurrence of `exact` with the most similar context, for a prefix or suffix that matches no occurrence. */
export function nearestContext(
  folded: Folded,
  exact: Uint16Array,
  before: Context | undefined,
  after: Context | undefined,
  spend: Spend,
): Nearest {
  const { length } = folded.units;
  const [scoresBefore, scoresAfter] = [new Uint32Array(length + 1), new Uint32Array(length + 1)];
  if (before !== undefined) {
    commonSequences(folded.units, before.units, spend, (end, score) => {
      scoresBefore[end] = score;
    });
  }
  if (after !== undefined) {
    commonSequences(folded.units, after.units, spend, (end, score) => {
      scoresAfter[end - after.units.length] = score;
    });
  }
  let best = { at: 0, score: -1 };
  eachPlace(folded, exact, spend, (at) => {
    const score = (scoresBefore[at] ?? 0) + (scoresAfter[at + exact.length] ?? 0);
    if (score > best.score) best = { at, score };
  });
  const end = best.at + exact.length;
  const [prefixLength, suffixLength] = [before?.units.length ?? 0, after?.units.length ?? 0];
  const passage = inContext(folded, best.at, end, prefixLength + 1, suffixLength + 1);
  const differences: Nearest['differences'] = [];
  if (before !== undefined && prefixFrom(folded, before, best.at) === undefined) {
    differences.push({ quoted: before.quoted, source: (passage.prefix ?? '').trim() });
  }
  if (after !== undefined && suffixTo(folded, after, end) === undefined) {
    differences.push({ quoted: after.quoted, source: (passage.suffix ?? '').trim() });
  }
  return { passage, differences };
}
