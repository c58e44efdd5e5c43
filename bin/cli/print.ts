// Text for a terminal: wrapped, and with whatever a source or a name could do to a terminal taken out.
import { stripVTControlCharacters } from 'node:util';

const WIDTH = 88;

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
  const lines: string[] = [];
  let current = '';
  for (const word of plain(text).split(' ')) {
    const room = WIDTH - indent - (lines.length > 0 ? hang : 0);
    if (current !== '' && current.length + 1 + word.length > room) {
      lines.push(current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  lines.push(current);
  return lines.map((line, index) => `${' '.repeat(indent + (index > 0 ? hang : 0))}${line}`).join('\n');
}

/** Runs of text with their labels, the texts in one column. */
export function labelled(
  rows: readonly (readonly [label: string, text: string | undefined])[],
  indent = 0,
): string[] {
  const width = Math.max(0, ...rows.map(([label]) => label.length)) + 2;
  return rows.flatMap(([label, text]) =>
    text === undefined || text === ''
      ? []
      : [
          wrap(text, indent + width, 0).replace(
            ' '.repeat(indent + width),
            `${' '.repeat(indent)}${label.padEnd(width)}`,
          ),
        ],
  );
}
