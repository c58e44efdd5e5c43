// Evidence: finds the passage of an archived text that a quotation names, and checks that what is recorded is said
// in the passages it rests on. Typography may differ between the two; words may not.

import { commonSequences, nearestPassage } from './nearest-passage.ts';
import {
  fold,
  type Folded,
  isBoundary,
  occurrences,
  passageAt,
  sliceOf,
  stringOf,
  trimmed,
  writingAt,
} from './text-folding.ts';

const CANDIDATES_LISTED = 10;
const CONTEXT = 32;
// Enough for a title and a name to be replaced by another in brackets, too little for a sentence to go unseen.
const MOST_IN_BRACKETS = 60;

// All of these are tried on folded text, where … is three dots and every quotation mark one or two apostrophes.
const JOINTS = /\[[^[\]]*\]|\( ?\.(?: ?\.){2,} ?\)|\.(?: ?\.){2,}/g;
const OMISSION = /^[[(]?[ .]*\.[ .]*[\])]?$/;
// A dash may end a segment, but one before a number is a minus.
const LENIENT_BEFORE = new Set(Array.from(" '.,;:!?", (character) => character.charCodeAt(0)));
const LENIENT_AFTER = new Set([...LENIENT_BEFORE, 0x2d]);

/** A text made ready for searching: built once per article, and worth keeping. */
export interface Source {
  readonly text: string;
  readonly folded: Folded;
}

/** A TextQuoteSelector of the W3C Web Annotation model. */
export interface Quote {
  exact: string;
  prefix?: string;
  suffix?: string;
}

/** `start` and `end` count code points of the archived text, end exclusive; the strings are its own characters. */
export interface Passage {
  start: number;
  end: number;
  exact: string;
  prefix?: string;
  suffix?: string;
}

/** The words that differ, '' where one side has none. */
export interface Nearest {
  passage: Passage;
  differences: { quoted: string; source: string }[];
}

export type Located =
  | { found: 'once'; passage: Passage }
  | { found: 'several'; total: number; candidates: Passage[] }
  | { found: 'none'; nearest?: Nearest };

export function sourceOf(text: string): Source {
  return { text, folded: fold(text) };
}

/** `count` is told how many characters were folded, the source's included, and how many steps the search took. */
export function locate(source: Source, quote: Quote, count?: (steps: number) => void): Located {
  const { folded } = source;
  let steps = folded.text.length + quote.exact.length;
  const spend = (more: number) => {
    steps += more;
  };
  const located = search(folded, quote, spend);
  count?.(steps);
  return located;
}

/** A quotation's prefix or suffix, and every place of the text where it ends or begins. */
interface Context {
  readonly units: Uint16Array;
  readonly places: Uint8Array;
}

type Spend = (steps: number) => void;

function search(folded: Folded, quote: Quote, spend: Spend): Located {
  const exact = trimmed(fold(quote.exact).units);
  if (exact.length === 0) return { found: 'none' };
  const before = contextOf(folded, quote.prefix, 'ends', spend);
  const after = contextOf(folded, quote.suffix, 'begins', spend);
  const found: number[] = [];
  let total = 0;
  let occursAlone = false;
  eachPlace(folded, exact, spend, (at) => {
    occursAlone = true;
    if (before !== undefined && prefixFrom(folded, before, at) === undefined) return;
    if (after !== undefined && suffixTo(folded, after, at + exact.length) === undefined) return;
    total += 1;
    if (found.length < CANDIDATES_LISTED) found.push(at);
  });
  const [only] = found;
  if (only === undefined) {
    const nearest = occursAlone
      ? nearestContext(folded, exact, quote, before, after, spend)
      : nearestPassage(folded, fold(quote.exact), spend);
    return { found: 'none', ...(nearest === undefined ? {} : { nearest }) };
  }
  if (total > 1) {
    const size = Math.max(CONTEXT, before?.units.length ?? 0, after?.units.length ?? 0);
    const candidates = found.map((at) => inContext(folded, at, at + exact.length, size, size));
    return { found: 'several', total, candidates };
  }
  const end = only + exact.length;
  const from = before === undefined ? undefined : prefixFrom(folded, before, only);
  const to = after === undefined ? undefined : suffixTo(folded, after, end);
  return { found: 'once', passage: passageAt(folded, only, end, from, to) };
}

function eachPlace(folded: Folded, pattern: Uint16Array, spend: Spend, visit: (at: number) => void): void {
  const steps = occurrences(pattern, folded.units, 0, (at) => {
    if (isBoundary(folded, at) && isBoundary(folded, at + pattern.length)) visit(at);
    return undefined;
  });
  spend(steps);
}

function contextOf(
  folded: Folded,
  quoted: string | undefined,
  place: 'ends' | 'begins',
  spend: Spend,
): Context | undefined {
  const units = trimmed(fold(quoted ?? '').units);
  if (units.length === 0) return undefined;
  const places = new Uint8Array(folded.units.length + 1);
  eachPlace(folded, units, spend, (at) => {
    places[place === 'ends' ? at + units.length : at] = 1;
  });
  return { units, places };
}

function prefixFrom(folded: Folded, { units, places }: Context, at: number): number | undefined {
  if (places[at] === 1) return at - units.length;
  return folded.units[at - 1] === 0x20 && places[at - 1] === 1 ? at - 1 - units.length : undefined;
}

function suffixTo(folded: Folded, { units, places }: Context, end: number): number | undefined {
  if (places[end] === 1) return end + units.length;
  return folded.units[end] === 0x20 && places[end + 1] === 1 ? end + 1 + units.length : undefined;
}

/** With whole words around it, and without white space at the edges, so that it is found again by its contexts. */
function inContext(folded: Folded, at: number, end: number, before: number, after: number): Passage {
  const { units } = folded;
  let from = Math.max(0, at - before);
  while (from < at && (isInsideWord(units, from) || units[from] === 0x20)) from += 1;
  if (from === at) from = Math.max(0, at - before);
  while (!isBoundary(folded, from)) from += 1;
  let to = Math.min(units.length, end + after);
  while (to > end && (isInsideWord(units, to) || units[to - 1] === 0x20)) to -= 1;
  if (to === end) to = Math.min(units.length, end + after);
  while (!isBoundary(folded, to)) to -= 1;
  return passageAt(folded, at, end, from, to);
}

/** The words are there, but not between this prefix and suffix: the place where what surrounds them is most alike. */
function nearestContext(
  folded: Folded,
  exact: Uint16Array,
  quote: Quote,
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
    differences.push({ quoted: quote.prefix ?? '', source: (passage.prefix ?? '').trim() });
  }
  if (after !== undefined && suffixTo(folded, after, end) === undefined) {
    differences.push({ quoted: quote.suffix ?? '', source: (passage.suffix ?? '').trim() });
  }
  return { passage, differences };
}

/** What stands between two segments of a content: words left out (…), or words added in [brackets]. */
interface Joint {
  readonly kind: 'omission' | 'addition';
  /** What is printed there, which the source may itself print. */
  readonly pattern: Uint16Array;
  readonly most: number;
}

interface Segment {
  readonly pattern: Uint16Array;
  readonly text: string;
  /** What stands between it and the segment before. */
  readonly joint: Joint | undefined;
  /** Cut off inside a word by a bracket, as in [T]he and negotiat[ing]. */
  readonly gluedBefore: boolean;
  readonly gluedAfter: boolean;
}

/**
 * Is `content` the source's own words, given the passages of its evidence? undefined when it is; else the first
 * segment that no passage has. After an omission the next segment stands later in the same passage, or in another;
 * after a bracket it follows closely in the same.
 */
export function missingFrom(content: string, passages: readonly string[]): string | undefined {
  const folded = fold(content);
  const sources = passages.map(fold);
  const [whole] = segmentsOf(folded, []);
  if (whole === undefined || !/[^\s[\]().…]/u.test(whole.text)) return content;
  // A source may itself print brackets and dots.
  if (sources.some((source) => endsOf(source, whole, [0], Infinity, 'first').length > 0)) return undefined;
  const segments = segmentsOf(folded, [...stringOf(folded.units, 0, folded.units.length).matchAll(JOINTS)]);
  if (segments.length === 0) return content;
  let reached: (number | undefined)[] = sources.map(() => 0);
  let isStart = true;
  for (let at = 0; at < segments.length;) {
    let next = at + 1;
    while (segments[next]?.joint?.kind === 'addition') next += 1;
    const chain = segments.slice(at, next);
    let furthest = 0;
    const ends = sources.map((source, index) => {
      const elsewhere = isStart || reached.some((end, other) => other !== index && end !== undefined);
      const from = elsewhere ? 0 : reached[index];
      const { matched, end } =
        from === undefined ? { matched: 0, end: undefined } : follow(source, chain, from);
      furthest = Math.max(furthest, matched);
      return end;
    });
    if (ends.every((end) => end === undefined)) return chain[furthest]?.text ?? content;
    reached = ends;
    isStart = false;
    at = next;
  }
  return undefined;
}

/** How many segments of a chain joined by brackets follow one another in a passage, and the first place they end. */
function follow(
  source: Folded,
  chain: readonly Segment[],
  from: number,
): { matched: number; end: number | undefined } {
  let ends: readonly number[] = [from];
  const printsBrackets = source.units.includes(0x5b);
  for (const [index, segment] of chain.entries()) {
    const { joint } = segment;
    // Every way to match a segment is kept: the first need not be the one that the next can follow.
    let next: number[];
    if (index === 0 || joint?.kind !== 'addition') {
      next = endsOf(source, segment, ends, Infinity, chain.length === 1 ? 'first' : 'all');
    } else {
      next = endsOf(source, segment, ends, joint.most, 'all');
      const printed = printsBrackets ? endsOf(source, joint, ends, 1, 'all') : [];
      const after = endsOf(source, segment, printed, 1, 'all');
      if (after.length > 0) next = [...new Set([...next, ...after])].sort((left, right) => left - right);
    }
    if (next.length === 0) return { matched: index, end: undefined };
    ends = next;
  }
  return { matched: chain.length, end: ends[0] };
}

/** Where a segment ends that begins at most `most` units after one of `ends`, both in ascending order. */
function endsOf(
  source: Folded,
  what: { pattern: Uint16Array; gluedBefore?: boolean; gluedAfter?: boolean },
  ends: readonly number[],
  most: number,
  wanted: 'first' | 'all',
): number[] {
  const { pattern } = what;
  const found: number[] = [];
  let last = 0;
  const latest = (ends.at(-1) ?? -1) + most;
  if (ends.length === 0) return found;
  occurrences(pattern, source.units, ends[0] ?? 0, (at) => {
    if (at > latest) return 'stop';
    while ((ends[last + 1] ?? Infinity) <= at) last += 1;
    const end = at + pattern.length;
    if (at - (ends[last] ?? 0) > most) return undefined;
    if (!isBoundary(source, at) || !isBoundary(source, end)) return undefined;
    if (what.gluedBefore === false && isInsideWord(source.units, at)) return undefined;
    if (what.gluedAfter === false && isCutShort(source.units, end)) return undefined;
    found.push(end);
    return wanted === 'first' ? 'stop' : undefined;
  });
  return found;
}

function isInsideWord(units: Uint16Array, at: number): boolean {
  return at > 0 && writingAt(units, at - 1) === 'word' && writingAt(units, at) === 'word';
}

/** "can" is not in "can't", nor "Russia" in "Russia's": the apostrophe belongs to the word before it. */
function isCutShort(units: Uint16Array, at: number): boolean {
  if (isInsideWord(units, at)) return true;
  return units[at] === 0x27 && writingAt(units, at - 1) === 'word' && writingAt(units, at + 1) === 'word';
}

function segmentsOf(content: Folded, joints: readonly RegExpMatchArray[]): Segment[] {
  const { units } = content;
  const segments: Segment[] = [];
  let joint: 'omission' | 'addition' | undefined;
  let most = 0;
  // Where the segment before ends, and the joint before.
  let ended = 0;
  let from = 0;
  let follows: 'omission' | 'addition' | undefined;
  for (const match of [...joints, undefined]) {
    const to = match?.index ?? units.length;
    let [start, end] = [from, to];
    while (start < end && LENIENT_BEFORE.has(units[start] ?? 0)) start += 1;
    while (end > start && LENIENT_AFTER.has(units[end - 1] ?? 0)) end -= 1;
    const next = match === undefined ? undefined : OMISSION.test(match[0]) ? 'omission' : 'addition';
    if (start < end) {
      segments.push({
        pattern: units.subarray(start, end),
        text: sliceOf(content, start, end),
        joint:
          joint === undefined
            ? undefined
            : { kind: joint, most, pattern: trimmed(units.subarray(ended, start)) },
        gluedBefore: follows === 'addition' && start === from,
        gluedAfter: next === 'addition' && end === to,
      });
      joint = undefined;
      most = 0;
      ended = end;
    }
    if (joint !== 'omission') joint = next;
    follows = next;
    most += MOST_IN_BRACKETS;
    from = to + (match?.[0].length ?? 0);
  }
  return segments;
}
