// Finds the passage of an archived text that a quotation selects. Typography may differ; words must not.

import { mayBegin, mayEnd } from './boundaries/boundaries.ts';
import { type Context, contextOf, inContext, nearestContext, prefixFrom, suffixTo } from './context.ts';
import {
  normalizeText,
  type NormalizedText,
  normalizedFor,
  readingsOf,
} from './normalization/normalize-text.ts';
import { hyphenated } from './normalization/gaps.ts';
import { nearestPassage } from './nearest-passage/nearest-passage.ts';
import { eachOccurrence, type CountSteps } from './occurrences.ts';
import { type Nearest, type Passage, passageAt } from './text-offsets.ts';
import { trimmed } from './normalization/units.ts';
import { wholeWords } from './boundaries/whole-words.ts';

export type { Nearest, Passage };

const MAX_CANDIDATES = 10;
const CONTEXT = 32;

/** A text prepared for searching. Cache it, because normalization is the larger part of a search. */
export type SearchableText = NormalizedText;

/** A TextQuoteSelector of the W3C Web Annotation model. */
export interface Quote {
  exact: string;
  prefix?: string;
  suffix?: string;
}

export type Located =
  | { found: 'once'; passage: Passage }
  | { found: 'several'; total: number; candidates: Passage[] }
  | { found: 'none'; nearest?: Nearest };

/** Describes the differences between a quotation and its nearest passage. */
export const differencesOf = ({ differences }: Nearest): string =>
  differences
    .map(({ quoted, source }) => {
      if (quoted === '') return `the source also has "${source}"`;
      return source === '' ? `the source lacks "${quoted}"` : `"${quoted}" where the source has "${source}"`;
    })
    .join('; ');

/** Prepares a text for `locate`. */
export function searchableTextOf(text: string): SearchableText {
  return normalizeText(text);
}

/** Locates a quotation. Reports the normalized characters, the source's included, and the steps of the search to `spend`. */
export function locate(source: SearchableText, quote: Quote, spend: CountSteps = () => {}): Located {
  spend(source.text.length + quote.exact.length);
  const { prefix = '', suffix = '' } = quote;
  let first: Located | undefined;
  for (const { normalized, hyphens } of readingsOf(quote.exact)) {
    const around = hyphenated(`${prefix} ${suffix}`);
    const located = search(normalizedFor(source, new Set([...hyphens, ...around])), normalized, quote, spend);
    if (located.found !== 'none') return located;
    first ??= located;
  }
  return first ?? { found: 'none' };
}

function search(source: SearchableText, quoted: NormalizedText, quote: Quote, spend: CountSteps): Located {
  const exact = trimmed(quoted.units);
  if (exact.length === 0) return { found: 'none' };
  const before = contextOf(source, quote.prefix ?? '', 'ends', spend);
  const after = contextOf(source, quote.suffix ?? '', 'begins', spend);
  const starts: number[] = [];
  let total = 0;
  let hasWholeMatch = false;
  let partOfWord: number | undefined;
  eachOccurrence(source, exact, spend, (at) => {
    if (!mayBegin(source, at) || !mayEnd(source, at + exact.length)) {
      partOfWord ??= at;
      return;
    }
    hasWholeMatch = true;
    if (before !== undefined && prefixFrom(source, before, at) === undefined) return;
    if (after !== undefined && suffixTo(source, after, at + exact.length) === undefined) return;
    total += 1;
    if (starts.length < MAX_CANDIDATES) starts.push(at);
  });
  const [only] = starts;
  if (only === undefined) {
    const nearest = () => {
      if (hasWholeMatch) return nearestContext(source, exact, before, after, spend);
      if (partOfWord !== undefined) return wholeWords(source, partOfWord, partOfWord + exact.length);
      return nearestPassage(source, quoted, spend);
    };
    const near = nearest();
    return { found: 'none', ...(near === undefined ? {} : { nearest: near }) };
  }
  if (total > 1) {
    const size = Math.max(CONTEXT, before?.units.length ?? 0, after?.units.length ?? 0);
    const candidates = starts.map((at) => inContext(source, at, at + exact.length, size, size));
    return { found: 'several', total, candidates };
  }
  return { found: 'once', passage: passageBetween(source, only, only + exact.length, before, after) };
}

function passageBetween(
  source: SearchableText,
  at: number,
  end: number,
  before: Context | undefined,
  after: Context | undefined,
): Passage {
  const from = before === undefined ? undefined : prefixFrom(source, before, at);
  const to = after === undefined ? undefined : suffixTo(source, after, end);
  return passageAt(source, at, end, from, to);
}
