// Folds a text for the search only, so that typography never hides a quotation: quotation marks, dashes, white
// space, line ends, ligatures, zero-width characters and Unicode composition. Every folded unit keeps its place in the
// text, so that the search returns the text's own characters.

import { ATTACHED, DASH, expansionOf, IGNORED, kindOf, MARK, PLAIN, REGIONAL, SPACE } from './characters.ts';
import { brokenWord, gapAt, hyphenated } from './gaps.ts';
import { Runs } from './runs.ts';
import { pointAt, stringOf } from './units.ts';

export interface Folded {
  readonly text: string;
  readonly units: Uint16Array;
  readonly runs: Runs;
  /** The UTF-16 indexes of surrogate pairs, for counting code points. */
  readonly pairs: readonly number[];
  /** The words that a hyphen at a line end divides, each with its hyphen: `co-operation`. */
  readonly broken: readonly string[];
}

/** Does the hyphen belong to this word, which is divided at it by a line end? */
export type KeepsHyphen = (word: string) => boolean;

interface Folding {
  readonly text: string;
  readonly units: Uint16Array;
  readonly runs: Runs;
  readonly pairs: number[];
  readonly broken: string[];
  readonly keepsHyphen: KeepsHyphen;
  at: number;
  written: number;
  /** Where in `units` the last character begins, with its marks. */
  cluster: number;
}

// Neither an expansion nor a composition is ever longer than three times what it comes from, but for the Arabic words
// and phrases that are one character.
const MAX_GROWTH = 3;
const MAX_OF_PHRASE = 18;
const phrases = (text: string): number => text.match(/[\uFDF0-\uFDFC]/g)?.length ?? 0;
// Longer runs of marks are no writing; without a limit they would make composition quadratic.
const LONGEST_CLUSTER = 32;
const MAX_COMPOSITIONS = 4096;

const compositions = new Map<number, string>();

/** `keepsHyphen` decides on hyphens at line ends, which may be the word's own or the printer's; left out by default. */
export function foldText(text: string, keepsHyphen: KeepsHyphen = () => false): Folded {
  const units = new Uint16Array(MAX_GROWTH * text.length + MAX_OF_PHRASE * phrases(text));
  const [runs, pairs, broken] = [new Runs(), [], []];
  const folding: Folding = { text, units, runs, pairs, broken, keepsHyphen, at: 0, written: 0, cluster: 0 };
  while (folding.at < text.length) {
    // In stretches: one loop over a whole article would be compiled over and over in the middle of its run.
    foldPlain(folding, Math.min(text.length, folding.at + 4096));
    if (folding.at < text.length) foldOther(folding);
  }
  runs.add(folding.written, text.length);
  return { text, units: units.slice(0, folding.written), runs, pairs, broken };
}

/**
 * The ways to read a value: with the hyphens at its own line ends left out, and, if it has any, with them kept. Each
 * comes with the hyphenated words by which a source is folded in the same way (`foldedFor`).
 */
export function readingsOf(value: string): { folded: Folded; hyphens: ReadonlySet<string> }[] {
  const [folded, hyphens] = [foldText(value), hyphenated(value)];
  if (folded.broken.length === 0) return [{ folded, hyphens }];
  const kept = {
    folded: foldText(value, () => true),
    hyphens: new Set([...hyphens, ...folded.broken.map((word) => word.toLowerCase())]),
  };
  return [{ folded, hyphens }, kept];
}

/** A source folded so that a hyphen at a line end stays where the value has it. */
export function foldedFor(source: Folded, hyphens: ReadonlySet<string>): Folded {
  const keeps = (word: string) => hyphens.has(word.toLowerCase());
  return source.broken.some(keeps) ? foldText(source.text, keeps) : source;
}

const lower = new WeakMap<Folded, Folded>();

/** The same text without differences of case. Every unit keeps its place. */
export function lowered(folded: Folded): Folded {
  const known = lower.get(folded);
  if (known) return known;
  // Turkish has two letters i, each in both cases; Greek ends words with another small sigma.
  const string = stringOf(folded.units).replaceAll('İ', 'i').toLowerCase();
  const small = string.replaceAll('ς', 'σ').replaceAll('ı', 'i');
  const units = new Uint16Array(small.length);
  for (let at = 0; at < small.length; at += 1) units[at] = small.charCodeAt(at);
  const result = { ...folded, units };
  lower.set(folded, result);
  return result;
}

function foldPlain(folding: Folding, end: number): void {
  const { text, units, runs } = folding;
  let { at, written } = folding;
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
          folding.broken.push(word.letters);
          if (!folding.keepsHyphen(word.letters)) {
            at = word.resumes - 1;
            continue;
          }
        }
      }
      unit = kind === SPACE ? 0x20 : 0x2d;
      const before = written > 0 ? units[written - 1] : undefined;
      // Printers set dashes with space around them and without: the dash stands for both.
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
  if (written > folding.written) folding.cluster = written - 1;
  folding.at = at;
  folding.written = written;
}

function foldOther(folding: Folding): void {
  const { text, at: start } = folding;
  const point = text.codePointAt(start) ?? 0;
  const kind = kindOf(point);
  if (kind <= DASH && point <= 0xffff) return;
  folding.at += point > 0xffff ? 2 : 1;
  if (point > 0xffff) folding.pairs.push(start);
  if (kind === IGNORED || kind === ATTACHED) return;
  const folded = expansionOf(point) ?? text.slice(start, folding.at);
  if ((kind === MARK || kind === REGIONAL) && joinsCluster(folding, kind)) join(folding, folded, start);
  else {
    folding.cluster = folding.written;
    write(folding, folded, start, folded.length !== folding.at - start);
  }
}

/** A `whole` stands for one character of the text: no unit of it has a place of its own. */
function write(folding: Folding, folded: string, start: number, whole: boolean): void {
  for (let k = 0; k < folded.length; k += 1) {
    folding.runs.add(folding.written, whole ? start : start + k);
    folding.units[folding.written] = folded.charCodeAt(k);
    folding.written += 1;
  }
}

/** Does a mark, or the second half of a flag, belong to the character before it? */
function joinsCluster({ units, written, cluster }: Folding, kind: number): boolean {
  const last = written > 0 ? units[written - 1] : undefined;
  if (last === undefined || last === 0x20 || last === 0x2d || written - cluster >= LONGEST_CLUSTER)
    return false;
  return kind === MARK || (written - cluster === 2 && kindOf(pointAt(units, cluster)) === REGIONAL);
}

function join(folding: Folding, mark: string, start: number): void {
  const { runs, cluster, units, written } = folding;
  const isPair = written - cluster === 1 && mark.length === 1;
  const key = (units[cluster] ?? 0) * 0x10000 + mark.charCodeAt(0);
  let composed = isPair ? compositions.get(key) : undefined;
  if (composed === undefined) {
    const raw = stringOf(units, cluster, written) + mark;
    composed = raw.normalize('NFC');
    if (composed === raw && kindOf(mark.codePointAt(0) ?? 0) !== REGIONAL) composed = '';
    if (isPair && compositions.size < MAX_COMPOSITIONS) compositions.set(key, composed);
  }
  if (composed === '') return write(folding, mark, start, false);
  runs.cutAfter(cluster);
  folding.written = cluster;
  return write(folding, composed, runs.indexOf(cluster), true);
}
