// Locates the prefix and suffix of a quotation in a text, and finds the occurrence with the most similar context.

import { isInside } from './boundaries/boundaries.ts';
import { commonSequences } from './nearest-passage/common-sequences.ts';
import { normalizeText, type NormalizedText } from './normalization/normalize-text.ts';
import { eachOccurrence, type CountSteps } from './occurrences.ts';
import { isBoundary, type Nearest, type Passage, passageAt } from './text-offsets.ts';
import { trimmed } from './normalization/units.ts';

/** A prefix or suffix with all units of the text at which it ends or begins. */
export interface Context {
  readonly quoted: string;
  readonly units: Uint16Array;
  /** 1 at each unit at which a prefix ends or a suffix begins. */
  readonly matches: Uint8Array;
}

/** Finds all occurrences of a prefix (`ends`) or a suffix (`begins`); undefined if it is blank. */
export function contextOf(
  normalized: NormalizedText,
  quoted: string,
  edge: 'ends' | 'begins',
  spend: CountSteps,
): Context | undefined {
  const units = trimmed(normalizeText(quoted).units);
  if (units.length === 0) return undefined;
  const matches = new Uint8Array(normalized.units.length + 1);
  eachOccurrence(normalized, units, spend, (at) => {
    matches[edge === 'ends' ? at + units.length : at] = 1;
  });
  return { quoted, units, matches };
}

/** Returns the start of the prefix that ends at `at` or before a space there; undefined if there is no such prefix. */
export function prefixFrom(
  normalized: NormalizedText,
  { units, matches }: Context,
  at: number,
): number | undefined {
  if (matches[at] === 1) return at - units.length;
  return normalized.units[at - 1] === 0x20 && matches[at - 1] === 1 ? at - 1 - units.length : undefined;
}

/** Returns the end of the suffix that begins at `end` or after a space there; undefined if there is no such suffix. */
export function suffixTo(
  normalized: NormalizedText,
  { units, matches }: Context,
  end: number,
): number | undefined {
  if (matches[end] === 1) return end + units.length;
  return normalized.units[end] === 0x20 && matches[end + 1] === 1 ? end + 1 + units.length : undefined;
}

/** Returns a passage with whole words as its context and no white space at the edges, so that `locate` finds it again. */
export function inContext(
  normalized: NormalizedText,
  at: number,
  end: number,
  before: number,
  after: number,
): Passage {
  const { units } = normalized;
  let from = Math.max(0, at - before);
  while (from < at && (isInside(normalized, from) || units[from] === 0x20)) from += 1;
  if (from === at) from = Math.max(0, at - before);
  while (!isBoundary(normalized, from)) from += 1;
  let to = Math.min(units.length, end + after);
  while (to > end && (isInside(normalized, to) || units[to - 1] === 0x20)) to -= 1;
  if (to === end) to = Math.min(units.length, end + after);
  while (!isBoundary(normalized, to)) to -= 1;
  return passageAt(normalized, at, end, from, to);
}

/** Returns the occurrence of `exact` with the most similar context, for a prefix or suffix that matches no occurrence. */
export function nearestContext(
  normalized: NormalizedText,
  exact: Uint16Array,
  before: Context | undefined,
  after: Context | undefined,
  spend: CountSteps,
): Nearest {
  const { length } = normalized.units;
  const [scoresBefore, scoresAfter] = [new Uint32Array(length + 1), new Uint32Array(length + 1)];
  if (before !== undefined) {
    commonSequences(normalized.units, before.units, spend, (end, score) => {
      scoresBefore[end] = score;
    });
  }
  if (after !== undefined) {
    commonSequences(normalized.units, after.units, spend, (end, score) => {
      scoresAfter[end - after.units.length] = score;
    });
  }
  let best = { at: 0, score: -1 };
  eachOccurrence(normalized, exact, spend, (at) => {
    const score = (scoresBefore[at] ?? 0) + (scoresAfter[at + exact.length] ?? 0);
    if (score > best.score) best = { at, score };
  });
  const end = best.at + exact.length;
  const [prefixLength, suffixLength] = [before?.units.length ?? 0, after?.units.length ?? 0];
  const passage = inContext(normalized, best.at, end, prefixLength + 1, suffixLength + 1);
  const differences: Nearest['differences'] = [];
  if (before !== undefined && prefixFrom(normalized, before, best.at) === undefined) {
    differences.push({ quoted: before.quoted, source: (passage.prefix ?? '').trim() });
  }
  if (after !== undefined && suffixTo(normalized, after, end) === undefined) {
    differences.push({ quoted: after.quoted, source: (passage.suffix ?? '').trim() });
  }
  return { passage, differences };
}
