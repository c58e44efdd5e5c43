// Content negotiation by `Accept` (RFC 9110, section 12.5.1).
import type { Context } from 'hono';

interface MediaRange {
  /** A media type in lower case, or one with wildcards. */
  readonly range: string;
  readonly quality: number;
}

/**
 * Returns the media type to answer with, and adds `Vary: Accept`. The highest quality wins, then the most specific range,
 * then the range that the client lists first. If no offered type matches, returns the first one instead of a 406.
 */
export function negotiated<T extends string>(c: Context, offered: readonly [T, ...T[]]): T {
  c.header('Vary', 'Accept', { append: true });
  const ranges = rangesOf(c.req.header('accept') ?? '');
  let [best, bestRank] = [offered[0], [0, 0, 0]];
  for (const type of offered) {
    const rank = rankOf(type, ranges);
    const difference = rank.map((each, at) => each - (bestRank[at] ?? 0)).find((each) => each !== 0) ?? 0;
    if (difference > 0) [best, bestRank] = [type, rank];
  }
  return best;
}

/** Returns quality, specificity and order of the best matching range; a quality of 0 excludes the type. */
function rankOf(type: string, ranges: readonly MediaRange[]): number[] {
  const matching = [type, `${type.slice(0, type.indexOf('/'))}/*`, '*/*'];
  for (const [at, wanted] of matching.entries()) {
    const index = ranges.findIndex(({ range }) => range === wanted);
    const quality = ranges[index]?.quality;
    if (quality === 0) break;
    if (quality !== undefined) return [quality, matching.length - at, -index];
  }
  return [0, 0, 0];
}

/** Matches the parts between commas; commas within quoted strings do not separate. */
const PARTS = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;
const QUALITY = /;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)/i;

const rangesOf = (accept: string): MediaRange[] =>
  (accept.match(PARTS) ?? []).map((part) => ({
    range: (part.split(';')[0] ?? '').trim().toLowerCase(),
    quality: Number(QUALITY.exec(part)?.[1] ?? 1),
  }));
