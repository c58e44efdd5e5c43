// Finds words in a source that have the same letters and digits but other spaces, punctuation, accents or case.

import { mayBegin, mayEnd, type Hyphens } from '../boundaries/boundaries.ts';
import { SPACE, kindOf, writingOf } from '../normalization/characters.ts';
import type { NormalizedText } from '../normalization/normalize-text.ts';
import { brokenWord, gapAt } from '../normalization/gaps.ts';
import { occurrences } from '../occurrences.ts';
import { type Passage, passageAt } from '../text-offsets.ts';
import { pointAt } from '../normalization/units.ts';

/** Returns the first whole words of the source with the same letters; undefined if there are no such words. */
export function sameLetters(
  source: NormalizedText,
  value: NormalizedText,
  hyphens: Hyphens = 'join',
): Passage | undefined {
  const [text, wanted] = [lettersOf(source), lettersOf(value)];
  let passage: Passage | undefined;
  occurrences(wanted.letters, text.letters, 0, (at) => {
    const last = at + wanted.letters.length - 1;
    const [from, end] = [text.from[at] ?? 0, text.from[last] ?? 0];
    const to = end + widthAt(source.units, end);
    const isWhole = from !== text.from[at - 1] && text.from[last + 1] !== end;
    if (!isWhole || !mayBegin(source, from, hyphens) || !mayEnd(source, to, hyphens)) return undefined;
    passage = passageAt(source, from, to);
    return 'stop';
  });
  return passage;
}

/** Joins the lines of a passage, as fields of a record need it. */
export const onOneLine = (text: string): string =>
  text.replace(/(?:[-\u2010](?=\s))?\s+/gu, (gap, index: number) => {
    if (!/[\r\n\v\f\u0085\u2028\u2029]/u.test(gap)) return gap;
    if (kindOf(gap.charCodeAt(0)) === SPACE) return gapAt(text, index).vanishes ? '' : ' ';
    return brokenWord(text, index) === undefined ? gap.slice(0, 1) : '';
  });

/** The letters and digits of a text, each with the index of its unit. */
interface Letters {
  readonly letters: Uint16Array;
  readonly from: Uint32Array;
}

/** Cache of the last long text only, because its values are checked in sequence and its letters need much memory. */
let latest: { readonly normalized: NormalizedText; readonly letters: Letters } | undefined;

function lettersOf(normalized: NormalizedText): Letters {
  if (latest?.normalized === normalized) return latest.letters;
  const letters = findLetters(normalized);
  if (normalized.units.length >= MIN_CACHED) latest = { normalized, letters };
  return letters;
}
const MIN_CACHED = 10_000;

function findLetters({ units }: NormalizedText): Letters {
  const [letters, from]: [number[], number[]] = [[], []];
  for (let at = 0; at < units.length; at += widthAt(units, at)) {
    const bare = bareOf(pointAt(units, at));
    for (let k = 0; k < bare.length; k += 1) {
      letters.push(bare.charCodeAt(k));
      from.push(at);
    }
  }
  return { letters: Uint16Array.from(letters), from: Uint32Array.from(from) };
}

const widthAt = (units: Uint16Array, at: number): number => (pointAt(units, at) > 0xffff ? 2 : 1);

const bares = new Map<number, string>();

/** Returns a character as lower-case letters without accents or as digits; empty for all other characters. */
function bareOf(point: number): string {
  const cached = bares.get(point);
  if (cached !== undefined) return cached;
  const bare =
    writingOf(point) === undefined
      ? ''
      : String.fromCodePoint(point)
          .normalize('NFKD')
          .toLowerCase()
          .replace(/[^\p{L}\p{N}]/gu, '');
  bares.set(point, bare);
  return bare;
}
