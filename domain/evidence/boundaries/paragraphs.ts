// Finds the beginnings of paragraphs. Texts separate paragraphs by blank lines, have one paragraph on each line, or are
// wrapped at line ends. They also contain headings and lists.

interface Line {
  readonly start: number;
  readonly text: string;
  /** In columns: a wide character takes two. */
  readonly width: number;
}

const BREAK = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;
const WIDE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u3000-\u303f\uff01-\uff60]/gu;
/** If no line has this many columns, a short line does not tell a heading: all lines are taken to be wrapped. */
const MIN_WIDTH = 60;
/** A line may end this much early, because of punctuation that must not begin the next one. */
const SLACK = 2;

/** Returns the offsets of the lines that begin a paragraph, but for the first. */
export function paragraphStarts(text: string): number[] {
  const lines = linesOf(text);
  const widest = widestOf(lines);
  const starts: number[] = [];
  for (let first = 0; first < lines.length;) {
    if (lines[first]?.text.trim() === '') {
      starts.push(lines[first++]?.start ?? 0);
      continue;
    }
    let end = first;
    while (end < lines.length && lines[end]?.text.trim() !== '') end++;
    const block = lines.slice(first, end);
    const own = widestOf(block);
    const width = block.length > 2 && own >= MIN_WIDTH ? own : widest;
    for (const [index, line] of block.entries()) {
      const before = block[index - 1];
      if (!before || !isWrapped(before, line, width)) starts.push(line.start);
    }
    first = end;
  }
  return starts.filter((start) => start > 0);
}

function linesOf(text: string): Line[] {
  const breaks = [...text.matchAll(BREAK)];
  return [...breaks, undefined].map((each, index) => {
    const before = breaks[index - 1];
    const start = before ? before.index + before[0].length : 0;
    const line = text.slice(start, each?.index ?? text.length);
    return { start, text: line, width: widthOf(line.trimEnd()) };
  });
}

const widestOf = (lines: readonly Line[]): number =>
  lines.reduce((widest, { width }) => Math.max(widest, width), 0);
const widthOf = (text: string): number => text.length + (text.match(WIDE)?.length ?? 0);
const indentOf = ({ text }: Line): number => widthOf(/^\s*/.exec(text)?.[0] ?? '');

const LIST_ITEM = /^\s*(?:[-*•–—‣◦·]|\(?\d{1,3}[.)])\s/;
const IS_UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** Returns true if `next` continues this line: its first word would not have fitted on the line. */
function isWrapped(line: Line, next: Line, width: number): boolean {
  const isItem = LIST_ITEM.test(next.text);
  if (!isItem && /^[\s"'“„«([]*\p{Ll}/u.test(next.text)) return true;
  if (!isItem && /[,;،؛，；、\u00ad-]$/.test(line.text.trimEnd())) return true;
  if (indentOf(next) > indentOf(line) || (isItem && /[:：]$/.test(line.text.trimEnd()))) return false;
  const isUnspaced = IS_UNSPACED.test(next.text.trimStart().slice(0, 2));
  if (width < (isUnspaced ? MIN_WIDTH / 2 : MIN_WIDTH)) return true;
  const word = isUnspaced ? 2 : 1 + widthOf(/\S+/.exec(next.text)?.[0] ?? '');
  return line.width + word + SLACK > width;
}
