// Every place where a pattern stands in a folded text, in steps that grow linearly with the two, whatever they are.

import type { Folded } from './folding/folding.ts';
import { isBoundary } from './text-offsets.ts';

/** Is told how many steps a search took. */
export type Spend = (steps: number) => void;

/** Visits the places where the pattern can be cut from the text. */
export function eachPlace(
  folded: Folded,
  pattern: Uint16Array,
  spend: Spend,
  visit: (at: number) => void,
): void {
  const steps = occurrences(pattern, folded.units, 0, (at) => {
    if (isBoundary(folded, at) && isBoundary(folded, at + pattern.length)) visit(at);
    return undefined;
  });
  spend(steps);
}

/**
 * Visits every start of `pattern` at or after `from`, overlapping ones too, until told to stop (Knuth, Morris and
 * Pratt: linear for any text). Returns the comparisons made.
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
    // Where nothing is matched, what comes before the next possible beginning is passed over at once.
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
