// Finds the imports and re-exports of a TypeScript source, for checks of the architecture. Comments are not tokens, and the
// content of strings and regular expressions is not read as code.
import { scan } from '../../tools/plain-english/scan.ts';

export interface Token {
  /** `word` is an identifier or a keyword; `literal` a string without its quotes, a regular expression or a template. */
  readonly kind: 'word' | 'literal' | 'sign';
  readonly text: string;
}

export interface Import {
  readonly from: string;
  /** Exported names; `*` for a namespace or a whole module, `default` for the default export. */
  readonly names: readonly string[];
}

export function tokensOf(source: string): Token[] {
  return scan(source).flatMap(({ kind, value }) => (kind === 'comment' ? [] : [{ kind, text: value }]));
}

/** Returns static imports, `export … from` and `import('…')`, also those of types only. */
export function importsOf(tokens: readonly Token[]): Import[] {
  const imports: Import[] = [];
  for (const [index, { kind, text }] of tokens.entries()) {
    if (kind !== 'word' || !['import', 'export'].includes(text) || tokens[index - 1]?.text === '.') continue;
    const next = tokens[index + 1];
    if (text === 'import' && next?.text === '.') continue;
    if (text === 'import' && next?.text === '(') {
      imports.push({ from: tokens[index + 2]?.text ?? '', names: ['*'] });
    } else if (text === 'import' || isReExport(tokens, index)) {
      const end = tokens.findIndex((token, at) => at > index && token.kind === 'literal');
      if (end > 0)
        imports.push({ from: tokens[end]?.text ?? '', names: namesIn(tokens.slice(index + 1, end)) });
    }
  }
  return imports;
}

/** Returns true if this `export` is `export { … } from` or `export * from`. */
function isReExport(tokens: readonly Token[], index: number): boolean {
  const at = tokens[index + 1]?.text === 'type' ? index + 2 : index + 1;
  if (tokens[at]?.text === '*') return true;
  if (tokens[at]?.text !== '{') return false;
  const close = tokens.findIndex((token, after) => after > at && token.text === '}');
  return tokens[close + 1]?.text === 'from';
}

function namesIn(clause: readonly Token[]): string[] {
  const words = clause.filter(({ text }) => text !== 'from' && text !== 'type').map(({ text }) => text);
  if (words.length === 0 || words.includes('*')) return ['*'];
  const open = words.indexOf('{');
  const defaults = words[0] === '{' ? [] : ['default'];
  const braced = open === -1 ? [] : words.slice(open + 1, words.indexOf('}'));
  return [
    ...defaults,
    ...braced.filter((word, at) => word !== ',' && word !== 'as' && braced[at - 1] !== 'as'),
  ];
}

/** Returns true if a file only re-exports names of other modules. */
export function isBarrel(tokens: readonly Token[]): boolean {
  let hasReExport = false;
  for (let at = 0; at < tokens.length;) {
    const first = tokens[at]?.text;
    const after = tokens[at + 1]?.text === 'type' ? tokens[at + 2]?.text : tokens[at + 1]?.text;
    const exports = first === 'export' && (after === '{' || after === '*');
    if (first !== ';' && first !== 'import' && !exports) return false;
    hasReExport ||= exports;
    const end = tokens.findIndex((token, index) => index >= at && token.text === ';');
    at = end === -1 ? tokens.length : end + 1;
  }
  return hasReExport;
}
