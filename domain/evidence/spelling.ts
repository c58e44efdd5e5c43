// For words that are not in a source as they are given: where it has the same letters and digits, but other spaces,
// punctuation, accents or case.

import { mayBegin, mayEnd, type Hyphens } from './boundaries.ts';
import { SPACE, kindOf, writingOf } from './characters.ts';
import type { Folded } from './folding.ts';
import { brokenWord, gapAt } from './gaps.ts';
import { occurrences } from './occurrences.ts';
import { type Passage, passageAt } from './places.ts';
import { pointAt } from './units.ts';

/** The first whole words of the source that are spelt with the same letters; undefined if it has none. */
export function sameLetters(source: Folded, value: Folded, hyphens: Hyphens = 'join'): Passage | undefined {
  const [text, wanted] = [lettersOf(source), lettersOf(value)];
  let found: Passage | undefined;
  occurrences(wanted.letters, text.letters, 0, (at) => {
    const last = at + wanted.letters.length - 1;
    const [from, to] = [text.from[at] ?? 0, text.to[last] ?? 0];
    const isWhole = from !== text.from[at - 1] && text.from[last + 1] !== text.from[last];
    if (!isWhole || !mayBegin(source, from, hyphens) || !mayEnd(source, to, hyphens)) return undefined;
    found = passageAt(source, from, to);
    return 'stop';
  });
  return found;
}

/** On one line, as a field of a record has it. */
export const onOneLine = (text: string): string =>
  text.replace(/(?:[-\u2010](?=\s))?\s+/gu, (gap, index: number) => {
    if (!/[\r\n\v\f\u0085\u2028\u2029]/u.test(gap)) return gap;
    if (kindOf(gap.charCodeAt(0)) === SPACE) return gapAt(text, index).vanishes ? '' : ' ';
    return brokenWord(text, index) === undefined ? gap.slice(0, 1) : '';
  });

/** The letters and digits of a text, and where each comes from among its units. */
interface Letters {
  readonly letters: Uint16Array;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

function lettersOf({ units }: Folded): Letters {
  const [letters, starts, ends]: [number[], number[], number[]] = [[], [], []];
  for (let at = 0; at < units.length;) {
    const point = pointAt(units, at);
    const end = at + (point > 0xffff ? 2 : 1);
    const bare = bareOf(point);
    for (let k = 0; k < bare.length; k += 1) {
      letters.push(bare.charCodeAt(k));
      starts.push(at);
      ends.push(end);
    }
    at = end;
  }
  return { letters: Uint16Array.from(letters), from: starts, to: ends };
}

const bares = new Map<number, string>();

/** A character as a small letter without accents, or as digits; empty for all that is neither. */
function bareOf(point: number): string {
  const known = bares.get(point);
  if (known !== undefined) return known;
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
