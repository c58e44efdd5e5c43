// Normalizes typography for the search only: quotation marks, dashes, white space, line ends, ligatures, zero-width
// characters and Unicode composition. Each normalized unit maps to its source index, so matches return the original text.

import { ATTACHED, DASH, expansionOf, IGNORED, kindOf, MARK, PLAIN, REGIONAL, SPACE } from './characters.ts';
import { brokenWord, gapAt, hyphenated } from './gaps.ts';
import { Runs } from './runs.ts';
import { pointAt, stringOf } from './units.ts';

/** A normalized text with the mapping of its units to the original. */
export interface NormalizedText {
  readonly text: string;
  readonly units: Uint16Array;
  readonly runs: Runs;
  /** The UTF-16 indexes of surrogate pairs, for counting code points. */
  readonly pairs: readonly number[];
  /** Words that are divided at a line end, with their hyphen: `co-operation`. */
  readonly broken: readonly string[];
}

/** Returns true if a word that is divided at a line end keeps its hyphen. */
export type KeepsHyphen = (word: string) => boolean;

interface Normalization {
  readonly text: string;
  readonly units: Uint16Array;
  readonly runs: Runs;
  readonly pairs: number[];
  readonly broken: string[];
  readonly keepsHyphen: KeepsHyphen;
  at: number;
  written: number;
  /** Index in `units` of the last character with its marks. */
  cluster: number;
}

// Expansions and compositions are at most three times as long as their source, except for Arabic words and phrases
// that are one character.
const MAX_EXPANSION = 3;
const MAX_PHRASE_LENGTH = 18;
const countPhrases = (text: string): number => text.match(/[\uFDF0-\uFDFC]/g)?.length ?? 0;
// No writing system has longer runs of marks. The limit keeps composition linear.
const MAX_CLUSTER = 32;
const MAX_COMPOSITIONS = 4096;

const compositions = new Map<number, string>();

/** Normalizes a text. Hyphens at line ends are removed unless `keepsHyphen` accepts the word that they divide. */
export function normalizeText(text: string, keepsHyphen: KeepsHyphen = () => false): NormalizedText {
  const units = new Uint16Array(MAX_EXPANSION * text.length + MAX_PHRASE_LENGTH * countPhrases(text));
  const [runs, pairs, broken] = [new Runs(), [], []];
  const normalization: Normalization = {
    text,
    units,
    runs,
    pairs,
    broken,
    keepsHyphen,
    at: 0,
    written: 0,
    cluster: 0,
  };
  while (normalization.at < text.length) {
    // Normalizes in chunks, because engines recompile a single long loop repeatedly while it runs.
    normalizePlain(normalization, Math.min(text.length, normalization.at + 4096));
    if (normalization.at < text.length) normalizeOther(normalization);
  }
  runs.add(normalization.written, text.length);
  return { text, units: units.slice(0, normalization.written), runs, pairs, broken };
}

/**
 * Returns the readings of a value: without the hyphens at its line ends and, if it has such hyphens, with them.
 * `hyphens` contains the hyphenated words with which `normalizedFor` normalizes a source in the same way.
 */
export function readingsOf(value: string): { normalized: NormalizedText; hyphens: ReadonlySet<string> }[] {
  const [normalized, hyphens] = [normalizeText(value), hyphenated(value)];
  if (normalized.broken.length === 0) return [{ normalized, hyphens }];
  const kept = {
    normalized: normalizeText(value, () => true),
    hyphens: new Set([...hyphens, ...normalized.broken.map((word) => word.toLowerCase())]),
  };
  return [{ normalized, hyphens }, kept];
}

/** Normalizes a source so that its words keep a hyphen at a line end if the value contains it. */
export function normalizedFor(source: NormalizedText, hyphens: ReadonlySet<string>): NormalizedText {
  const keeps = (word: string) => hyphens.has(word.toLowerCase());
  return source.broken.some(keeps) ? normalizeText(source.text, keeps) : source;
}

const loweredTexts = new WeakMap<NormalizedText, NormalizedText>();

/** Returns the normalized text in lower case. The number of units stays the same, so indexes remain valid. */
export function lowered(normalized: NormalizedText): NormalizedText {
  const cached = loweredTexts.get(normalized);
  if (cached) return cached;
  // Turkish has a dotted and a dotless i in both cases; Greek has a second small sigma at word ends.
  const string = stringOf(normalized.units).replaceAll('İ', 'i').toLowerCase();
  const small = string.replaceAll('ς', 'σ').replaceAll('ı', 'i');
  const units = new Uint16Array(small.length);
  for (let at = 0; at < small.length; at += 1) units[at] = small.charCodeAt(at);
  const result = { ...normalized, units };
  loweredTexts.set(normalized, result);
  return result;
}

function normalizePlain(normalization: Normalization, end: number): void {
  const { text, units, runs } = normalization;
  let { at, written } = normalization;
  for (; at < end; at += 1) {
    let unit = text.charCodeAt(at);
    const kind = kindOf(unit);
    if (kind > DASH) break;
    if (kind !== PLAIN) {
      const start = at;
      if (kind === SPACE) {
        const gap = gapAt(text, at);
        at = gap.end - 1;
        if (gap.vanishes) continue;
      } else {
        const word = brokenWord(text, at);
        if (word !== undefined) {
          normalization.broken.push(word.letters);
          if (!normalization.keepsHyphen(word.letters)) {
            at = word.resumes - 1;
            continue;
          }
        }
      }
      unit = kind === SPACE ? 0x20 : 0x2d;
      const before = written > 0 ? units[written - 1] : undefined;
      // A dash absorbs adjacent spaces, because typography varies.
      if (before === unit || before === 0x2d) continue;
      if (before === 0x20) {
        units[written - 1] = unit;
        continue;
      }
      runs.add(written, start);
    } else runs.add(written, at);
    units[written] = unit;
    written += 1;
  }
  if (written > normalization.written) normalization.cluster = written - 1;
  normalization.at = at;
  normalization.written = written;
}

function normalizeOther(normalization: Normalization): void {
  const { text, at: start } = normalization;
  const point = text.codePointAt(start) ?? 0;
  const kind = kindOf(point);
  if (kind <= DASH && point <= 0xffff) return;
  normalization.at += point > 0xffff ? 2 : 1;
  if (point > 0xffff) normalization.pairs.push(start);
  if (kind === IGNORED || kind === ATTACHED) return;
  const normalized = expansionOf(point) ?? text.slice(start, normalization.at);
  if ((kind === MARK || kind === REGIONAL) && joinsCluster(normalization, kind))
    join(normalization, normalized, start);
  else {
    normalization.cluster = normalization.written;
    write(normalization, normalized, start, normalized.length !== normalization.at - start);
  }
}

/** Appends units. If `whole`, all of them map to the same character of the text. */
function write(normalization: Normalization, normalized: string, start: number, whole: boolean): void {
  for (let k = 0; k < normalized.length; k += 1) {
    normalization.runs.add(normalization.written, whole ? start : start + k);
    normalization.units[normalization.written] = normalized.charCodeAt(k);
    normalization.written += 1;
  }
}

/** Returns true if a mark or the second half of a flag joins the character before it. */
function joinsCluster({ units, written, cluster }: Normalization, kind: number): boolean {
  const last = written > 0 ? units[written - 1] : undefined;
  if (last === undefined || last === 0x20 || last === 0x2d || written - cluster >= MAX_CLUSTER) return false;
  return kind === MARK || (written - cluster === 2 && kindOf(pointAt(units, cluster)) === REGIONAL);
}

/** Composes a mark with the last character, or appends the mark if they do not compose. */
function join(normalization: Normalization, mark: string, start: number): void {
  const { runs, cluster, units, written } = normalization;
  const isPair = written - cluster === 1 && mark.length === 1;
  const key = (units[cluster] ?? 0) * 0x10000 + mark.charCodeAt(0);
  let composed = isPair ? compositions.get(key) : undefined;
  if (composed === undefined) {
    const raw = stringOf(units, cluster, written) + mark;
    composed = raw.normalize('NFC');
    if (composed === raw && kindOf(mark.codePointAt(0) ?? 0) !== REGIONAL) composed = '';
    if (isPair && compositions.size < MAX_COMPOSITIONS) compositions.set(key, composed);
  }
  if (composed === '') return write(normalization, mark, start, false);
  runs.cutAfter(cluster);
  normalization.written = cluster;
  return write(normalization, composed, runs.indexOf(cluster), true);
}
