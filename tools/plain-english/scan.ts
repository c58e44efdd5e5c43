// Splits a TypeScript source into tokens, comments included.
import { SyntaxKind } from 'typescript/unstable/ast';
import { createScanner } from 'typescript/unstable/ast/scanner';

export interface ScannedToken {
  /** `word` is an identifier or a keyword; `literal` is a string, a regular expression or a piece of a template. */
  readonly kind: 'word' | 'literal' | 'sign' | 'comment';
  readonly syntax: SyntaxKind;
  /** The token as the source has it. */
  readonly text: string;
  /** The content of a literal, without quotes and escapes; otherwise `text`. */
  readonly value: string;
  /** Offset in the source. */
  readonly start: number;
}

const TRIVIA = new Set([SyntaxKind.WhitespaceTrivia, SyntaxKind.NewLineTrivia]);
const COMMENTS = new Set([SyntaxKind.SingleLineCommentTrivia, SyntaxKind.MultiLineCommentTrivia]);
const LITERALS = new Set([
  SyntaxKind.StringLiteral,
  SyntaxKind.RegularExpressionLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateHead,
  SyntaxKind.TemplateMiddle,
  SyntaxKind.TemplateTail,
]);

/** Returns all tokens of a source, without whitespace. Handles regular expressions and nested templates. */
export function scan(source: string): ScannedToken[] {
  const scanner = createScanner(false, undefined, source);
  const tokens: ScannedToken[] = [];
  /** The number of open braces within each open template expression. */
  const templates: number[] = [];
  let previous: ScannedToken | undefined;
  for (let syntax = scanner.scan(); syntax !== SyntaxKind.EndOfFile; syntax = scanner.scan()) {
    if (TRIVIA.has(syntax)) continue;
    if (syntax === SyntaxKind.SlashToken || syntax === SyntaxKind.SlashEqualsToken) {
      if (!endsOperand(previous)) syntax = scanner.reScanSlashToken();
    } else if (syntax === SyntaxKind.CloseBraceToken && templates.at(-1) === 0) {
      templates.pop();
      syntax = scanner.reScanTemplateToken(false);
    }
    if (syntax === SyntaxKind.TemplateHead || syntax === SyntaxKind.TemplateMiddle) templates.push(0);
    const open = templates.length - 1;
    if (syntax === SyntaxKind.OpenBraceToken && open >= 0) templates[open] = (templates[open] ?? 0) + 1;
    if (syntax === SyntaxKind.CloseBraceToken && open >= 0) templates[open] = (templates[open] ?? 0) - 1;
    const text = scanner.getTokenText();
    const kind = kindOf(syntax, text);
    const value = kind === 'literal' ? scanner.getTokenValue() : text;
    const token: ScannedToken = { kind, syntax, text, value, start: scanner.getTokenStart() };
    tokens.push(token);
    if (kind !== 'comment') previous = token;
  }
  return tokens;
}

function kindOf(syntax: SyntaxKind, text: string): ScannedToken['kind'] {
  if (COMMENTS.has(syntax)) return 'comment';
  if (LITERALS.has(syntax)) return 'literal';
  return /^[\p{L}_$#]/u.test(text) ? 'word' : 'sign';
}

/** Returns true if a slash after this token divides; elsewhere it begins a regular expression. */
function endsOperand(token: ScannedToken | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === 'word') {
    return !['return', 'typeof', 'case', 'in', 'of', 'yield', 'await'].includes(token.text);
  }
  return token.kind === 'literal' || /^(?:[)\]}]|\d)/.test(token.text);
}
