// Divides a text into paragraphs, with an additional paragraph at each line that begins with speech.
import { paragraphStarts } from '../boundaries/paragraphs.ts';

/** A range of UTF-16 indexes; `to` is exclusive. */
export interface TextRange {
  readonly from: number;
  readonly to: number;
}

/** Matches an opening mark, or a dash that no small letter follows, because wrapped lines continue with small letters. */
const SPEECH_AT_LINE_START =
  /(?<=[\r\n\u2028\u2029])[^\S\r\n]*(?=["“„«»‹「『‘]|[\u2012-\u2015\u2E3A\u2E3B]\s*[^\s\p{Ll}])/gu;

/** Returns the paragraphs without white space at their ends. No paragraph is empty. */
export function paragraphsOf(text: string): TextRange[] {
  const speech = [...text.matchAll(SPEECH_AT_LINE_START)].map(({ index }) => index);
  const starts = [...new Set([0, ...paragraphStarts(text), ...speech])].toSorted((a, b) => a - b);
  return starts.flatMap((start, index) => {
    const paragraph = text.slice(start, starts[index + 1]);
    const from = start + paragraph.length - paragraph.trimStart().length;
    const to = start + paragraph.trimEnd().length;
    return from < to ? [{ from, to }] : [];
  });
}
