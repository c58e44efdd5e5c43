// Finds white space that typography adds and normalization removes: line ends, hyphenation, spaces at guillemets.
import { IGNORED, isUnspaced, kindOf, SPACE, writingOf } from './characters.ts';

/** A run of white space and zero-width characters. `vanishes` if normalization removes it. */
export interface Gap {
  readonly end: number;
  readonly vanishes: boolean;
}

const SOFT_HYPHEN = 0xad;
const isLineBreak = (unit: number): boolean =>
  (unit >= 0x0a && unit <= 0x0d) || unit === 0x85 || unit === 0x2028 || unit === 0x2029;
/** Marks that some typographies precede with a space. */
const SPACED_BEFORE = new Set(Array.from(';:?!%‰\u037E', (mark) => mark.charCodeAt(0)));

/** Returns the gap that begins at `at`, which must be white space. */
export function gapAt(text: string, at: number): Gap {
  let end = at;
  let hasBreak = false;
  for (; end < text.length; end += 1) {
    const unit = text.charCodeAt(end);
    const kind = kindOf(unit);
    if (kind !== SPACE && kind !== IGNORED) break;
    hasBreak ||= isLineBreak(unit);
  }
  if (at === 0 || end === text.length) return { end, vanishes: false };
  const vanishes = hasBreak && (isSoftBreak(text, at, end) || isUnspacedBreak(text, at, end));
  return { end, vanishes: vanishes || isTypography(text, at, end) };
}

/** Returns true if a soft hyphen before or after the line end divides a word. */
function isSoftBreak(text: string, at: number, end: number): boolean {
  const before = text.charCodeAt(at - 1) === SOFT_HYPHEN ? at - 1 : at;
  const isSoft = before < at || text.charCodeAt(end - 1) === SOFT_HYPHEN;
  return isSoft && isLetter(pointBefore(text, before)) && isLetter(text.codePointAt(end) ?? 0);
}

const isLetter = (point: number): boolean => /^(?!\p{Lm})[\p{L}\p{M}]$/u.test(String.fromCodePoint(point));

/** Returns true if the line end divides text of a script without spaces, digits and punctuation included. */
function isUnspacedBreak(text: string, at: number, end: number): boolean {
  const [left, right] = [pointBefore(text, at), text.codePointAt(end) ?? 0];
  const [isLeft, isRight] = [isUnspaced(left), isUnspaced(right)];
  if (isLeft && isRight) return true;
  return (isLeft && mixesWithSigns(right)) || (isRight && mixesWithSigns(left));
}

const mixesWithSigns = (point: number): boolean =>
  writingOf(point) === undefined || /^\p{Nd}$/u.test(String.fromCodePoint(point));

function isTypography(text: string, at: number, end: number): boolean {
  const [left, right] = [pointBefore(text, at), text.codePointAt(end) ?? 0];
  if (SPACED_BEFORE.has(right)) return true;
  // German opens with the mark that closes in French, so the character on its other side decides.
  if (right === 0xbb || right === 0x203a) return !isWord(text.codePointAt(end + 1));
  return (left === 0xab || left === 0x2039) && opensAfter(at >= 2 ? pointBefore(text, at - 1) : undefined);
}

const isWord = (point: number | undefined): boolean => point !== undefined && writingOf(point) === 'word';

const opensAfter = (point: number | undefined): boolean =>
  point === undefined || kindOf(point) === SPACE || /^[([{'’‘"“\-–—¡¿]$/u.test(String.fromCodePoint(point));

/**
 * Returns the word that the hyphen at `at` divides at a line end; undefined if it divides no word.
 * `letters` contains the hyphen; `resumes` is the index of the second part.
 */
export function brokenWord(text: string, at: number): { letters: string; resumes: number } | undefined {
  const unit = text.charCodeAt(at);
  if (unit !== 0x2d && unit !== 0x2010) return undefined;
  let resumes = at + 1;
  let hasBreak = false;
  for (; resumes < text.length && kindOf(text.charCodeAt(resumes)) === SPACE; resumes += 1) {
    hasBreak ||= isLineBreak(text.charCodeAt(resumes));
  }
  if (!hasBreak) return undefined;
  const left = LETTERS_BEFORE.exec(text.slice(Math.max(0, at - MAX_PART), at))?.[0];
  const right = LETTERS_AFTER.exec(text.slice(resumes, resumes + MAX_PART))?.[0];
  if (left === undefined || right === undefined) return undefined;
  if (isUnspaced(pointBefore(text, at)) || isUnspaced(text.codePointAt(resumes) ?? 0)) return undefined;
  return { letters: `${left}-${right}`.normalize('NFC'), resumes };
}

const MAX_PART = 64;
// Korean divides words at any syllable and without a hyphen.
const LETTERS_BEFORE = /[\p{L}\p{M}]+(?<!\p{sc=Hang})$/u;
const LETTERS_AFTER = /^(?!\p{sc=Hang})\p{L}[\p{L}\p{M}]*/u;

/** Returns all pairs of word parts that hyphens join in a text, in lower case: `co-operation`. */
export function hyphenated(text: string): ReadonlySet<string> {
  const pairs = new Set<string>();
  for (const [compound] of text
    .toLowerCase()
    .normalize('NFC')
    .matchAll(/\p{L}[\p{L}\p{M}]*(?:[-‐‑]\p{L}[\p{L}\p{M}]*)+/gu)) {
    const parts = compound.split(/[-‐‑]/u);
    for (const [index, part] of parts.slice(1).entries()) pairs.add(`${parts[index]}-${part}`);
  }
  return pairs;
}

/** Returns the code point before an index; a space at the start of the text. */
function pointBefore(text: string, at: number): number {
  if (at <= 0) return 0x20;
  const unit = text.charCodeAt(at - 1);
  const isPair = (unit & 0xfc00) === 0xdc00 && at > 1;
  return (isPair ? text.codePointAt(at - 2) : undefined) ?? unit;
}
