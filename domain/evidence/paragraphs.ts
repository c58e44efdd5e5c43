// Divides a text into paragraphs: at blank lines, and at line ends where a sentence ends or speech begins.

/** UTF-16 indexes, `to` exclusive. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const BREAKS = /[\r\n\u2028\u2029]\s*/gu;
/** CR and LF together are one line end. */
const BLANK_LINE = /(?:\r\n|\r(?!\n)|[\n\u2028\u2029])[^\S\r\n]*[\r\n\u2028\u2029]|\u2029/u;
const SENTENCE_END = /[.!?…:。！？：؟۔।]["”“’'»«›‹」』)\]]*$/u;
/** Speech that begins a line: an opening mark, or a dash before a word that no wrapped line would go on with. */
const SPEECH = /^(?:["“„«»‹「『‘]|[\u2012-\u2015\u2E3A\u2E3B]\s*[^\s\p{Ll}])/u;
const LONGEST_END = 16;

/** Without white space at either end; none is empty. */
export function paragraphsOf(text: string): Stretch[] {
  const paragraphs: Stretch[] = [];
  let from = text.length - text.trimStart().length;
  const end = text.trimEnd().length;
  for (const { 0: gap, index } of text.matchAll(BREAKS)) {
    const resumes = index + gap.length;
    if (index < from || resumes > end) continue;
    let to = index;
    while (/\s/u.test(text[to - 1] ?? '')) to -= 1;
    const isEnd =
      BLANK_LINE.test(gap) ||
      SENTENCE_END.test(text.slice(Math.max(from, to - LONGEST_END), to)) ||
      SPEECH.test(text.slice(resumes, resumes + LONGEST_END));
    if (!isEnd) continue;
    paragraphs.push({ from, to });
    from = resumes;
  }
  if (from < end) paragraphs.push({ from, to: end });
  return paragraphs;
}
