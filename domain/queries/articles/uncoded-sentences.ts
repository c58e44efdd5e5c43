// The sentences of a text that no recorded passage overlaps.
import { codePoints } from '../../evidence/normalization/characters.ts';
import { sentencesOf } from '../../evidence/boundaries/sentences.ts';

export interface Sentence {
  /** Offsets in code points of the text; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Returns the sentences that no passage overlaps. `passages` may have any order. */
export function uncodedSentencesOf(
  text: string,
  passages: readonly { start: number; end: number }[],
): Sentence[] {
  const covered = merge(passages);
  const sentences: Sentence[] = [];
  let [start, at] = [0, 0];
  for (const segment of sentencesOf(text)) {
    const end = start + codePoints(segment);
    while ((covered[at]?.end ?? Infinity) <= start) at++;
    const touched = (covered[at]?.start ?? Infinity) < end;
    if (!touched && segment.trim() !== '') sentences.push(trimmed(segment, start));
    start = end;
  }
  return sentences;
}

function merge(passages: readonly { start: number; end: number }[]): { start: number; end: number }[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of passages.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

function trimmed(segment: string, start: number): Sentence {
  const text = segment.trim();
  const begin = start + codePoints(segment.slice(0, segment.length - segment.trimStart().length));
  return { start: begin, end: begin + codePoints(text), text };
}
