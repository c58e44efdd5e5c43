// Checks the language of one file: phrases, names, and the length of sentences and comments.
import { proseOfCode, proseOfMarkdown, unreleased, wordsIn, type Prose } from './prose.ts';
import { scan } from './scan.ts';
import {
  EXCLUDED_PATHS,
  MAX_COMMENT_LINES,
  MAX_SENTENCE_WORDS,
  NAMES,
  OPENINGS,
  PHRASES,
  type Rule,
} from './words-to-avoid.ts';

export interface Finding {
  readonly line: number;
  readonly message: string;
}

interface Text extends Prose {
  /** The prose with quotations, code and addresses replaced by one word each. */
  readonly masked: string;
}

const compile = (rules: readonly Rule[], before: string, after: string, flags: string) =>
  rules.map(({ pattern, advice }) => ({
    pattern: new RegExp(`${before}(?:${pattern.replaceAll(' ', '\\s+')})${after}`, flags),
    advice,
  }));
const PHRASE_RULES = compile(PHRASES, '(?<![\\p{L}\\p{N}_.\\]-])', '(?![\\p{L}\\p{N}_-]|\\.\\w)', 'giu');
const OPENING_RULES = compile(OPENINGS, '^', '\\b', 'i');
const NAME_RULES = compile(NAMES, '^', '$', '');
/** A verb in the third person. Other openings in "s" are listed. */
const VERB = /^(?!(?:This|As|Its|Always|Plus|Thus|Yes|Besides)\b)\p{Lu}[\p{L}-]*s$/u;

/** Returns true for files with prose that is ours: TypeScript, JavaScript and Markdown. */
export function isChecked(path: string): boolean {
  return /\.(?:[cm]?[tj]s|md)$/.test(path) && !EXCLUDED_PATHS.test(path);
}

/** Returns the findings of one file in the order of its lines. `path` is relative to the root, with slashes. */
export function check(path: string, source: string): Finding[] {
  const isMarkdown = path.endsWith('.md');
  const markdown = path.endsWith('CHANGELOG.md') ? unreleased(source) : source;
  const prose = isMarkdown ? proseOfMarkdown(markdown) : proseOfCode(source, path.startsWith('test/'));
  const texts = prose.map((each): Text => ({ ...each, masked: mask(each.text) }));
  return [
    ...texts.flatMap(phrases),
    ...texts.flatMap(sentences),
    ...texts.flatMap(commentLength),
    ...texts.flatMap(verb),
    ...(isMarkdown ? [] : names(source)),
  ].toSorted((a, b) => a.line - b.line);
}

function phrases(text: Text): Finding[] {
  return PHRASE_RULES.flatMap(({ pattern, advice }) =>
    Array.from(text.masked.matchAll(pattern), ({ index, 0: match }) =>
      finding(text, index, `"${match.replaceAll(/\s+/g, ' ')}": ${advice}`),
    ),
  );
}

function sentences(text: Text): Finding[] {
  return sentencesOf(text.masked).flatMap(({ sentence, offset }) => {
    const words = wordsIn(sentence);
    const start = sentence.split(/\s+/).slice(0, 4).join(' ');
    const isProse = text.kind !== 'heading' && text.kind !== 'cell' && text.kind !== 'message';
    const opening = OPENING_RULES.find(({ pattern }) => pattern.test(sentence));
    return [
      ...(words > MAX_SENTENCE_WORDS && text.kind !== 'cell' && !isFormal(sentence)
        ? [finding(text, offset, `"${start} …" has ${words} words: split it, ${MAX_SENTENCE_WORDS} at most`)]
        : []),
      ...(isProse && opening !== undefined && !sentence.includes('?')
        ? [finding(text, offset, `sentence begins "${start} …": ${opening.advice}`)]
        : []),
    ];
  });
}

function commentLength(text: Text): Finding[] {
  const lines = text.text.trim().split('\n').length;
  return text.kind === 'comment' && lines > MAX_COMMENT_LINES
    ? [
        finding(
          text,
          0,
          `comment of ${lines} lines: ${MAX_COMMENT_LINES} at most, the rest to docs/decisions/`,
        ),
      ]
    : [];
}

function verb(text: Text): Finding[] {
  const first = /^\s*(\p{L}[\p{L}-]*)/u.exec(text.text)?.[1];
  return text.kind === 'function' && first !== undefined && !VERB.test(first)
    ? [finding(text, 0, `docstring begins "${first}": begin with a verb (Reads, Returns, Throws …)`)]
    : [];
}

/** Reports each name once, at its first use. */
function names(source: string): Finding[] {
  const first = new Map<string, number>();
  for (const { kind, text, start } of scan(source)) {
    if (kind === 'word' && !first.has(text)) first.set(text, start);
  }
  return [...first].flatMap(([text, start]) => {
    const rule = NAME_RULES.find(({ pattern }) => pattern.test(text));
    const line = source.slice(0, start).split('\n').length;
    return rule === undefined ? [] : [{ line, message: `name "${text}": rename it to ${rule.advice}` }];
  });
}

function finding({ line, masked }: Text, offset: number, message: string): Finding {
  return { line: line + masked.slice(0, offset).split('\n').length - 1, message };
}

const replaceWith = (word: string) => (match: string) => word + match.replaceAll(/[^\n]/g, '');

/** Replaces code, quotations and addresses with one word each, and keeps all line breaks. */
function mask(text: string): string {
  return text
    .replaceAll(/(`+)[^`][\s\S]*?\1/g, replaceWith('CODE'))
    .replaceAll(/\{@link [^}]*\}|<[\w./-][^>\n]*>/g, replaceWith('CODE'))
    .replaceAll(/!?\[([^\]]*)\]\([^)\s]*\)/g, '$1')
    .replaceAll(/https?:\/\/\S+/g, 'URL')
    .replaceAll(/“[^”]*”|«[^»]*»|‘[^’]*’|"[^"]*"/g, replaceWith('QUOTE'))
    .replaceAll(/(?<![\p{L}\p{N}])'[^']+'(?![\p{L}\p{N}])/gu, replaceWith('QUOTE'))
    .replaceAll(/\b(?:e\.g|i\.e|cf|vs|etc)\.(?=\s)/g, 'eg');
}

/** Splits at ends of sentences, empty lines, list items and tags. */
function sentencesOf(text: string): { sentence: string; offset: number }[] {
  const ends =
    /\n[ \t]*\n|\n\s*(?=(?:[-*•+]|\d+[.)])\s)|\n\s*(?=@\w)|(?<=[.!?…][)\]]*)\s+(?=[\p{Lu}\p{N}([*_])|$/gu;
  const found: { sentence: string; offset: number }[] = [];
  let from = 0;
  for (const { index, 0: match } of text.matchAll(ends)) {
    const raw = text.slice(from, index);
    const sentence = raw.trim();
    if (sentence !== '') found.push({ sentence, offset: from + raw.indexOf(sentence) });
    from = index + match.length;
  }
  return found;
}

/** Returns true for queries, markup, tables and lists of values, which are not sentences. */
function isFormal(sentence: string): boolean {
  return /^(?:SELECT|INSERT|CREATE|UPDATE|DELETE|WITH)\b|[={}<>|]/.test(sentence);
}
