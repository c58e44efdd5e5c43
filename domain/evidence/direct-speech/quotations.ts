// Where a text has direct speech: inside quotation marks of any typography, and in paragraphs that a dash begins.
// Errs on the side of speech: an unpaired mark reaches to the end of its paragraph, or back to the start of it.
import { countBefore } from '../../binary-search.ts';
import type { Folded } from '../folding/folding.ts';
import { paragraphsOf, type Stretch } from './speech-paragraphs.ts';
import { type Mark, MARKS, roleOf } from './quotation-marks.ts';

/** UTF-16 indexes, sorted and apart; `to` is exclusive, the marks are included. */
export type Quotation = Stretch;

interface Open {
  readonly glyph: string;
  readonly from: number;
}

/** Deeper nesting is no writing; without a limit unpaired marks would make pairing quadratic. */
const DEEPEST = 16;

/** Quotations of a text, as long as the text is kept: each record of an article asks for the same. */
const known = new WeakMap<Folded, readonly Quotation[]>();

export function quotationsOf(folded: Folded): readonly Quotation[] {
  const quotations = known.get(folded) ?? quotationsIn(folded.text);
  known.set(folded, quotations);
  return quotations;
}

export const quotationsIn = (text: string): readonly Quotation[] => merged(findIn(text));

function findIn(text: string): Quotation[] {
  const found: Quotation[] = [];
  let open: Open[] = [];
  const all = marksIn(text);
  let next = 0;
  for (const paragraph of paragraphsOf(text)) {
    const first = text[paragraph.from] ?? '';
    if (/[\u2012-\u2015\u2E3A\u2E3B]/.test(first)) found.push(paragraph);
    const since = next;
    while ((all[next]?.at ?? Infinity) < paragraph.to) next += 1;
    const marks = all.slice(since, next);
    // A quotation ends with its paragraph, unless the next one begins with an opening mark.
    const continues = open.length > 0 && marks[0]?.at === paragraph.from && marks[0].glyph === first;
    if (!continues) open = [];
    pair(text, continues ? marks.slice(1) : marks, paragraph, open, found);
    if (open.length > 0) found.push({ from: open[0]?.from ?? paragraph.from, to: paragraph.to });
  }
  return found;
}

/** All at once: a search from each paragraph would run to the next mark, however many paragraphs away that is. */
const marksIn = (text: string): Mark[] =>
  Array.from(text.matchAll(MARKS), ({ 0: glyph, index }) => ({ glyph, at: index }));

/** Pairs the marks of a paragraph; `open` holds what is open, before and after. */
function pair(
  text: string,
  marks: readonly Mark[],
  paragraph: Stretch,
  open: Open[],
  found: Quotation[],
): void {
  let ended = paragraph.from;
  const close = (from: number, to: number) => {
    found.push({ from, to });
    ended = to;
  };
  for (const [index, mark] of marks.entries()) {
    const role = roleOf(text, marks, index, open, paragraph);
    if (role === 'open') {
      if (open.length < DEEPEST) open.push({ glyph: mark.glyph, from: mark.at });
    } else if (typeof role === 'number') {
      const [outermost] = open;
      open.length = role;
      if (role === 0 && outermost !== undefined) close(outermost.from, mark.at + 1);
    } else if (role === 'unpaired' && open.length === 0) close(ended, mark.at + 1);
  }
}

function merged(found: Quotation[]): Quotation[] {
  const all: { from: number; to: number }[] = [];
  for (const { from, to } of found.sort((left, right) => left.from - right.from)) {
    const last = all.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else all.push({ from, to });
  }
  return all;
}

/** Does one quotation hold all of this stretch? */
export const isQuoted = (quotations: readonly Quotation[], from: number, to: number): boolean => {
  const at = firstEndingAfter(quotations, from);
  const quotation = quotations[at];
  return quotation !== undefined && quotation.from <= from && to <= quotation.to;
};

/** Does a quotation hold a letter or a digit of this stretch? */
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
