// What kind of character each one is: which the folding changes or ignores, and which words are written with.

export const PLAIN = 1;
export const SPACE = 2;
export const DASH = 3;
export const IGNORED = 4;
/** Ignored as well, but belongs to the character before it: variation selectors, the tags of a flag. */
export const ATTACHED = 5;
export const MARK = 6;
/** Half a flag. */
export const REGIONAL = 7;
const EXPANDED = 8;
const SURROGATE = 9;

const KIND = 0x0f;
const WORD = 0x10;
const UNSPACED = 0x20;

// Filled as characters are met: classifying all of Unicode at start would cost more than most articles.
const kinds = new Uint8Array(0x110000);
const expansions = new Map<number, string>();

// A double mark is two single ones, and an ellipsis three dots: then '' equals " wherever a quotation is cut.
for (const [characters, folded] of [
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
  for (const character of characters) expansions.set(character.codePointAt(0) ?? 0, folded);
}

/** Letters as Arabic type shapes them, and Armenian ligatures. Not all compatibility forms: ² and ½ differ from 2 and 1/2. */
const SHAPED = /[\uFB13-\uFB17\uFB50-\uFDFF\uFE70-\uFEFC]/;

/** PLAIN, SPACE, DASH … */
export function kindOf(point: number): number {
  return (kinds[point] || classify(point)) & KIND;
}

/** What a character folds to, if not to itself. Call `kindOf` first: it fills the table. */
export function expansionOf(point: number): string | undefined {
  return expansions.get(point);
}

/** Does it belong to a script that sets no space between its words? Punctuation of such scripts does, too. */
export function isUnspaced(point: number): boolean {
  return ((kinds[point] || classify(point)) & UNSPACED) !== 0;
}

/** 'word', or 'sign' for a character of a script that sets no space between its words; undefined for the rest. */
export function writingOf(point: number): 'word' | 'sign' | undefined {
  const kind = kinds[point] || classify(point);
  if ((kind & WORD) === 0) return undefined;
  return (kind & UNSPACED) === 0 ? 'word' : 'sign';
}

/** Their letters, their digits excepted, and the punctuation and marks of East Asia. */
const UNSPACED_SCRIPTS =
  /(?!\p{Nd})[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Tibt}\p{sc=Java}\u3001-\u3029\u3030-\u303F\u309B\u309C\u30A0\u30FB\u30FC\uFF70\uFF9E\uFF9F\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65]/u;

function classify(point: number): number {
  const character = String.fromCodePoint(point);
  const composed = SHAPED.test(character) ? shapeless(character) : character.normalize('NFC');
  let kind = PLAIN;
  if (point >= 0xd800 && point <= 0xdbff) kind = SURROGATE;
  else if (expansions.has(point)) kind = EXPANDED;
  else if (/[\p{VS}\u{E0020}-\u{E007F}]/u.test(character)) kind = ATTACHED;
  // Beside what does not show: the line that stretches an Arabic word.
  else if (/[\p{DI}\u0640]/u.test(character)) kind = IGNORED;
  else if (/[\s\u0085]/u.test(character)) kind = SPACE;
  else if (/[\p{Pd}\u2212\u2043]/u.test(character)) kind = DASH;
  // Beside the marks proper: skin tones, and the Hangul vowels and finals that compose with what stands before.
  else if (/[\p{M}\p{EMod}\u1160-\u11FF\uD7B0-\uD7FF]/u.test(character)) kind = MARK;
  else if (/\p{RI}/u.test(character)) kind = REGIONAL;
  else if (composed !== character) {
    expansions.set(point, composed);
    kind = EXPANDED;
  }
  if (/[\p{L}\p{N}\p{M}]/u.test(character)) kind |= WORD;
  // Digits of any script join to numbers.
  if (UNSPACED_SCRIPTS.test(character) && !/\p{Nd}/u.test(character)) kind |= UNSPACED;
  kinds[point] = kind;
  return kind;
}

/** What the letters of a shaped form are; the form itself where it stands for a mark that has no letter. */
function shapeless(character: string): string {
  const letters = character.normalize('NFKC').replaceAll('\u0640', '');
  return /^\p{L}/u.test(letters) ? letters : character;
}

/** The length of a text in Unicode code points. */
export function codePoints(text: string): number {
  // Most texts have no pair of code units, which a search sees at once where all are of one byte.
  if (!HIGH.test(text)) return text.length;
  let count = text.length;
  for (let at = 1; at < text.length; at++)
    if (isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1))) count -= 1;
  return count;
}

const HIGH = /[\ud800-\udbff]/;
const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
