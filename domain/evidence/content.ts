// Checks that the passages of its evidence have the words of a content, except for omissions and additions that it marks.

import { type Hyphens, mayBegin, mayEnd } from './boundaries/boundaries.ts';
import { foldText, type Folded, foldedFor, lowered, readingsOf } from './folding/folding.ts';
import { occurrences } from './occurrences.ts';
import { isBoundary } from './text-offsets.ts';
import { type Segment, segmentsOf, wholeOf } from './content-segments.ts';

/** Each segment may cost a pass over every passage: callers refuse a content that has more. */
export const MAX_SEGMENTS = 200;

/** How many pieces omissions and additions divide a content into. */
export function segmentCount(content: string): number {
  return segmentsOf(foldText(content)).length;
}

/** A passage, folded for the search or not yet. */
export type Searchable = string | Folded | { readonly folded: Folded };

/** How words are compared: quotations keep their case and their compounds, the names of a record do not. */
export interface Comparison<P extends Searchable = Searchable> {
  readonly hyphens: Hyphens;
  readonly ignoresCase: boolean;
  /** If given, only words count that it accepts, by their UTF-16 indexes in the passage. */
  readonly admits?: (passage: P, from: number, to: number) => boolean;
}

export const QUOTED = { hyphens: 'join', ignoresCase: false } as const;
export const NAMED = { hyphens: 'divide', ignoresCase: true } as const;

const foldedOf = (passage: Searchable): Folded => {
  if (typeof passage === 'string') return foldText(passage);
  return 'folded' in passage ? passage.folded : passage;
};

/** A passage as it is searched for one content. */
interface Sought {
  readonly folded: Folded;
  readonly admits: ((from: number, to: number) => boolean) | undefined;
  readonly hyphens: Hyphens;
}

function sought<P extends Searchable>(
  passage: P,
  folded: Folded,
  { hyphens, ignoresCase, admits }: Comparison<P>,
): Sought {
  return {
    folded: ignoresCase ? lowered(folded) : folded,
    hyphens,
    admits: admits && ((from, to) => admits(passage, from, to)),
  };
}

/**
 * Is `content` the source's own words, given the passages of its evidence? undefined if it is; else the first segment
 * that no passage has. After an omission the next segment stands later in the same passage, or in another; after a
 * bracket it follows closely in the same.
 */
export function missingFrom<P extends Searchable>(
  content: string,
  passages: readonly P[],
  comparison: Comparison<P> = QUOTED,
): string | undefined {
  const folded = passages.map(foldedOf);
  let missing: string | undefined;
  for (const reading of readingsOf(content)) {
    const sources = folded.map((source, index) =>
      sought(passages[index] as P, foldedFor(source, reading.hyphens), comparison),
    );
    const lacks = missingIn(comparison.ignoresCase ? lowered(reading.folded) : reading.folded, sources);
    if (lacks === undefined) return undefined;
    missing ??= lacks;
  }
  return missing;
}

function missingIn(content: Folded, sources: readonly Sought[]): string | undefined {
  const whole = wholeOf(content);
  if (whole === undefined || !/[^\s[\]().…]/u.test(whole.text)) return content.text;
  // A source may itself print brackets and dots.
  if (sources.some((source) => endsOf(source, whole, [0], Infinity, 'first').length > 0)) return undefined;
  const chains = chainsOf(segmentsOf(content));
  if (chains.length === 0) return content.text;
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
    if (ends.every((end) => end === undefined)) return chain[furthest]?.text ?? content.text;
    reached = ends;
  }
  return undefined;
}

/** Do the passages have a segment of the content at a place that `admits` accepts? */
export function anySegmentIn<P extends Searchable>(
  content: string,
  passages: readonly P[],
  admits: NonNullable<Comparison<P>['admits']>,
): boolean {
  return readingsOf(content).some(({ folded, hyphens }) => {
    const whole = wholeOf(folded);
    const segments = [...(whole ? [whole] : []), ...segmentsOf(folded)];
    return passages.some((passage) => {
      const source = sought(passage, foldedFor(foldedOf(passage), hyphens), { ...QUOTED, admits });
      return segments.some((segment) => endsOf(source, segment, [0], Infinity, 'first').length > 0);
    });
  });
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
  source: Sought,
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
  { folded: source, hyphens, admits }: Sought,
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
    if (!(beginsWord ? mayBegin(source, at, hyphens) : isBoundary(source, at))) return undefined;
    if (!(endsWord ? mayEnd(source, end, hyphens) : isBoundary(source, end))) return undefined;
    if (admits && !admits(source.runs.indexOf(at), source.runs.indexOf(end - 1) + 1)) return undefined;
    found.push(end);
    return wanted === 'first' ? 'stop' : undefined;
  });
  return found;
}
