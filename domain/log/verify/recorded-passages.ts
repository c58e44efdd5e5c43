// The passages that a log records, kept until their articles are read: 40 bytes each, with a hash in place of the words.
import { leafHash } from '../../../events/log/merkle.ts';
import type { Evidence } from '../../../events/shared-pieces.ts';
import { rows } from './number-rows.ts';
import type { Offsets } from './code-point-offsets.ts';

export interface RecordedPassage {
  /** Of the event in the log. */
  readonly position: number;
  /** Of the piece among the evidence of the event, from 0. */
  readonly ordinal: number;
}

export interface Passages {
  readonly add: (article: number, piece: Evidence, at: RecordedPassage) => void;
  readonly size: () => number;
  /** Passages by the index of their article. To be called after the last `add`. */
  readonly grouped: () => (article: number) => Iterable<Passage>;
}

export interface Passage extends RecordedPassage {
  readonly inTitle: boolean;
  /** True if the text has the recorded words at the recorded offsets, with the recorded context around them. */
  readonly isIn: (source: Offsets) => boolean;
}

const ARTICLE = 0;
const POSITION = 1;
const START = 2;
const END = 3;
/** UTF-16 lengths of prefix and suffix: 16 bits each, of which their schema uses 11. */
const CONTEXT = 4;
/** The ordinal, twice, and 1 more if the passage is in the title. */
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
      // Each of them is the start of its article's passages now.
      return (article) => of(order, ends[article] ?? order.length, ends[article + 1] ?? order.length);
    },
  };
}

/** For each value, how many have it or a lower one. */
function countsOf(size: number, valueOf: (index: number) => number): Uint32Array {
  let highest = -1;
  for (let index = 0; index < size; index++) highest = Math.max(highest, valueOf(index));
  const counts = new Uint32Array(highest + 1);
  for (let index = 0; index < size; index++) counts[valueOf(index)] = (counts[valueOf(index)] ?? 0) + 1;
  for (let value = 1; value <= highest; value++)
    counts[value] = (counts[value] ?? 0) + (counts[value - 1] ?? 0);
  return counts;
}

/** 128 bits of SHA-256: no two texts are known that share them. */
function hashOf(text: string): number[] {
  const { buffer, byteOffset } = leafHash(encoder.encode(text));
  const view = new DataView(buffer, byteOffset);
  return Array.from({ length: HASH_WORDS }, (_, word) => view.getUint32(word * 4));
}
