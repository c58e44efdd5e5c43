// Folds a text for the search only, so that typography never hides a quotation: quotation marks, dashes, white
// space, ligatures, zero-width characters and Unicode composition. Every folded unit keeps its place in the text,
// so that whatever is found is handed back as the text's own characters.

import { ATTACHED, DASH, expansionOf, IGNORED, kindOf, MARK, PLAIN, REGIONAL, SPACE } from './characters.ts';
import { Runs } from './runs.ts';
import { pointAt, stringOf } from './units.ts';

export interface Folded {
  readonly text: string;
  readonly units: Uint16Array;
  readonly runs: Runs;
  /** The UTF-16 indexes of surrogate pairs, for counting code points. */
  readonly pairs: readonly number[];
}

interface Folding {
  readonly text: string;
  readonly units: Uint16Array;
  readonly runs: Runs;
  readonly pairs: number[];
  at: number;
  written: number;
  /** Where in `units` the last character begins, with its marks. */
  cluster: number;
}

// Neither an expansion nor a composition is ever longer than three times what it comes from.
const MOST_GROWTH = 3;
// Longer runs of marks are no writing; without a limit they would make composition quadratic.
const LONGEST_CLUSTER = 32;
const MOST_COMPOSITIONS = 4096;

const compositions = new Map<number, string>();

export function fold(text: string): Folded {
  const units = new Uint16Array(MOST_GROWTH * text.length);
  const folding: Folding = { text, units, runs: new Runs(), pairs: [], at: 0, written: 0, cluster: 0 };
  while (folding.at < text.length) {
    // In stretches: one loop over a whole article would be compiled over and over in the middle of its run.
    foldPlain(folding, Math.min(text.length, folding.at + 4096));
    if (folding.at < text.length) foldOther(folding);
  }
  folding.runs.add(folding.written, text.length);
  return { text, units: units.slice(0, folding.written), runs: folding.runs, pairs: folding.pairs };
}

function foldPlain(folding: Folding, end: number): void {
  const { text, units, runs } = folding;
  let { at, written } = folding;
  for (; at < end; at += 1) {
    let unit = text.charCodeAt(at);
    const kind = kindOf(unit);
    if (kind > DASH) break;
    if (kind !== PLAIN) {
      unit = kind === SPACE ? 0x20 : 0x2d;
      const before = written > 0 ? units[written - 1] : undefined;
      // Printers set dashes with space around them and without: the dash stands for both.
      if (before === unit || before === 0x2d) continue;
      if (before === 0x20) {
        units[written - 1] = unit;
        continue;
      }
    }
    runs.add(written, at);
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
    if (isPair && compositions.size < MOST_COMPOSITIONS) compositions.set(key, composed);
  }
  if (composed === '') return write(folding, mark, start, false);
  runs.cutAfter(cluster);
  folding.written = cluster;
  return write(folding, composed, runs.indexOf(cluster), true);
}
