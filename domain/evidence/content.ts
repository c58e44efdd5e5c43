// Checks that the passages of a record's evidence contain the words of its content, except for marked omissions and
// additions.

import { type Hyphens, mayBegin, mayEnd } from './boundaries/boundaries.ts';
import {
  normalizeText,
  type NormalizedText,
  normalizedFor,
  lowered,
  readingsOf,
} from './normalization/normalize-text.ts';
import { occurrences } from './occurrences.ts';
import { isBoundary } from './text-offsets.ts';
import { type Segment, segmentsOf, wholeOf } from './content-segments.ts';

/** Maximum segments of a content. Callers refuse more, because each segment may cost a pass over every passage. */
export const MAX_SEGMENTS = 200;

/** Returns the number of segments between the omissions and additions of a content. */
export function segmentCount(content: string): number {
  return segmentsOf(normalizeText(content)).length;
}

/** A passage to search, normalized or not. */
export type Searchable = string | NormalizedText | { readonly normalized: NormalizedText };

/** Options of a comparison. Quotations keep case and compounds; names in a record do not. */
export interface Comparison<P extends Searchable = Searchable> {
  readonly hyphens: Hyphens;
  readonly ignoresCase: boolean;
  /** If set, only matches that it accepts count. Indexes are UTF-16 units of the passage. */
  readonly admits?: (passage: P, from: number, to: number) => boolean;
}

export const QUOTED = { hyphens: 'join', ignoresCase: false } as const;
export const NAMED = { hyphens: 'divide', ignoresCase: true } as const;

const normalizedOf = (passage: Searchable): NormalizedText => {
  if (typeof passage === 'string') return normalizeText(passage);
  return 'normalized' in passage ? passage.normalized : passage;
};

/** A passage, prepared for the search of one content. */
interface Haystack {
  readonly normalized: NormalizedText;
  readonly admits: ((from: number, to: number) => boolean) | undefined;
  readonly hyphens: Hyphens;
}

function haystackOf<P extends Searchable>(
  passage: P,
  normalized: NormalizedText,
  { hyphens, ignoresCase, admits }: Comparison<P>,
): Haystack {
  return {
    normalized: ignoresCase ? lowered(normalized) : normalized,
    hyphens,
    admits: admits && ((from, to) => admits(passage, from, to)),
  };
}

/**
 * Returns the first segment of `content` that no passage of its evidence contains; undefined if all are found.
 * After an omission, the next segment must follow later in the same passage or be in another passage.
 * After a bracket, it must follow closely in the same passage.
 */
export function missingFrom<P extends Searchable>(
  content: string,
  passages: readonly P[],
  comparison: Comparison<P> = QUOTED,
): string | undefined {
  const normalized = passages.map(normalizedOf);
  let missing: string | undefined;
  for (const reading of readingsOf(content)) {
    const sources = normalized.map((source, index) =>
      haystackOf(passages[index] as P, normalizedFor(source, reading.hyphens), comparison),
    );
    const segment = missingIn(
      comparison.ignoresCase ? lowered(reading.normalized) : reading.normalized,
      sources,
    );
    if (segment === undefined) return undefined;
    missing ??= segment;
  }
  return missing;
}

/** Returns the first missing segment of one reading of a content. */
function missingIn(content: NormalizedText, sources: readonly Haystack[]): string | undefined {
  const whole = wholeOf(content);
  if (whole === undefined || !/[^\s[\]().…]/u.test(whole.text)) return content.text;
  // The source itself may print brackets and dots.
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

/** Returns true if a passage contains a segment of the content in a range that `admits` accepts. */
export function anySegmentIn<P extends Searchable>(
  content: string,
  passages: readonly P[],
  admits: NonNullable<Comparison<P>['admits']>,
): boolean {
  return readingsOf(content).some(({ normalized, hyphens }) => {
    const whole = wholeOf(normalized);
    const segments = [...(whole ? [whole] : []), ...segmentsOf(normalized)];
    return passages.some((passage) => {
      const source = haystackOf(passage, normalizedFor(normalizedOf(passage), hyphens), {
        ...QUOTED,
        admits,
      });
      return segments.some((segment) => endsOf(source, segment, [0], Infinity, 'first').length > 0);
    });
  });
}

/** Groups segments: omissions divide groups, brackets join segments within one. */
function chainsOf(segments: readonly Segment[]): Segment[][] {
  const chains: Segment[][] = [];
  for (const segment of segments) {
    if (segment.bracket === undefined) chains.push([segment]);
    else chains.at(-1)?.push(segment);
  }
  return chains;
}

/** Returns how many segments of a chain match in sequence, and the first end of a match of all of them. */
function follow(
  source: Haystack,
  chain: readonly Segment[],
  from: number,
): { matched: number; end: number | undefined } {
  let ends: readonly number[] = [from];
  for (const [index, segment] of chain.entries()) {
    const { bracket } = segment;
    // Keeps all matches of a segment, because the next segment may follow a later one.
    const wanted = chain.length === 1 ? 'first' : 'all';
    let next = endsOf(source, segment, ends, bracket?.maxUnits ?? Infinity, wanted);
    // The source may print a bracket longer than the limit; shorter ones are within it already.
    if (bracket !== undefined && bracket.pattern.length + 2 > bracket.maxUnits) {
      const printed = endsOf(source, bracket, ends, 1, 'all');
      const after = endsOf(source, segment, printed, 1, 'all');
      if (after.length > 0) next = [...new Set([...next, ...after])].sort((left, right) => left - right);
    }
    if (next.length === 0) return { matched: index, end: undefined };
    ends = next;
  }
  return { matched: chain.length, end: ends[0] };
}

/** Returns the ends of matches that begin at most `maxGap` units after one of `ends`; both lists ascend. */
function endsOf(
  { normalized: source, hyphens, admits }: Haystack,
  what: { pattern: Uint16Array; beginsWord?: boolean; endsWord?: boolean },
  ends: readonly number[],
  maxGap: number,
  wanted: 'first' | 'all',
): number[] {
  const { pattern, beginsWord = false, endsWord = false } = what;
  const [first] = ends;
  if (first === undefined) return [];
  const matchEnds: number[] = [];
  let last = 0;
  const latest = (ends.at(-1) ?? first) + maxGap;
  occurrences(pattern, source.units, first, (at) => {
    if (at > latest) return 'stop';
    while ((ends[last + 1] ?? Infinity) <= at) last += 1;
    const end = at + pattern.length;
    if (at - (ends[last] ?? 0) > maxGap) return undefined;
    if (!(beginsWord ? mayBegin(source, at, hyphens) : isBoundary(source, at))) return undefined;
    if (!(endsWord ? mayEnd(source, end, hyphens) : isBoundary(source, end))) return undefined;
    if (admits && !admits(source.runs.indexOf(at), source.runs.indexOf(end - 1) + 1)) return undefined;
    matchEnds.push(end);
    return wanted === 'first' ? 'stop' : undefined;
  });
  return matchEnds;
}
