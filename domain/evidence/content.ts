// Checks that a content is said in the passages it rests on: their own words, but for omissions and additions that it
// marks as such.

import { fold, type Folded } from './folding.ts';
import { occurrences } from './occurrences.ts';
import { isBoundary } from './places.ts';
import { type Segment, segmentsOf, wholeOf } from './segments.ts';
import { isCutShort, isInsideWord } from './words.ts';

/** Each segment may cost a pass over every passage: callers refuse a content that has more. */
export const MOST_SEGMENTS = 200;

/** How many pieces omissions and additions divide a content into. */
export function segmentCount(content: string): number {
  return segmentsOf(fold(content)).length;
}

/**
 * Is `content` the source's own words, given the passages of its evidence? undefined when it is; else the first
 * segment that no passage has. After an omission the next segment stands later in the same passage, or in another;
 * after a bracket it follows closely in the same.
 */
export function missingFrom(content: string, passages: readonly string[]): string | undefined {
  const folded = fold(content);
  const sources = passages.map(fold);
  const whole = wholeOf(folded);
  if (whole === undefined || !/[^\s[\]().…]/u.test(whole.text)) return content;
  // A source may itself print brackets and dots.
  if (sources.some((source) => endsOf(source, whole, [0], Infinity, 'first').length > 0)) return undefined;
  const chains = chainsOf(segmentsOf(folded));
  if (chains.length === 0) return content;
  let reached: (number | undefined)[] = sources.map(() => 0);
  for (const chain of chains) {
    let furthest = 0;
    const ends = sources.map((source, index) => {
      const elsewhere = reached.some((end, other) => other !== index && end !== undefined);
      const from = elsewhere ? 0 : reached[index];
      if (from === undefined) return undefined;
      const { matched, end } = follow(source, chain, from);
      furthest = Math.max(furthest, matched);
      return end;
    });
    if (ends.every((end) => end === undefined)) return chain[furthest]?.text ?? content;
    reached = ends;
  }
  return undefined;
}

/** The segments between omissions, which brackets join. */
function chainsOf(segments: readonly Segment[]): Segment[][] {
  const chains: Segment[][] = [];
  for (const segment of segments) {
    if (segment.bracket === undefined) chains.push([segment]);
    else chains.at(-1)?.push(segment);
  }
  return chains;
}

/** How many segments of a chain follow one another in a passage, and the first place where all of them end. */
function follow(
  source: Folded,
  chain: readonly Segment[],
  from: number,
): { matched: number; end: number | undefined } {
  let ends: readonly number[] = [from];
  for (const [index, segment] of chain.entries()) {
    const { bracket } = segment;
    // Every way to match a segment is kept: the first need not be the one that the next can follow.
    const wanted = chain.length === 1 ? 'first' : 'all';
    let next = endsOf(source, segment, ends, bracket?.most ?? Infinity, wanted);
    // One that the source prints may be longer; a shorter one has been stepped over already.
    if (bracket !== undefined && bracket.pattern.length + 2 > bracket.most) {
      const printed = endsOf(source, bracket, ends, 1, 'all');
      const after = endsOf(source, segment, printed, 1, 'all');
      if (after.length > 0) next = [...new Set([...next, ...after])].sort((left, right) => left - right);
    }
    if (next.length === 0) return { matched: index, end: undefined };
    ends = next;
  }
  return { matched: chain.length, end: ends[0] };
}

/** Where a pattern ends that begins at most `most` units after one of `ends`, both in ascending order. */
function endsOf(
  source: Folded,
  what: { pattern: Uint16Array; beginsWord?: boolean; endsWord?: boolean },
  ends: readonly number[],
  most: number,
  wanted: 'first' | 'all',
): number[] {
  const { pattern, beginsWord = false, endsWord = false } = what;
  const [first] = ends;
  if (first === undefined) return [];
  const found: number[] = [];
  let last = 0;
  const latest = (ends.at(-1) ?? first) + most;
  occurrences(pattern, source.units, first, (at) => {
    if (at > latest) return 'stop';
    while ((ends[last + 1] ?? Infinity) <= at) last += 1;
    const end = at + pattern.length;
    if (at - (ends[last] ?? 0) > most) return undefined;
    if (!isBoundary(source, at) || !isBoundary(source, end)) return undefined;
    if (beginsWord && isInsideWord(source.units, at)) return undefined;
    if (endsWord && isCutShort(source.units, end)) return undefined;
    found.push(end);
    return wanted === 'first' ? 'stop' : undefined;
  });
  return found;
}
