// Content negotiation by `Accept` (RFC 9110, section 12.5.1).
import type { Context } from 'hono';

interface MediaRange {
  /** In lower case: text/plain, or with wildcards. */
  readonly range: string;
  readonly quality: number;
}

/**
 * Returns the media type to answer with, and says in the response that it depends on `Accept`. The highest quality
 * wins, then the most specific range, then the range that the client names first. Returns the first type of `offered`
 * if `Accept` is absent or matches none of them, because a client is better served by that than by 406.
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

/** Quality, specificity and place of the range that matches best; a quality of 0 excludes the type. */
function rankOf(type: string, ranges: readonly MediaRange[]): number[] {
  const matching = [type, `${type.slice(0, type.indexOf('/'))}/*`, '*/*'];
  for (const [at, wanted] of matching.entries()) {
    const place = ranges.findIndex(({ range }) => range === wanted);
    const quality = ranges[place]?.quality;
    if (quality === 0) break;
    if (quality !== undefined) return [quality, matching.length - at, -place];
  }
  return [0, 0, 0];
}

/** Parts at commas that are in no quoted string. */
const PARTS = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;
const QUALITY = /;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)/i;

const rangesOf = (accept: string): MediaRange[] =>
  (accept.match(PARTS) ?? []).map((part) => ({
    range: (part.split(';')[0] ?? '').trim().toLowerCase(),
    quality: Number(QUALITY.exec(part)?.[1] ?? 1),
  }));
