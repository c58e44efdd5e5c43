// Folds a text for the search only, so that typography never hides a quotation: quotation marks, dashes, white
// space, ligatures, zero-width characters and Unicode composition. Every folded unit keeps its place in the text,
// so that whatever is found is handed back as the text's own characters.

import type { Passage } from './evidence.ts';

/**
 * The unit at `runs[2 * r]` comes from the UTF-16 index `runs[2 * r + 1]` of the text, and those after it from the
 * indexes after that, up to the next run: an entry only where folding changed a length keeps the memory small.
 */
export interface Folded {
  readonly text: string;
  readonly units: Uint16Array;
  readonly runs: Uint32Array;
  /** The UTF-16 indexes of surrogate pairs, for counting code points. */
  readonly pairs: readonly number[];
}

const PLAIN = 1;
const SPACE = 2;
const DASH = 3;
const IGNORED = 4;
// Ignored as well, but belongs to the character before it: variation selectors, the tags of a flag.
const ATTACHED = 5;
const MARK = 6;
const REGIONAL = 7;
const EXPANDED = 8;
const SURROGATE = 9;
const KIND = 0x0f;
const WORD = 0x10;
const UNSPACED = 0x20;
const ZERO_WIDTH_JOINER = 0x200d;
// Longer runs of marks are no writing; without a limit they would make composition quadratic.
const LONGEST_CLUSTER = 32;
const MOST_COMPOSITIONS = 4096;

// Filled as characters are met: classifying all of Unicode at start would cost more than most articles.
const kinds = new Uint8Array(0x110000);
const compositions = new Map<number, string>();
const expansions = new Map<number, string>();

// A double mark is two single ones, and an ellipsis three dots: then '' equals " wherever a quotation is cut.
for (const [characters, folded] of [
  ["'’‘‚‛‹›′‵`´ʹʻʼʽˊˋ՚׳＇｀❛❜\u1FEF\u1FFD", "'"],
  ['"“”„‟«»″‶〃ʺˮ״＂❝❞〝〞〟⹂「」『』', "''"],
  ['‴‷', "'''"],
  ['…', '...'],
  ['ﬀ', 'ff'],
  ['ﬁ', 'fi'],
  ['ﬂ', 'fl'],
  ['ﬃ', 'ffi'],
  ['ﬄ', 'ffl'],
  ['ﬅﬆ', 'st'],
] as const) {
  for (const character of characters) expansions.set(character.codePointAt(0) ?? 0, folded);
}

function kindOf(point: number): number {
  return kinds[point] || classify(point);
}

function classify(point: number): number {
  const character = String.fromCodePoint(point);
  const composed = character.normalize('NFC');
  let kind = PLAIN;
  if (point >= 0xd800 && point <= 0xdbff) kind = SURROGATE;
  else if (expansions.has(point)) kind = EXPANDED;
  else if (/[\p{VS}\u{E0020}-\u{E007F}]/u.test(character)) kind = ATTACHED;
  else if (/\p{DI}/u.test(character)) kind = IGNORED;
  else if (/[\s\u0085]/u.test(character)) kind = SPACE;
  else if (/[\p{Pd}\u2212\u2043]/u.test(character)) kind = DASH;
  // Beside the marks proper: skin tones, and the Hangul vowels and finals that compose with what stands before.
  else if (/[\p{M}\p{EMod}\u1160-\u11FF\uD7B0-\uD7FF]/u.test(character)) kind = MARK;
  else if (/\p{RI}/u.test(character)) kind = REGIONAL;
  else if (composed !== character) {
    expansions.set(point, composed);
    kind = EXPANDED;
  }
  if (/[\p{L}\p{N}\p{M}]/u.test(character)) kind |= WORD;
  if (/[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u.test(character)) {
    kind |= UNSPACED;
  }
  kinds[point] = kind;
  return kind;
}

interface Folding {
  readonly text: string;
  units: Uint16Array;
  runs: Uint32Array;
  /** How much of `runs` is written. */
  ran: number;
  readonly pairs: number[];
  at: number;
  written: number;
  /** Index in the text less index in `units`, in the last run. */
  shift: number;
  /** Where in `units` the last character begins, with its marks. */
  cluster: number;
}

export function fold(text: string): Folded {
  const units = new Uint16Array(text.length + (text.length >> 4) + 64);
  const runs = new Uint32Array(1024);
  const folding: Folding = { text, units, runs, ran: 0, pairs: [], at: 0, written: 0, shift: 0, cluster: 0 };
  while (folding.at < text.length) {
    // In stretches: one loop over a whole article would be compiled over and over in the middle of its run.
    foldPlain(folding, Math.min(text.length, folding.at + 4096));
    if (folding.at < text.length) foldOther(folding);
  }
  beginRun(folding, folding.written, text.length);
  return {
    text,
    units: folding.units.subarray(0, folding.written),
    runs: folding.runs.subarray(0, folding.ran),
    pairs: folding.pairs,
  };
}

function foldPlain(folding: Folding, end: number): void {
  const { text, units } = folding;
  let { at, written } = folding;
  for (; at < end; at += 1) {
    let unit = text.charCodeAt(at);
    const kind = (kinds[unit] || classify(unit)) & KIND;
    if (kind > DASH) break;
    if (kind !== PLAIN) {
      unit = kind === SPACE ? 0x20 : 0x2d;
      if (written > 0 && units[written - 1] === unit) continue;
    }
    if (at - written !== folding.shift) beginRun(folding, written, at);
    units[written] = unit;
    written += 1;
  }
  if (written > folding.written) folding.cluster = written - 1;
  folding.at = at;
  folding.written = written;
}

function beginRun(folding: Folding, written: number, at: number): void {
  if (at - written === folding.shift) return;
  if (folding.ran === folding.runs.length) {
    const larger = new Uint32Array(folding.ran * 2);
    larger.set(folding.runs);
    folding.runs = larger;
  }
  folding.runs[folding.ran] = written;
  folding.runs[folding.ran + 1] = at;
  folding.ran += 2;
  folding.shift = at - written;
}

function foldOther(folding: Folding): void {
  const { text } = folding;
  const start = folding.at;
  const point = text.codePointAt(start) ?? 0;
  const kind = kindOf(point) & KIND;
  if (kind <= DASH && point <= 0xffff) return;
  folding.at += point > 0xffff ? 2 : 1;
  if (point > 0xffff) folding.pairs.push(start);
  if (kind === IGNORED || kind === ATTACHED) return;
  const folded = expansions.get(point) ?? text.slice(start, folding.at);
  if ((kind === MARK || kind === REGIONAL) && joinsCluster(folding, kind)) join(folding, folded, start);
  else {
    folding.cluster = folding.written;
    write(folding, folded, start, folded.length !== folding.at - start);
  }
}

/** A `whole` stands for one character of the text: no unit of it has a place of its own. */
function write(folding: Folding, folded: string, start: number, whole: boolean): void {
  // Every character still to come adds at most one unit, or passes this check itself.
  if (folding.written + folded.length + (folding.text.length - folding.at) > folding.units.length) {
    const larger = new Uint16Array(folding.units.length * 2 + folded.length);
    larger.set(folding.units);
    folding.units = larger;
  }
  for (let k = 0; k < folded.length; k += 1) {
    beginRun(folding, folding.written, whole ? start : start + k);
    folding.units[folding.written] = folded.charCodeAt(k);
    folding.written += 1;
  }
}

/** Does a mark, or the second half of a flag, belong to the character before it? */
function joinsCluster({ units, written, cluster }: Folding, kind: number): boolean {
  const last = written > 0 ? units[written - 1] : undefined;
  if (last === undefined || last === 0x20 || last === 0x2d || written - cluster >= LONGEST_CLUSTER)
    return false;
  return kind === MARK || (written - cluster === 2 && (kindOf(pointAt(units, cluster)) & KIND) === REGIONAL);
}

function join(folding: Folding, mark: string, start: number): void {
  const { runs, cluster, units, written } = folding;
  const isPair = written - cluster === 1 && mark.length === 1;
  const key = (units[cluster] ?? 0) * 0x10000 + mark.charCodeAt(0);
  let composed = isPair ? compositions.get(key) : undefined;
  if (composed === undefined) {
    const raw = stringOf(units, cluster, written) + mark;
    composed = raw.normalize('NFC');
    const isRegional = (kindOf(mark.codePointAt(0) ?? 0) & KIND) === REGIONAL;
    if (composed === raw && !isRegional) composed = '';
    if (isPair && compositions.size < MOST_COMPOSITIONS) compositions.set(key, composed);
  }
  if (composed === '') return write(folding, mark, start, false);
  const base = startOf(runs, folding.ran, cluster);
  while (folding.ran > 0 && (runs[folding.ran - 2] ?? 0) > cluster) folding.ran -= 2;
  folding.shift = base - cluster;
  folding.written = cluster;
  return write(folding, composed, base, true);
}

function startOf(runs: Uint32Array, ran: number, at: number): number {
  let high = ran >> 1;
  // While folding, the place sought is nearly always in the last run.
  let low = ran > 0 && (runs[ran - 2] ?? 0) <= at ? high : 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[2 * middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? at : (runs[2 * low - 1] ?? 0) + at - (runs[2 * low - 2] ?? 0);
}

export function stringOf(units: Uint16Array, from: number, to: number): string {
  let string = '';
  for (let at = from; at < to; at += 1) string += String.fromCharCode(units[at] ?? 0);
  return string;
}

function pointAt(units: Uint16Array, at: number): number {
  const unit = units[at] ?? 0;
  const next = units[at + 1] ?? 0;
  const isPair = (unit & 0xfc00) === 0xd800 && (next & 0xfc00) === 0xdc00;
  return isPair ? 0x10000 + ((unit & 0x3ff) << 10) + (next & 0x3ff) : unit;
}

/** May a passage begin or end before unit `at`? Not inside what one character or one cluster folds to. */
export function isBoundary(folded: Folded, at: number): boolean {
  const { units, text } = folded;
  if (at <= 0 || at >= units.length) return true;
  const start = sourceStart(folded, at);
  if (start === sourceStart(folded, at - 1) || text.charCodeAt(start - 1) === ZERO_WIDTH_JOINER) return false;
  return pointAt(units, at - 1) <= 0xffff && (kindOf(pointAt(units, at)) & KIND) !== MARK;
}

/** 'word', or 'sign' for a character of a script that sets no space between its words; undefined for the rest. */
export function writingAt(units: Uint16Array, at: number): 'word' | 'sign' | undefined {
  const isTrail = ((units[at] ?? 0) & 0xfc00) === 0xdc00 && ((units[at - 1] ?? 0) & 0xfc00) === 0xd800;
  const kind = kindOf(pointAt(units, isTrail ? at - 1 : at));
  if ((kind & WORD) === 0) return undefined;
  return (kind & UNSPACED) === 0 ? 'word' : 'sign';
}

function sourceStart(folded: Folded, at: number): number {
  return startOf(folded.runs, folded.runs.length, at);
}

/** Where the characters before unit `at` end in the text, without what is ignored after them. */
function sourceEnd(folded: Folded, at: number): number {
  let end = sourceStart(folded, at);
  const least = at > 0 ? sourceStart(folded, at - 1) : end;
  while (end > least + 1) {
    const isTrail = (folded.text.charCodeAt(end - 1) & 0xfc00) === 0xdc00 && end > least + 2;
    const width = isTrail && (folded.text.codePointAt(end - 2) ?? 0) > 0xffff ? 2 : 1;
    if ((kindOf(folded.text.codePointAt(end - width) ?? 0) & KIND) !== IGNORED) break;
    end -= width;
  }
  return end;
}

/** The number of code points before a UTF-16 index of the text. */
function pointsBefore(folded: Folded, index: number): number {
  let low = 0;
  let high = folded.pairs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((folded.pairs[middle] ?? 0) < index) low = middle + 1;
    else high = middle;
  }
  return index - low;
}

/** The text's own characters that units `from` to `to` come from. */
export function sliceOf(folded: Folded, from: number, to: number): string {
  return folded.text.slice(sourceStart(folded, from), sourceEnd(folded, to));
}

/** Counted in code points; with what stands directly around it, where asked. */
export function passageAt(
  folded: Folded,
  from: number,
  to: number,
  prefixFrom?: number,
  suffixTo?: number,
): Passage {
  const [start, end] = [sourceStart(folded, from), sourceEnd(folded, to)];
  const { text } = folded;
  return {
    start: pointsBefore(folded, start),
    end: pointsBefore(folded, end),
    exact: text.slice(start, end),
    ...(prefixFrom === undefined ? {} : { prefix: text.slice(sourceStart(folded, prefixFrom), start) }),
    ...(suffixTo === undefined ? {} : { suffix: text.slice(end, sourceEnd(folded, suffixTo)) }),
  };
}

export function trimmed(units: Uint16Array): Uint16Array {
  const from = units[0] === 0x20 ? 1 : 0;
  return units.subarray(from, Math.max(from, units.length - (units.at(-1) === 0x20 ? 1 : 0)));
}

/**
 * Visits every start of `pattern` at or after `from`, overlapping ones too, until told to stop (Knuth, Morris and
 * Pratt: linear for any text). Returns the comparisons made.
 */
export function occurrences(
  pattern: Uint16Array,
  units: Uint16Array,
  from: number,
  visit: (start: number) => 'stop' | undefined,
): number {
  const { length } = pattern;
  if (length === 0) return 0;
  const border = new Int32Array(length);
  let steps = length;
  for (let at = 1, matched = 0; at < length; at += 1) {
    while (matched > 0 && pattern[matched] !== pattern[at]) {
      matched = border[matched - 1] ?? 0;
      steps += 1;
    }
    if (pattern[matched] === pattern[at]) matched += 1;
    border[at] = matched;
  }
  for (let at = from, matched = 0; at < units.length; at += 1) {
    const unit = units[at];
    while (matched > 0 && pattern[matched] !== unit) {
      matched = border[matched - 1] ?? 0;
      steps += 1;
    }
    if (pattern[matched] === unit) matched += 1;
    if (matched === length) {
      if (visit(at - length + 1) === 'stop') return steps + at - from;
      matched = border[length - 1] ?? 0;
    }
  }
  return steps + Math.max(0, units.length - from);
}
