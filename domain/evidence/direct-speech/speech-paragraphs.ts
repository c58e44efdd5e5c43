// The paragraphs of a text as speech has them: those of the text, and a new one wherever a line begins with speech.
import { paragraphStarts } from '../boundaries/paragraphs.ts';

/** UTF-16 indexes, `to` exclusive. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** An opening mark, or a dash before a word with which no wrapped line would resume. */
const SPEECH_AT_LINE_START =
  /(?<=[\r\n\u2028\u2029])[^\S\r\n]*(?=["“„«»‹「『‘]|[\u2012-\u2015\u2E3A\u2E3B]\s*[^\s\p{Ll}])/gu;

/** Without white space at either end; none is empty. */
export function paragraphsOf(text: string): Stretch[] {
  const speech = [...text.matchAll(SPEECH_AT_LINE_START)].map(({ index }) => index);
  const starts = [...new Set([0, ...paragraphStarts(text), ...speech])].toSorted((a, b) => a - b);
  return starts.flatMap((start, index) => {
    const paragraph = text.slice(start, starts[index + 1]);
    const from = start + paragraph.length - paragraph.trimStart().length;
    const to = start + paragraph.trimEnd().length;
    return from < to ? [{ from, to }] : [];
  });
}
