// Formats text for a terminal: wraps it to the width, and removes control sequences from untrusted text.
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

const DEFAULT_COLUMNS = 80;
const MIN_COLUMNS = 40;
/** Longer lines of running text are hard to read. */
const MAX_TEXT_COLUMNS = 100;

/** Returns the columns of the terminal or of COLUMNS; undefined if the output is a file. */
export function columns(
  { isTTY, columns: own }: { readonly isTTY?: boolean; readonly columns?: number } = process.stdout,
  said: string | undefined = process.env['COLUMNS'],
): number | undefined {
  const given = isTTY ? own : Number(said || Number.NaN);
  return given !== undefined && given > 0 ? Math.max(MIN_COLUMNS, Math.floor(given)) : undefined;
}

const textColumns = (): number => Math.min(columns() ?? DEFAULT_COLUMNS, MAX_TEXT_COLUMNS);

/** Removes escape sequences, control characters and overrides of the writing direction from untrusted text. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');

/** Returns JSON in which all control characters are escaped, so that a terminal obeys no sequence. Values do not change. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, undefined, 2).replace(
    /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Wraps text at words. Lines after the first are indented by `hang` more columns. */
export function wrap(text: string, indent = 0, hang = 0): string {
  const width = textColumns();
  const lines: string[] = [];
  let [current, taken] = ['', 0];
  for (const { piece, space } of pieces(plain(text), width - indent - hang)) {
    const room = width - indent - (lines.length > 0 ? hang : 0);
    const wide = stringWidth(piece);
    if (current !== '' && taken + space.length + wide > room) {
      lines.push(current);
      [current, taken] = [piece, wide];
    } else {
      const before = current === '' ? '' : space;
      [current, taken] = [current + before + piece, taken + before.length + wide];
    }
  }
  lines.push(current);
  return lines.map((line, index) => `${' '.repeat(indent + (index > 0 ? hang : 0))}${line}`).join('\n');
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Returns the words of a text. A word wider than the line may be broken, unless it is an id or an address. */
function* pieces(text: string, room: number): Generator<{ readonly piece: string; readonly space: string }> {
  for (const word of text.split(' ')) {
    if (stringWidth(word) <= room || /^[!-~]+$/.test(word)) {
      yield { piece: word, space: ' ' };
      continue;
    }
    let space = ' ';
    for (const { segment } of GRAPHEMES.segment(word)) {
      yield { piece: segment, space };
      space = '';
    }
  }
}

/** Returns labelled texts in two columns; one below the other if a word does not fit into its column. */
export function labelled(
  rows: readonly (readonly [label: string, text: string | undefined])[],
  indent = 0,
): string[] {
  const width = indent + Math.max(0, ...rows.map(([label]) => label.length)) + 2;
  const margin = ' '.repeat(indent);
  return rows.flatMap(([label, text]) => {
    if (text === undefined || text === '') return [];
    const lines = wrap(text, width);
    if (fits(lines)) return [lines.replace(' '.repeat(width), `${margin}${label}`.padEnd(width))];
    return [...(label === '' ? [] : [margin + label]), wrap(text, indent + 4)];
  });
}

const fits = (lines: string): boolean =>
  lines.split('\n').every((line) => stringWidth(line) <= textColumns());

/** Returns an item of a list on one line. On a narrow terminal the text is wrapped, with the id below. */
export function itemLine(text: string, id: string): string {
  const line = `${text}  ${id}`;
  if (isOneLine(line)) return line;
  const hang = 4;
  return `${wrap(text, 0, hang)}\n${' '.repeat(hang)}${id}`;
}

/** Returns false if the terminal is narrower than the line. */
export const isOneLine = (line: string): boolean =>
  !line.includes('\n') && stringWidth(line) <= (columns() ?? Number.POSITIVE_INFINITY);

/** Returns a message of any number of lines, wrapped if a terminal shows it. */
export const message = (text: string): string =>
  columns() === undefined
    ? text
    : text
        .split('\n')
        .map((line) => wrap(line, /^ */.exec(line)?.[0].length))
        .join('\n');
