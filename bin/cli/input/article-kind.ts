// Recognises files that are no plain text, before they are archived as one.

/** What a file begins with, and what to do about it. */
const KINDS: readonly (readonly [what: string, begins: RegExp, advice: string])[] = [
  ['a PDF', /^\s*%PDF-/, 'extract its text first, for instance with pdftotext, and archive that'],
  [
    'an HTML page',
    /^(?:\s|<\?xml[^>]*>|<!--[^]*?-->)*<(?:!doctype\s+html|html|head|body|title|meta|article|div|p)\b/i,
    'save its text first, for instance with "save as text" of a browser, and archive that',
  ],
  ['a Word or ZIP file', /^PK[^\s\w]{2}/, 'save it as plain text in UTF-8 first, and archive that'],
  ['an RTF file', /^\{\\rtf/, 'save it as plain text in UTF-8 first, and archive that'],
];

const BEGINNING_BYTES = 4_096;

/** Returns what is wrong with a file as the text of an article; undefined if it may be one. */
export function refusalOf(bytes: Uint8Array): string | undefined {
  // Latin-1 decodes any bytes, so that a binary file is recognised too.
  const beginning = Buffer.from(bytes.subarray(0, BEGINNING_BYTES))
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '');
  const kind = KINDS.find(([, begins]) => begins.test(beginning));
  return kind && `is ${kind[0]}, and an article is archived as plain text: ${kind[2]}`;
}
