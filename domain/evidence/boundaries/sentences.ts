// Cuts a text into sentences, by rules of our own: Intl.Segmenter differs between machines, and takes every line break
// for the end of a sentence. Lines that are only wrapped are one paragraph (`paragraphs.ts`).
import { paragraphStarts } from './paragraphs.ts';
import { BEFORE_NUMBERS, COMPANIES, MONTHS, STARTERS, TITLES } from './abbreviations.ts';

/** These need white space behind them; a semicolon in Greek and a colon in Armenian are marks of this kind too. */
const SPACED = '.!?…؟۔।॥։\u037e።፧።‼⁇⁈⁉᠃᠉།';
/** These end a sentence wherever they stand. */
const UNSPACED = '。！？｡．။។៕';
const END = new RegExp(
  `(?:[${SPACED}${UNSPACED}]|(?<=\\p{sc=Greek});|(?<=\\p{sc=Armenian}):)+[)\\]}"'”’»›“‘」』）】〉》＂＇]*(?:[ \\u00a0\\u202f]»(?=\\s|$))?`,
  'gu',
);
const UNSPACED_END = new RegExp(`[${UNSPACED}]`);
const OPENING = /^[\s([{"'“”„«»‹›‘‚¿¡「『（【〈《–—-]*/;
/** A single letter, or short parts with points or hyphens between: J, J.-P, U.S, p.m, Ph.D. */
const INITIALS = /^(?:\p{L}\p{M}*|\p{L}{1,2}\p{M}*(?:[.-]+\p{L}{1,2}\p{M}*)+)$/u;
const LOOK = 48;

/** Returns the sentences of a text with the white space behind them: joined, they are the text. */
export function sentencesOf(text: string): string[] {
  const cuts = [...new Set([...paragraphStarts(text), ...endsIn(text), text.length])].toSorted(
    (a, b) => a - b,
  );
  return cuts
    .map((cut, index) => text.slice(cuts[index - 1] ?? 0, cut))
    .filter((sentence) => sentence !== '');
}

/** Yields the offset of the next sentence after each end of a sentence. */
function* endsIn(text: string): Generator<number> {
  for (const { 0: mark, index } of text.matchAll(END)) {
    const end = index + mark.length;
    const space = /^\s*/.exec(text.slice(end, end + LOOK))?.[0].length ?? 0;
    const next = text.slice(end + space, end + space + LOOK);
    const before = text.slice(Math.max(0, index - LOOK), index);
    if (isEnd(before, mark, space > 0 || end === text.length, next)) yield end + space;
  }
}

function isEnd(before: string, mark: string, isSpaced: boolean, next: string): boolean {
  // An omission such as […], or a mark in brackets of its own.
  if (/[([{（]$/.test(before)) return false;
  const following = next.replace(OPENING, '');
  if (!isSpaced) {
    if (!UNSPACED_END.test(mark)) return false;
    // In Japanese a sentence continues after a quotation: 「…。」と述べた.
    return !/^[」』”）]/.test(mark.slice(-1)) || !/^\p{sc=Hiragana}/u.test(next);
  }
  if (/^\p{Ll}/u.test(following)) return false;
  return !mark.startsWith('.') || mark.startsWith('..') || !isAbbreviated(before, following);
}

/** Returns true if the point belongs to the word before it, so that the sentence continues. */
function isAbbreviated(before: string, following: string): boolean {
  const word = /[^\s([{"'“„«‹‘’/–—]*$/u.exec(before)?.[0] ?? '';
  const next = /^[\p{L}\p{M}]+/u.exec(following)?.[0] ?? '';
  if (/^\d{1,3}$/.test(word)) {
    // The number of a list's item, or an ordinal: "3. März".
    return (
      /(?:^|[\n\r\u2028\u2029])\s*$/.test(before.slice(0, -word.length)) || MONTHS.has(next.toLowerCase())
    );
  }
  // A single letter in upper case is an initial, even if the same letter in lower case abbreviates a word.
  const known = word.length === 1 ? word : word.toLowerCase();
  if (TITLES.has(known)) return true;
  if (BEFORE_NUMBERS.has(known)) return /^(?:\d|[IVXLC]+(?!\p{L}))/u.test(following);
  const isInitial = INITIALS.test(word) && !/\p{sc=Hangul}/u.test(word);
  const isStart = STARTERS.has(next.toLowerCase()) && following[next.length] !== '.';
  return (isInitial || COMPANIES.has(known)) && !isStart && following !== '';
}
