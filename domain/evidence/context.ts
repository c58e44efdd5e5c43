// What surrounds a quotation, its prefix and suffix: where in the text they stand, and where what stands is most alike.

import { isInside } from './boundaries/boundaries.ts';
import { commonSequences } from './nearest-passage/common-sequences.ts';
import { foldText, type Folded } from './folding/folding.ts';
import { eachPlace, type Spend } from './occurrences.ts';
import { isBoundary, type Nearest, type Passage, passageAt } from './text-offsets.ts';
import { trimmed } from './folding/units.ts';

/** A prefix or suffix, and every place of the text where it ends or begins. */
export interface Context {
  readonly quoted: string;
  readonly units: Uint16Array;
  readonly places: Uint8Array;
}

export function contextOf(
  folded: Folded,
  quoted: string,
  place: 'ends' | 'begins',
  spend: Spend,
): Context | undefined {
  const units = trimmed(foldText(quoted).units);
  if (units.length === 0) return undefined;
  const places = new Uint8Array(folded.units.length + 1);
  eachPlace(folded, units, spend, (at) => {
    places[place === 'ends' ? at + units.length : at] = 1;
  });
  return { quoted, units, places };
}

/** Where the prefix begins that ends at `at`, a space between them or not. */
export function prefixFrom(folded: Folded, { units, places }: Context, at: number): number | undefined {
  if (places[at] === 1) return at - units.length;
  return folded.units[at - 1] === 0x20 && places[at - 1] === 1 ? at - 1 - units.length : undefined;
}

/** Where the suffix ends that begins at `end`, a space between them or not. */
export function suffixTo(folded: Folded, { units, places }: Context, end: number): number | undefined {
  if (places[end] === 1) return end + units.length;
  return folded.units[end] === 0x20 && places[end + 1] === 1 ? end + 1 + units.length : undefined;
}

/** With whole words around it, and without white space at the edges, so that it is found again by its contexts. */
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

/** The words are there, but not between this prefix and suffix: the place where what surrounds them is most alike. */
export function nearestContext(
  folded: Folded,
  exact: Uint16Array,
  before: Context | undefined,
  after: Context | undefined,
  spend: Spend,
): Nearest {
  const { length } = folded.units;
  const [alikeBefore, alikeAfter] = [new Uint32Array(length + 1), new Uint32Array(length + 1)];
  if (before !== undefined) {
    commonSequences(folded.units, before.units, spend, (end, score) => {
      alikeBefore[end] = score;
    });
  }
  if (after !== undefined) {
    commonSequences(folded.units, after.units, spend, (end, score) => {
      alikeAfter[end - after.units.length] = score;
    });
  }
  let best = { at: 0, score: -1 };
  eachPlace(folded, exact, spend, (at) => {
    const score = (alikeBefore[at] ?? 0) + (alikeAfter[at + exact.length] ?? 0);
    if (score > best.score) best = { at, score };
  });
  const end = best.at + exact.length;
  const [atLeast, atMost] = [before?.units.length ?? 0, after?.units.length ?? 0];
  const passage = inContext(folded, best.at, end, atLeast + 1, atMost + 1);
  const differences: Nearest['differences'] = [];
  if (before !== undefined && prefixFrom(folded, before, best.at) === undefined) {
    differences.push({ quoted: before.quoted, source: (passage.prefix ?? '').trim() });
  }
  if (after !== undefined && suffixTo(folded, after, end) === undefined) {
    differences.push({ quoted: after.quoted, source: (passage.suffix ?? '').trim() });
  }
  return { passage, differences };
}
