// Keeps the passages of a log until their articles are read, in 40 bytes each. A hash represents the words.
import { leafHash } from '../../../events/log/merkle.ts';
import type { Evidence } from '../../../events/shared-pieces.ts';
import { rows } from './number-rows.ts';
import type { Offsets } from './code-point-offsets.ts';

export interface RecordedPassage {
  /** The position of the event in the log. */
  readonly position: number;
  /** The index of the piece in the evidence of the event, from 0. */
  readonly ordinal: number;
}

export interface Passages {
  readonly add: (article: number, piece: Evidence, at: RecordedPassage) => void;
  readonly size: () => number;
  /** Returns a lookup of passages by the index of their article. Call it after the last `add`. */
  readonly grouped: () => (article: number) => Iterable<Passage>;
}

export interface Passage extends RecordedPassage {
  readonly inTitle: boolean;
  /** Returns true if a text has the recorded words and context at the recorded offsets. */
  readonly isIn: (source: Offsets) => boolean;
}

const ARTICLE = 0;
const POSITION = 1;
const START = 2;
const END = 3;
/** Column of the UTF-16 lengths of prefix and suffix, 16 bits each. */
const CONTEXT = 4;
/** Column of twice the ordinal, plus 1 if the passage is in the title. */
const PIECE = 5;
const HASH = 6;
const HASH_WORDS = 4;

const MAX_NUMBER = 2 ** 32 - 1;
const encoder = new TextEncoder();

export function passages(): Passages {
  const list = rows(HASH + HASH_WORDS);

  function* of(order: Uint32Array, from: number, to: number): Generator<Passage> {
    for (const index of order.subarray(from, to)) {
      const piece = list.get(index, PIECE);
      yield {
        position: list.get(index, POSITION),
        ordinal: piece >>> 1,
        inTitle: (piece & 1) === 1,
        isIn: ({ text, indexOf }) => {
          const context = list.get(index, CONTEXT);
          const from = indexOf(list.get(index, START)) - (context >>> 16);
          const to = indexOf(list.get(index, END)) + (context & 0xffff);
          if (from < 0 || to > text.length) return false;
          const hash = hashOf(text.slice(from, to));
          return hash.every((word, n) => word === list.get(index, HASH + n));
        },
      };
    }
  }

  return {
    add: (article, { exact, prefix = '', suffix = '', start, end, in: part }, { position, ordinal }) => {
      list.add([
        article,
        position,
        Math.min(start, MAX_NUMBER),
        Math.min(end, MAX_NUMBER),
        (prefix.length << 16) | suffix.length,
        (ordinal << 1) | (part === 'title' ? 1 : 0),
        ...hashOf(prefix + exact + suffix),
      ]);
    },
    size: list.size,
    grouped: () => {
      const ends = countsOf(list.size(), (index) => list.get(index, ARTICLE));
      const order = new Uint32Array(list.size());
      for (let index = order.length - 1; index >= 0; index--) {
        const article = list.get(index, ARTICLE);
        const at = (ends[article] ?? 0) - 1;
        ends[article] = at;
        order[at] = index;
      }
      // Each value in `ends` is now the start of the passages of its article.
      return (article) => of(order, ends[article] ?? order.length, ends[article + 1] ?? order.length);
    },
  };
}

/** Counts for each value the items with that value or a lower one. */
function countsOf(size: number, valueOf: (index: number) => number): Uint32Array {
  let highest = -1;
  for (let index = 0; index < size; index++) highest = Math.max(highest, valueOf(index));
  const counts = new Uint32Array(highest + 1);
  for (let index = 0; index < size; index++) counts[valueOf(index)] = (counts[valueOf(index)] ?? 0) + 1;
  for (let value = 1; value <= highest; value++)
    counts[value] = (counts[value] ?? 0) + (counts[value - 1] ?? 0);
  return counts;
}

/** Returns 128 bits of a SHA-256, so that collisions are infeasible. */
function hashOf(text: string): number[] {
  const { buffer, byteOffset } = leafHash(encoder.encode(text));
  const view = new DataView(buffer, byteOffset);
  return Array.from({ length: HASH_WORDS }, (_, word) => view.getUint32(word * 4));
}
