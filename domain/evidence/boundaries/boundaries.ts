// Decides where a value may begin and end in normalized text: not inside a word, a number or a compound of a quotation.
import { writingOf } from '../normalization/characters.ts';
import type { NormalizedText } from '../normalization/normalize-text.ts';
import { isBoundary } from '../text-offsets.ts';
import { pointAt, stringOf } from '../normalization/units.ts';

/** Hyphens join words in quotations ("anti-American") and divide them in names ("Berlin-based"). */
export type Hyphens = 'join' | 'divide';

/** Maximum units of all particles before a word, with their marks. */
const MAX_PARTICLES_LENGTH = 16;

const DIGIT = /^\p{Nd}$/u;
const LETTER = /[\p{L}\p{N}]/u;
const CYRILLIC = /^\p{sc=Cyrl}$/u;
const HEBREW = /^\p{sc=Hebr}$/u;
const HANGUL = /^\p{sc=Hang}$/u;
/** Numerals that multiply the digits before them: 500万 is five million; 1億5000万 and 5백만 are single numbers. */
const MULTIPLIER = /^[十百千万萬亿億兆만억조천백십]$/u;
/** The mark before the last letter of a Hebrew acronym: a double mark that can close, or two single marks. */
const ACRONYM_MARK = /^(?:["״”＂]|\P{DI}\p{DI}*\P{DI})\p{DI}*$/u;
const APOSTROPHE = "'";
const SEPARATORS = /^[,.:/，．：／·\u066B\u066C']$/u;

/** Particles that Arabic and Hebrew attach to the next word, single or combined in their usual order. */
const PARTICLES = [/^[وف]?(?:[بك]?(?:ال)?|س|لل?)$/u, /^ו?(?:ש|כש|לכש|מש)?[בכלמ]?ה?$/u];
const PARTICLE_END = /^[\p{sc=Arab}\p{sc=Hebr}\p{M}'-]$/u;
const MIN_LETTERS = 2;

/** Returns true if a value may begin at unit `at`. */
export function mayBegin(normalized: NormalizedText, at: number, hyphens: Hyphens = 'join'): boolean {
  return (
    isBoundary(normalized, at) &&
    (!isInside(normalized, at, hyphens) || followsParticle(normalized, at, hyphens))
  );
}

/** Returns true if a value may end before unit `at`, also before particles, which Hangul appends to words. */
export function mayEnd(normalized: NormalizedText, at: number, hyphens: Hyphens = 'join'): boolean {
  if (!isBoundary(normalized, at)) return false;
  if (!isInside(normalized, at, hyphens)) return true;
  const [left, right] = [before(normalized.units, at), after(normalized.units, at)];
  if (isInMultiplied(normalized.units, at)) return false;
  return (HANGUL.test(left) && isWordCharacter(right)) || (HANGUL.test(right) && isWordCharacter(left));
}

/** Returns true if unit `at` is inside a word, a number or a compound, regardless of exceptions for scripts. */
export function isInside(normalized: NormalizedText, at: number, hyphens: Hyphens = 'join'): boolean {
  const { units } = normalized;
  if (at <= 0 || at >= units.length) return false;
  const [left, right] = [before(units, at), after(units, at)];
  const [leftWriting, rightWriting] = [writing(left), writing(right)];
  if (leftWriting !== undefined && rightWriting !== undefined) {
    if (leftWriting === 'word' && rightWriting === 'word') return true;
    return isInMultiplied(units, at);
  }
  if (DIGIT.test(right) && isSign(normalized, at - 1)) return true;
  // A joint has one character, or two in a Hebrew acronym.
  for (const length of [1, 2]) {
    for (let from = at - length; from <= at; from += 1) {
      if (isJoint(normalized, from, from + length, hyphens)) return true;
    }
  }
  return false;
}

const MAX_MULTIPLIERS = 8;

/** Returns true if unit `at` is inside a number of digits and multiplying numerals. */
function isInMultiplied(units: Uint16Array, at: number): boolean {
  const right = after(units, at);
  let digits = at;
  while (at - digits < MAX_MULTIPLIERS && MULTIPLIER.test(before(units, digits))) digits -= 1;
  if (!DIGIT.test(before(units, digits))) return false;
  return MULTIPLIER.test(right) || (digits < at && DIGIT.test(right));
}

/** Returns true if the units from `from` to `to` join their neighbours into one word or number. */
function isJoint(normalized: NormalizedText, from: number, to: number, hyphens: Hyphens): boolean {
  const { units, text, runs } = normalized;
  if (from <= 0 || to >= units.length) return false;
  const [left, right] = [before(units, from), after(units, to)];
  if (writing(left) !== 'word' || writing(right) !== 'word') return false;
  const joint = stringOf(units, from, to);
  const areDigits = DIGIT.test(left) && DIGIT.test(right);
  if (joint === ' ') return areDigits && isGroup(units, from);
  if (joint === '-') return hyphens === 'join' && isHyphen(normalized, from);
  // A space next to the separator divides, although normalization removed it.
  if (areDigits)
    return SEPARATORS.test(joint) && !/\s/u.test(text.slice(runs.indexOf(from - 1), runs.indexOf(to)));
  if (joint === "''") {
    const mark = text.slice(runs.indexOf(from), runs.indexOf(to));
    return HEBREW.test(left) && HEBREW.test(right) && ACRONYM_MARK.test(mark);
  }
  if (joint !== APOSTROPHE) return false;
  // Ukrainian and Hebrew use apostrophes inside words. In other languages they divide, except in n't.
  if (CYRILLIC.test(left) && CYRILLIC.test(right)) return true;
  if (HEBREW.test(left) && HEBREW.test(right)) return true;
  return /^[nN]$/.test(left) && /^[tT]$/.test(right) && writing(after(units, to + 1)) !== 'word';
}

/** Returns true if the space at `at` groups digits as in 1 500: one to three digits before it, three after it. */
function isGroup(units: Uint16Array, at: number): boolean {
  const left = digits(units, at, -1);
  const right = digits(units, at, 1);
  if (left > 3 || right !== 3) return false;
  return writing(before(units, at - left)) !== 'word';
}

function digits(units: Uint16Array, at: number, step: 1 | -1): number {
  let count = 0;
  while (count < 4 && DIGIT.test(String.fromCharCode(units[at + step * (count + 1)] ?? 0))) count += 1;
  return count;
}

const HYPHEN = '[\\u002D\\u2010\\u2011\\uFE63\\uFF0D\\u058A\\u05BE]';
/** Matches one hyphen without spaces, or at the end of a line. Dashes and double hyphens divide. */
const JOINING_HYPHEN = new RegExp(
  `^${HYPHEN}\\p{DI}*(?:[^\\S\\r\\n\\u2028\\u2029]*[\\r\\n\\u2028\\u2029\\u0085][\\s\\p{DI}]*)?$`,
  'u',
);

function isHyphen({ text, runs }: NormalizedText, at: number): boolean {
  return JOINING_HYPHEN.test(text.slice(runs.indexOf(at), runs.indexOf(at + 1)));
}

const MINUS = /(^|\s)[\u002D\u2010\u2011\u2212\uFE63\uFF0D]$/u;

/** Returns true if the unit is a minus sign: a space or no word comes before it. */
function isSign({ text, units, runs }: NormalizedText, at: number): boolean {
  if (units[at] !== 0x2d) return false;
  const minus = MINUS.exec(text.slice(runs.indexOf(at), runs.indexOf(at + 1)));
  return minus !== null && (minus[1] !== '' || writing(before(units, at)) === undefined);
}

/** Returns true if only particles precede `at` in its word, and at least two letters or a digit follow. */
function followsParticle(normalized: NormalizedText, at: number, hyphens: Hyphens): boolean {
  const { units } = normalized;
  if (!PARTICLE_END.test(before(units, at))) return false;
  let from = at - 1;
  while (at - from < MAX_PARTICLES_LENGTH && isInside(normalized, from, hyphens)) from -= 1;
  // Hebrew writes a hyphen or a quotation mark between a particle and a foreign word.
  const written = stringOf(units, from, at)
    .replace(/-$/, '')
    .replace(/[\p{M}']/gu, '');
  if (written === '' || !PARTICLES.some((particles) => particles.test(written))) return false;
  let to = at;
  while (after(units, to) === APOSTROPHE) to += 1;
  if (DIGIT.test(after(units, to))) return true;
  let letters = 0;
  for (; letters < MIN_LETTERS && isWordCharacter(after(units, to)); to += after(units, to).length) {
    if (LETTER.test(after(units, to))) letters += 1;
  }
  return letters >= MIN_LETTERS;
}

function before(units: Uint16Array, at: number): string {
  if (at <= 0) return '';
  const isTrail = at > 1 && ((units[at - 1] ?? 0) & 0xfc00) === 0xdc00;
  const point = isTrail ? pointAt(units, at - 2) : pointAt(units, at - 1);
  return String.fromCodePoint(isTrail && point <= 0xffff ? pointAt(units, at - 1) : point);
}

function after(units: Uint16Array, at: number): string {
  return at >= units.length ? '' : String.fromCodePoint(pointAt(units, at));
}

const writing = (character: string): 'word' | 'sign' | undefined =>
  character === '' ? undefined : writingOf(character.codePointAt(0) ?? 0);

const isWordCharacter = (character: string): boolean => writing(character) === 'word';
