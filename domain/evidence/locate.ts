// Finds the passage of an archived text that a quotation names. Typography may differ between the two; words may not.

import { type Context, contextOf, inContext, nearestContext, prefixFrom, suffixTo } from './context.ts';
import { fold, type Folded } from './folding.ts';
import { type Nearest, nearestPassage } from './nearest.ts';
import { eachPlace, type Spend } from './occurrences.ts';
import { type Passage, passageAt } from './places.ts';
import { trimmed } from './units.ts';

export type { Nearest, Passage };

const CANDIDATES_LISTED = 10;
const CONTEXT = 32;

/** A text made ready for searching: built once per article, and worth keeping. */
export type Source = Folded;

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

export function sourceOf(text: string): Source {
  return fold(text);
}

/** `spend` is told how many characters were folded, the source's included, and how many steps the search took. */
export function locate(source: Source, quote: Quote, spend: Spend = () => {}): Located {
  spend(source.text.length + quote.exact.length);
  const quoted = fold(quote.exact);
  const exact = trimmed(quoted.units);
  if (exact.length === 0) return { found: 'none' };
  const before = contextOf(source, quote.prefix ?? '', 'ends', spend);
  const after = contextOf(source, quote.suffix ?? '', 'begins', spend);
  const found: number[] = [];
  let total = 0;
  let occursAlone = false;
  eachPlace(source, exact, spend, (at) => {
    occursAlone = true;
    if (before !== undefined && prefixFrom(source, before, at) === undefined) return;
    if (after !== undefined && suffixTo(source, after, at + exact.length) === undefined) return;
    total += 1;
    if (found.length < CANDIDATES_LISTED) found.push(at);
  });
  const [only] = found;
  if (only === undefined) {
    const nearest = occursAlone
      ? nearestContext(source, exact, before, after, spend)
      : nearestPassage(source, quoted, spend);
    return { found: 'none', ...(nearest === undefined ? {} : { nearest }) };
  }
  if (total > 1) {
    const size = Math.max(CONTEXT, before?.units.length ?? 0, after?.units.length ?? 0);
    const candidates = found.map((at) => inContext(source, at, at + exact.length, size, size));
    return { found: 'several', total, candidates };
  }
  return { found: 'once', passage: passageBetween(source, only, only + exact.length, before, after) };
}

function passageBetween(
  source: Source,
  at: number,
  end: number,
  before: Context | undefined,
  after: Context | undefined,
): Passage {
  const from = before === undefined ? undefined : prefixFrom(source, before, at);
  const to = after === undefined ? undefined : suffixTo(source, after, end);
  return passageAt(source, at, end, from, to);
}
