// Decides whether a mark opens or closes a quotation. The same mark opens in one typography and closes in another, and
// may be an apostrophe, inches or part of a Hebrew acronym.
import { writingOf } from '../normalization/characters.ts';
import type { TextRange } from './speech-paragraphs.ts';

export const MARKS = /["״“”„‟«»‹›‘’‚‛'「」『』〝〞〟＂❝❞❮❯｢｣﹁﹂﹃﹄⹂]/gu;

export interface Mark {
  readonly glyph: string;
  readonly at: number;
}

/** `open`; the depth of the open mark that it closes; `unpaired` if it closes no open mark; `none` for other uses. */
export type Role = 'open' | number | 'unpaired' | 'none';

/** The opening marks that each mark closes, the likeliest first. */
const PARTNERS: Readonly<Record<string, string>> = {
  '”': '“„”‟〝',
  '“': '„',
  '"': '"“„',
  '״': '״“„',
  '»': '«»',
  '«': '»',
  '›': '‹›',
  '‹': '›',
  '’': '’‘‚‛',
  '‘': '‚',
  "'": "'‘",
  '」': '「',
  '』': '『',
  '｣': '｢',
  '﹂': '﹁',
  '﹄': '﹃',
  '〞': '〝',
  '〟': '〝',
  '＂': '＂',
  '❞': '❝',
  '❯': '❮',
};
const ALWAYS_OPEN = new Set('„‟‚‛「『｢﹁﹃〝❝❮⹂');
const SINGLE = new Set(`’'`);
/** English and Dutch words that begin with an apostrophe. */
const ELISIONS = /^['’](?:(?:tis|twas|em|til|cause|n|round|bout|s|t|k|m)(?!\p{L})|\d)/iu;
const OPENING_PUNCTUATION = /[([{¿¡\u2012-\u2015\-/"“„«‹‘‚’'「『:：，、]/u;
/** Characters that follow closing marks but not opening ones. */
const ENDING = /[.,;:!?)\]}\u2012-\u2015»”’」』。，、；：！？؟،]/u;
const CLOSING_PUNCTUATION = /[.,;:!?…)\]}\u2012-\u2015\-/"”“»«›‹’‘'」』。，、；：！？؟،]/u;

/** Returns the role of the mark at `index` among `marks`. `open` lists the open marks, outermost first. */
export function roleOf(
  text: string,
  marks: readonly Mark[],
  index: number,
  open: readonly { readonly glyph: string }[],
  paragraph: TextRange,
): Role {
  const mark = marks[index];
  if (mark === undefined) return 'none';
  const { glyph, at } = mark;
  const here = contextOf(text, at, paragraph);
  if (isApostrophe(text, here, marks, index, open)) return 'none';
  if (ALWAYS_OPEN.has(glyph)) return 'open';
  const partners = PARTNERS[glyph] ?? '';
  const depth = open.findLastIndex((each) => partners.includes(each.glyph));
  const isOwnOpener = partners.includes(glyph);
  if (depth >= 0 && !(isOwnOpener && here.looksOpening)) return depth;
  if (here.looksOpening) return 'open';
  if (here.looksClosing) return SINGLE.has(glyph) || here.isMeasure ? 'none' : 'unpaired';
  if (depth >= 0) return depth;
  // Between two characters of a script without spaces, or between two spaces, the glyph decides.
  return '”»」』'.includes(glyph) ? 'unpaired' : 'open';
}

interface Context {
  readonly glyph: string;
  readonly before: string;
  readonly after: string;
  readonly looksOpening: boolean;
  readonly looksClosing: boolean;
  /** Inches or minutes, as in 5". */
  readonly isMeasure: boolean;
}

function contextOf(text: string, at: number, { from, to }: TextRange): Context {
  const glyph = text[at] ?? '';
  const before = at > from ? (text[at - 1] ?? '') : '';
  const after = at + 1 < to ? (text[at + 1] ?? '') : '';
  const [freeBefore, freeAfter] = [/^\s?$/u.test(before), /^\s?$/u.test(after)];
  // French writes a space inside guillemets.
  const begins = '«‹'.includes(glyph) ? after !== '' : !freeAfter && !ENDING.test(after);
  return {
    glyph,
    before,
    after,
    looksOpening: begins && (freeBefore || OPENING_PUNCTUATION.test(before)),
    looksClosing: !freeBefore && (freeAfter || CLOSING_PUNCTUATION.test(after)),
    isMeasure: glyph === '"' && /\d/u.test(before),
  };
}

/** Returns true for a mark between letters, for elisions and possessives, and after a letter if no quotation is open. */
function isApostrophe(
  text: string,
  { glyph, before, after, looksOpening }: Context,
  marks: readonly Mark[],
  index: number,
  open: readonly { readonly glyph: string }[],
): boolean {
  const isBetween = isWord(before) && isWord(after);
  if (glyph === '"' || glyph === '״') return isBetween && [before, after].every((each) => HEBREW.test(each));
  if (glyph === '‘') return isBetween || (/\d/u.test(after) && !closesLater(text, marks, index));
  if (!SINGLE.has(glyph)) return false;
  if (isBetween) return true;
  const isOpen = open.some((each) => (PARTNERS[glyph] ?? '').includes(each.glyph));
  if (!isOpen) {
    if (!looksOpening && !(glyph === "'" && isSign(before))) return true;
    const isElision = ELISIONS.test(text.slice(marks[index]?.at));
    // Swedish and Finnish open with ’, which is an apostrophe in other languages: it needs a later closing mark.
    if (glyph === '’') return isElision || !closesLater(text, marks, index);
    return isElision && !closesLater(text, marks, index);
  }
  // A plural possessive, as in ‘the ministers’ talks failed’.
  const at = marks[index]?.at ?? 0;
  return /^s['’] \p{Ll}/iu.test(text.slice(at - 1, at + 3)) && closesLater(text, marks, index);
}

/** Returns true if a later single mark can close, before another one opens. */
function closesLater(text: string, marks: readonly Mark[], index: number): boolean {
  for (const { glyph, at } of marks.slice(index + 1, index + 1 + MAX_LOOKAHEAD)) {
    if (glyph === '‘') return false;
    if (SINGLE.has(glyph) && !isWord(text[at + 1] ?? '') && /\S/u.test(text[at - 1] ?? '')) return true;
  }
  return false;
}
const MAX_LOOKAHEAD = 64;

const HEBREW = /\p{sc=Hebr}/u;
const isWord = (character: string): boolean => writes(character, 'word');
/** Returns true for characters of a script without spaces, in which apostrophes do not join words. */
const isSign = (character: string): boolean => writes(character, 'sign');
const writes = (character: string, what: 'word' | 'sign'): boolean =>
  character !== '' && writingOf(character.codePointAt(0) ?? 0) === what;
