// Finds all occurrences of a pattern in a normalized text. The worst case is linear in the length of both.

import type { NormalizedText } from './normalization/normalize-text.ts';
import { isBoundary } from './text-offsets.ts';

/** Receives the number of steps that a search took. */
export type CountSteps = (steps: number) => void;

/** Visits the occurrences of a pattern that begin and end at boundaries of characters. */
export function eachOccurrence(
  normalized: NormalizedText,
  pattern: Uint16Array,
  spend: CountSteps,
  visit: (at: number) => void,
): void {
  const steps = occurrences(pattern, normalized.units, 0, (at) => {
    if (isBoundary(normalized, at) && isBoundary(normalized, at + pattern.length)) visit(at);
    return undefined;
  });
  spend(steps);
}

/**
 * Visits the start of each occurrence of `pattern` at or after `from`, overlapping ones included, until `visit` returns
 * `stop` (Knuth, Morris and Pratt). Returns the number of comparisons.
 */
export function occurrences(
  pattern: Uint16Array,
  units: Uint16Array,
  from: number,
  visit: (start: number) => 'stop' | undefined,
): number {
  const [first] = pattern;
  if (first === undefined) return 0;
  const { length } = pattern;
  const border = new Int32Array(length);
  let steps = length;
  for (let at = 1, matched = 0; at < length; at += 1) {
    while (matched > 0 && pattern[matched] !== pattern[at]) {
      matched = border[matched - 1] ?? 0;
      steps += 1;
    }
    if (pattern[matched] === pattern[at]) matched += 1;
    border[at] = matched;
  }
  for (let at = from, matched = 0; at < units.length; at += 1) {
    // Without a partial match, skips to the next occurrence of the first unit.
    if (matched === 0) at = units.indexOf(first, at);
    if (at === -1) break;
    const unit = units[at];
    while (matched > 0 && pattern[matched] !== unit) {
      matched = border[matched - 1] ?? 0;
      steps += 1;
    }
    if (pattern[matched] === unit) matched += 1;
    if (matched === length) {
      if (visit(at - length + 1) === 'stop') return steps + at - from;
      matched = border[length - 1] ?? 0;
    }
  }
  return steps + Math.max(0, units.length - from);
}
