// Finds direct speech: text in quotation marks of any typography, and paragraphs that begin with a dash.
// Prefers false positives: an unpaired mark extends to the end of its paragraph, or back to its start.
import { countBefore } from '../../binary-search.ts';
import type { NormalizedText } from '../normalization/normalize-text.ts';
import { paragraphsOf, type TextRange } from './speech-paragraphs.ts';
import { type Mark, MARKS, roleOf } from './quotation-marks.ts';

/** A range of UTF-16 indexes that includes the marks. Lists of quotations are sorted and disjoint. */
export type Quotation = TextRange;

interface Open {
  readonly glyph: string;
  readonly from: number;
}

/** Maximum nesting. Real text is shallower, and the limit keeps pairing linear if many marks are unpaired. */
const MAX_DEPTH = 16;

/** Cache by text, because all records of an article need the same quotations. */
const cache = new WeakMap<NormalizedText, readonly Quotation[]>();

/** Returns the quotations of a normalized text. Caches them as long as the text exists. */
export function quotationsOf(normalized: NormalizedText): readonly Quotation[] {
  const quotations = cache.get(normalized) ?? quotationsIn(normalized.text);
  cache.set(normalized, quotations);
  return quotations;
}

/** Returns the quotations of a text. */
export const quotationsIn = (text: string): readonly Quotation[] => merged(findIn(text));

function findIn(text: string): Quotation[] {
  const quotations: Quotation[] = [];
  let open: Open[] = [];
  const all = marksIn(text);
  let next = 0;
  for (const paragraph of paragraphsOf(text)) {
    const first = text[paragraph.from] ?? '';
    if (/[\u2012-\u2015\u2E3A\u2E3B]/.test(first)) quotations.push(paragraph);
    const since = next;
    while ((all[next]?.at ?? Infinity) < paragraph.to) next += 1;
    const marks = all.slice(since, next);
    // A quotation ends with its paragraph, unless the next one begins with an opening mark.
    const continues = open.length > 0 && marks[0]?.at === paragraph.from && marks[0].glyph === first;
    if (!continues) open = [];
    pair(text, continues ? marks.slice(1) : marks, paragraph, open, quotations);
    if (open.length > 0) quotations.push({ from: open[0]?.from ?? paragraph.from, to: paragraph.to });
  }
  return quotations;
}

/** Finds all marks in one pass, because a search in each paragraph could scan all later paragraphs. */
const marksIn = (text: string): Mark[] =>
  Array.from(text.matchAll(MARKS), ({ 0: glyph, index }) => ({ glyph, at: index }));

/** Pairs the marks of a paragraph. Updates `open`, the marks that are open before and after it. */
function pair(
  text: string,
  marks: readonly Mark[],
  paragraph: TextRange,
  open: Open[],
  quotations: Quotation[],
): void {
  let ended = paragraph.from;
  const close = (from: number, to: number) => {
    quotations.push({ from, to });
    ended = to;
  };
  for (const [index, mark] of marks.entries()) {
    const role = roleOf(text, marks, index, open, paragraph);
    if (role === 'open') {
      if (open.length < MAX_DEPTH) open.push({ glyph: mark.glyph, from: mark.at });
    } else if (typeof role === 'number') {
      const [outermost] = open;
      open.length = role;
      if (role === 0 && outermost !== undefined) close(outermost.from, mark.at + 1);
    } else if (role === 'unpaired' && open.length === 0) close(ended, mark.at + 1);
  }
}

function merged(quotations: Quotation[]): Quotation[] {
  const all: { from: number; to: number }[] = [];
  for (const { from, to } of quotations.sort((left, right) => left.from - right.from)) {
    const last = all.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else all.push({ from, to });
  }
  return all;
}

/** Returns true if one quotation contains the whole range. */
export const isQuoted = (quotations: readonly Quotation[], from: number, to: number): boolean => {
  const at = firstEndingAfter(quotations, from);
  const quotation = quotations[at];
  return quotation !== undefined && quotation.from <= from && to <= quotation.to;
};

/** Returns true if a quotation contains a letter or a digit of the range. */
export function isPartlyQuoted(
  text: string,
  quotations: readonly Quotation[],
  from: number,
  to: number,
): boolean {
  for (let at = firstEndingAfter(quotations, from); at < quotations.length; at += 1) {
    const quotation = quotations[at];
    if (quotation === undefined || quotation.from >= to) return false;
    const shared = text.slice(Math.max(from, quotation.from), Math.min(to, quotation.to));
    if (/[\p{L}\p{N}]/u.test(shared)) return true;
  }
  return false;
}

const firstEndingAfter = (quotations: readonly Quotation[], index: number): number =>
  countBefore(quotations.length, (at) => (quotations[at]?.to ?? 0) <= index);
