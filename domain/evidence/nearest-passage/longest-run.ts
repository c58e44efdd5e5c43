// Aligns a quotation with a range of its source by the longest run of words that both contain.

import type { CountSteps } from '../occurrences.ts';

/** Returns the word of the source that aligns with the quotation's first word, by the longest run of equal words. */
export function offsetOfLongestRun(
  quote: readonly number[],
  source: readonly number[],
  spend: CountSteps,
): number {
  let low = 0;
  let high = quote.length;
  let offset = 0;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const at = offsetOfRun(quote, source, middle);
    spend(quote.length + source.length);
    if (at === undefined) high = middle - 1;
    else {
      low = middle;
      offset = at;
    }
  }
  return offset;
}

function offsetOfRun(
  quote: readonly number[],
  source: readonly number[],
  length: number,
): number | undefined {
  const runs = new Map<number, number>();
  eachRun(quote, length, (hash, at) => {
    if (!runs.has(hash)) runs.set(hash, at);
    return undefined;
  });
  let offset: number | undefined;
  eachRun(source, length, (hash, at) => {
    const inQuote = runs.get(hash);
    if (inQuote === undefined) return undefined;
    // In repetitive text, prefers a run with room for the rest of the quotation.
    const hasRoom = at >= inQuote && at - inQuote + quote.length <= source.length;
    if (offset === undefined || hasRoom) offset = at - inQuote;
    return hasRoom ? 'stop' : undefined;
  });
  return offset;
}

function eachRun(
  ids: readonly number[],
  length: number,
  visit: (hash: number, at: number) => 'stop' | undefined,
): void {
  let power = 1;
  for (let k = 0; k < length; k += 1) power = Math.imul(power, 0x01000193);
  let hash = 0;
  for (let at = 0; at < ids.length; at += 1) {
    hash = (Math.imul(hash, 0x01000193) + (ids[at] ?? 0) + 2) | 0;
    if (at >= length) hash = (hash - Math.imul(power, (ids[at - length] ?? 0) + 2)) | 0;
    if (at >= length - 1 && visit(hash, at - length + 1) === 'stop') return;
  }
}
