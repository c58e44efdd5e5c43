// Classifies characters: how normalization treats them, and which ones form words.

export const PLAIN = 1;
export const SPACE = 2;
export const DASH = 3;
export const IGNORED = 4;
/** Ignored, but part of the character before it: variation selectors, the tags of a flag. */
export const ATTACHED = 5;
export const MARK = 6;
/** One half of a flag. */
export const REGIONAL = 7;
const EXPANDED = 8;
const SURROGATE = 9;

const KIND = 0x0f;
const WORD = 0x10;
const UNSPACED = 0x20;

// Filled on demand, because classifying all of Unicode at start would cost more than normalization most articles.
const kinds = new Uint8Array(0x110000);
const expansions = new Map<number, string>();

// A double mark normalizes to two single marks and an ellipsis to three dots, so that '' equals " at every boundary.
for (const [characters, normalized] of [
  ["'’‘‚‛‹›′‵`´ʹʻʼʽˊˋ՚׳＇｀❛❜\u1FEF\u1FFD", "'"],
  ['"“”„‟«»″‶〃ʺˮ״＂❝❞〝〞〟⹂「」『』', "''"],
  ['‴‷', "'''"],
  ['…', '...'],
  ['ﬀ', 'ff'],
  ['ﬁ', 'fi'],
  ['ﬂ', 'fl'],
  ['ﬃ', 'ffi'],
  ['ﬄ', 'ffl'],
  ['ﬅﬆ', 'st'],
] as const) {
  for (const character of characters) expansions.set(character.codePointAt(0) ?? 0, normalized);
}

/** Arabic presentation forms and Armenian ligatures. Other compatibility forms are kept: ² differs from 2. */
const PRESENTATION_FORMS = /[\uFB13-\uFB17\uFB50-\uFDFF\uFE70-\uFEFC]/;

/** Returns the kind of a code point: PLAIN, SPACE, DASH … */
export function kindOf(point: number): number {
  return (kinds[point] || classify(point)) & KIND;
}

/** Returns the expansion of a code point; undefined if it normalizes to itself. Call `kindOf` first: it fills the table. */
export function expansionOf(point: number): string | undefined {
  return expansions.get(point);
}

/** Returns true for characters and punctuation of scripts that write no spaces between words. */
export function isUnspaced(point: number): boolean {
  return ((kinds[point] || classify(point)) & UNSPACED) !== 0;
}

/** Returns `word`, or `sign` for scripts without spaces between words; undefined for all other characters. */
export function writingOf(point: number): 'word' | 'sign' | undefined {
  const kind = kinds[point] || classify(point);
  if ((kind & WORD) === 0) return undefined;
  return (kind & UNSPACED) === 0 ? 'word' : 'sign';
}

/** Letters of scripts without spaces (not their digits), and the punctuation and marks of East Asia. */
const UNSPACED_SCRIPTS =
  /(?!\p{Nd})[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Tibt}\p{sc=Java}\u3001-\u3029\u3030-\u303F\u309B\u309C\u30A0\u30FB\u30FC\uFF70\uFF9E\uFF9F\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65]/u;

function classify(point: number): number {
  const character = String.fromCodePoint(point);
  const composed = PRESENTATION_FORMS.test(character) ? lettersOfForm(character) : character.normalize('NFC');
  let kind = PLAIN;
  if (point >= 0xd800 && point <= 0xdbff) kind = SURROGATE;
  else if (expansions.has(point)) kind = EXPANDED;
  else if (/[\p{VS}\u{E0020}-\u{E007F}]/u.test(character)) kind = ATTACHED;
  // Default-ignorable characters, and the tatweel that stretches Arabic words.
  else if (/[\p{DI}\u0640]/u.test(character)) kind = IGNORED;
  else if (/[\s\u0085]/u.test(character)) kind = SPACE;
  else if (/[\p{Pd}\u2212\u2043]/u.test(character)) kind = DASH;
  // Marks, skin tones, and the Hangul vowels and finals that compose with the preceding character.
  else if (/[\p{M}\p{EMod}\u1160-\u11FF\uD7B0-\uD7FF]/u.test(character)) kind = MARK;
  else if (/\p{RI}/u.test(character)) kind = REGIONAL;
  else if (composed !== character) {
    expansions.set(point, composed);
    kind = EXPANDED;
  }
  if (/[\p{L}\p{N}\p{M}]/u.test(character)) kind |= WORD;
  // Digits of any script form numbers, so they are never signs.
  if (UNSPACED_SCRIPTS.test(character) && !/\p{Nd}/u.test(character)) kind |= UNSPACED;
  kinds[point] = kind;
  return kind;
}

/** Returns the letters of a presentation form; the form itself if it represents a mark without a letter. */
function lettersOfForm(character: string): string {
  const letters = character.normalize('NFKC').replaceAll('\u0640', '');
  return /^\p{L}/u.test(letters) ? letters : character;
}

/** Returns the length of a text in Unicode code points. */
export function codePoints(text: string): number {
  // Most texts have no surrogate pairs; the search is fast because engines store such texts with one byte a unit.
  if (!HIGH.test(text)) return text.length;
  let count = text.length;
  for (let at = 1; at < text.length; at++)
    if (isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1))) count -= 1;
  return count;
}

const HIGH = /[\ud800-\udbff]/;
const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
