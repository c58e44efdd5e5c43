// Maps streams to revisions in about 40 bytes for each stream; a Map of a million streams would take 300 MB.
// The key is 128 bits of a SHA-256, so that collisions are infeasible.
import { leafHash } from '../../../events/log/merkle.ts';

export interface Revisions {
  /** Returns the revision that was set last, or 0. */
  readonly get: (stream: string) => number;
  readonly set: (stream: string, revision: number) => void;
  readonly size: () => number;
  /** The memory that the map takes. */
  readonly bytes: () => number;
}

/** The number of 32-bit words of a key. */
const WORDS = 4;

export function revisionMap(): Revisions {
  let [slots, used] = [1_024, 0];
  let keys = new Uint32Array(slots * WORDS);
  let values = new Uint32Array(slots);
  const encoder = new TextEncoder();

  const keyOf = (stream: string): Uint32Array => {
    const { buffer, byteOffset } = leafHash(encoder.encode(stream));
    const hash = new DataView(buffer, byteOffset);
    return Uint32Array.from({ length: WORDS }, (_, word) => hash.getUint32(word * 4));
  };
  /** Returns the slot of a key, or the free slot for it. */
  const slotOf = (key: Uint32Array): number => {
    for (let slot = (key[0] ?? 0) & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      if (values[slot] === 0) return slot;
      let word = 0;
      while (word < WORDS && keys[slot * WORDS + word] === key[word]) word++;
      if (word === WORDS) return slot;
    }
  };
  const put = (key: Uint32Array, revision: number): void => {
    const slot = slotOf(key);
    if (values[slot] === 0) used++;
    keys.set(key, slot * WORDS);
    values[slot] = revision;
  };
  const double = (): void => {
    const [oldKeys, oldValues] = [keys, values];
    [slots, used] = [slots * 2, 0];
    [keys, values] = [new Uint32Array(slots * WORDS), new Uint32Array(slots)];
    for (const [slot, revision] of oldValues.entries())
      if (revision > 0) put(oldKeys.subarray(slot * WORDS, (slot + 1) * WORDS), revision);
  };
  return {
    get: (stream) => values[slotOf(keyOf(stream))] ?? 0,
    set: (stream, revision) => {
      if (used * 4 >= slots * 3) double();
      put(keyOf(stream), revision);
    },
    size: () => used,
    bytes: () => keys.byteLength + values.byteLength,
  };
}
