// Text for a terminal: as wide as it is, and with whatever a source or a name could do to a terminal taken out.
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

const DEFAULT_COLUMNS = 80;
const MIN_COLUMNS = 40;
/** Longer lines of running text are hard to read. */
const MAX_TEXT_COLUMNS = 100;

/** Columns of the terminal, or those that COLUMNS says; undefined if lines may be of any length, as in a file. */
export function columns(
  { isTTY, columns: own }: { readonly isTTY?: boolean; readonly columns?: number } = process.stdout,
  said: string | undefined = process.env['COLUMNS'],
): number | undefined {
  const given = isTTY ? own : Number(said || Number.NaN);
  return given !== undefined && given > 0 ? Math.max(MIN_COLUMNS, Math.floor(given)) : undefined;
}

const textColumns = (): number => Math.min(columns() ?? DEFAULT_COLUMNS, MAX_TEXT_COLUMNS);

/** Untrusted text: no escape sequences, no control characters, no override of the writing direction. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');

/** JSON for a terminal: what JSON leaves as it is and a terminal may obey is escaped, which changes no value. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, undefined, 2).replace(
    /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Wraps at words; lines after the first are indented by `hang` more. */
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

/** Words; one that is too long, as text without spaces is, can be broken anywhere, unless it is an id or an address. */
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

/** Runs of text with their labels, the texts in one column, unless a word does not fit into it. */
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

/** An item of a list: on one line if it fits; on a terminal that is narrower its text is wrapped, its id below. */
export function itemLine(text: string, id: string): string {
  const line = `${text}  ${id}`;
  if (isOneLine(line)) return line;
  const hang = 4;
  return `${wrap(text, 0, hang)}\n${' '.repeat(hang)}${id}`;
}

/** False on a terminal that is narrower than the line. */
export const isOneLine = (line: string): boolean =>
  !line.includes('\n') && stringWidth(line) <= (columns() ?? Number.POSITIVE_INFINITY);

/** A message of any number of lines, wrapped where it is read on a terminal. */
export const message = (text: string): string =>
  columns() === undefined
    ? text
    : text
        .split('\n')
        .map((line) => wrap(line, /^ */.exec(line)?.[0].length))
        .join('\n');
