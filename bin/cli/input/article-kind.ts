// Recognises files that are not plain text before they are archived.

/** Names of file formats, the bytes with which such files begin, and advice. */
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

/** Returns why a file is not an article's text; undefined if it may be one. */
export function refusalOf(bytes: Uint8Array): string | undefined {
  // Latin-1 decodes any bytes, including those of binary files.
  const beginning = Buffer.from(bytes.subarray(0, BEGINNING_BYTES))
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '');
  const kind = KINDS.find(([, begins]) => begins.test(beginning));
  return kind && `is ${kind[0]}, and an article is archived as plain text: ${kind[2]}`;
}
