// The last revision of each of very many streams, in some 40 bytes each: a million of them would take three hundred
// megabytes in a Map. A stream is known by 128 bits of a hash that nobody can find two streams for.
import { leafHash } from '../../../events/log/merkle.ts';

export interface Revisions {
  /** The last revision that was set; 0 where there was none. */
  readonly get: (stream: string) => number;
  readonly set: (stream: string, revision: number) => void;
  readonly size: () => number;
  /** Of memory. */
  readonly bytes: () => number;
}

/** 32-bit words of a stream's key. */
const WORDS = 4;

export function revisions(): Revisions {
  let [slots, used] = [1_024, 0];
  let keys = new Uint32Array(slots * WORDS);
  let values = new Uint32Array(slots);
  const encoder = new TextEncoder();

  const keyOf = (stream: string): Uint32Array => {
    const { buffer, byteOffset } = leafHash(encoder.encode(stream));
    const hash = new DataView(buffer, byteOffset);
    return Uint32Array.from({ length: WORDS }, (_, word) => hash.getUint32(word * 4));
  };
  /** Where the key stands, or where it would. */
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
