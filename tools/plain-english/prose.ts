// Extracts prose from sources: comments, docstrings, messages and test names of TypeScript, paragraphs of Markdown.
import { SyntaxKind } from 'typescript/unstable/ast';
import { scan, type ScannedToken } from './scan.ts';
import { MIN_MESSAGE_WORDS } from './words-to-avoid.ts';

export interface Prose {
  readonly kind: 'comment' | 'docstring' | 'function' | 'message' | 'paragraph' | 'heading' | 'cell';
  /** Has as many line breaks as the source, so that an offset yields a line. */
  readonly text: string;
  /** Line of the first character, from 1. */
  readonly line: number;
}

const DIRECTIVE = /^\/\/\s*(?:oxlint|eslint|@ts-|#|prettier|oxfmt)/;
const MODIFIERS = new Set(['export', 'default', 'declare', 'async']);
const TEST_CALLS = new Set(['test', 'it', 'describe', 'skip', 'only', 'concurrent', 'sequential', 'fails']);

/** Extracts comments and messages. In tests, names of tests are the only strings that count as messages. */
export function proseOfCode(source: string, isTest: boolean): Prose[] {
  const tokens = scan(source);
  const lineAt = lineFinder(source);
  return [...commentsOf(source, tokens, lineAt), ...messagesOf(tokens, lineAt, isTest)];
}

function commentsOf(source: string, tokens: readonly ScannedToken[], lineAt: LineFinder): Prose[] {
  const found: (Prose & { last?: number })[] = [];
  for (const [index, { kind, text, start }] of tokens.entries()) {
    if (kind !== 'comment' || DIRECTIVE.test(text)) continue;
    const line = lineAt(start);
    if (text.startsWith('//')) {
      const previous = found.at(-1);
      const ownLine = source.slice(source.lastIndexOf('\n', start) + 1, start).trim() === '';
      const content = text.slice(2);
      if (ownLine && previous?.last === line - 1) {
        found[found.length - 1] = { ...previous, text: `${previous.text}\n${content}`, last: line };
      } else {
        found.push({ kind: 'comment', text: content, line, ...(ownLine ? { last: line } : {}) });
      }
    } else {
      const content = text.replace(/^\/\*+|\*+\/$/g, '').replaceAll(/^[ \t]*\* ?/gm, '');
      found.push({
        kind: text.startsWith('/**') ? docstringKind(tokens, index) : 'comment',
        text: content,
        line,
      });
    }
  }
  return found;
}

function docstringKind(tokens: readonly ScannedToken[], index: number): Prose['kind'] {
  const next = tokens.slice(index + 1, index + 6).find(({ text }) => !MODIFIERS.has(text));
  return next?.text === 'function' ? 'function' : 'docstring';
}

/** Returns the literals with at least four words; each expression of a template is one word. Skips `words('…')`. */
function messagesOf(tokens: readonly ScannedToken[], lineAt: LineFinder, isTest: boolean): Prose[] {
  const code = tokens.filter(({ kind }) => kind !== 'comment');
  const found: Prose[] = [];
  const add = (text: string, start: number, index: number): void => {
    if (isTest ? !isTestName(code, index) : code[index - 2]?.text === 'words') return;
    for (const part of text.split('\n')) {
      if (wordsIn(part) >= MIN_MESSAGE_WORDS)
        found.push({ kind: 'message', text: part, line: lineAt(start) });
    }
  };
  const open: { text: string; start: number; index: number }[] = [];
  for (const [index, { syntax, value, start }] of code.entries()) {
    const template = open.at(-1);
    if (syntax === SyntaxKind.StringLiteral || syntax === SyntaxKind.NoSubstitutionTemplateLiteral) {
      add(value, start, index);
    } else if (syntax === SyntaxKind.TemplateHead) {
      open.push({ text: value, start, index });
    } else if (template !== undefined && syntax === SyntaxKind.TemplateMiddle) {
      template.text += `VALUE${value}`;
    } else if (template !== undefined && syntax === SyntaxKind.TemplateTail) {
      open.pop();
      add(`${template.text}VALUE${value}`, template.start, template.index);
    }
  }
  return found;
}

/** Returns true for the first argument of `test(…)`, `describe(…)` or `test.each(…)(…)`. */
function isTestName(code: readonly ScannedToken[], index: number): boolean {
  const callee = code[index - 2]?.text ?? '';
  return code[index - 1]?.text === '(' && (TEST_CALLS.has(callee) || callee === ')');
}

/** Extracts paragraphs, list items, headings and cells. Skips code blocks and quoted blocks. */
export function proseOfMarkdown(source: string): Prose[] {
  const found: Prose[] = [];
  let lines: string[] = [];
  let first = 0;
  let fence: string | undefined;
  const flush = (): void => {
    if (lines.length > 0) found.push({ kind: 'paragraph', text: lines.join('\n'), line: first });
    lines = [];
  };
  for (const [index, raw] of source.split('\n').entries()) {
    const line = index + 1;
    const marker = /^\s*(`{3,}|~{3,})/.exec(raw)?.[1];
    const heading = /^#{1,6}\s+(.*)/.exec(raw)?.[1];
    if (fence !== undefined) {
      if (marker?.startsWith(fence)) fence = undefined;
    } else if (marker !== undefined) {
      flush();
      fence = marker;
    } else if (heading !== undefined) {
      flush();
      found.push({ kind: 'heading', text: heading, line });
    } else if (/^\s*\|/.test(raw)) {
      flush();
      for (const text of raw.split(/(?<!\\)\|/)) found.push({ kind: 'cell', text, line });
    } else if (/^\s*(?:$|>|<|\[[^\]]+\]: )/.test(raw)) {
      flush();
    } else {
      const item = /^\s*(?:[-*+]|\d+[.)])\s+/.exec(raw)?.[0];
      if (item !== undefined) flush();
      if (lines.length === 0) first = line;
      lines.push(raw.slice(item?.length ?? 0));
    }
  }
  flush();
  return found;
}

/** Blanks all of a changelog but its "Unreleased" section, because released sections are history. */
export function unreleased(source: string): string {
  let isOpen = false;
  return source
    .split('\n')
    .map((line) => {
      if (/^##? /.test(line)) isOpen = /^## Unreleased/i.test(line);
      return isOpen ? line : '';
    })
    .join('\n');
}

/** Counts the words: runs of characters with at least one letter or digit. */
export function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

type LineFinder = (offset: number) => number;

function lineFinder(source: string): LineFinder {
  const starts = Array.from(source.matchAll(/\n/g), ({ index }) => index + 1);
  return (offset) => 1 + starts.filter((start) => start <= offset).length;
}
