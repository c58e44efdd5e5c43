// Finds rows by their keys, in memory: for each key the numbers of the rows that may have it, by a hash of 32 bits.
// Whoever asks looks at the rows themselves. Eight bytes a slot, of which two thirds to four fifths are taken.

export interface KeyIndex {
  /** So many numbers are in it. */
  readonly size: () => number;
  /** A row's number, from 1 to 4,294,967,295. Numbers of rows that are gone may stay. */
  readonly add: (hash: number, row: number) => void;
  /** The first of the rows with this hash that is the one looked for. */
  readonly find: (hash: number, is: (row: number) => boolean) => number | undefined;
}

const HASHES = 2 ** 32;
/** Each grows by itself: the old one and the new are never in memory both for all. */
const PARTS = 64;
const FIRST_SLOTS = 64;
const GROWTH = 1.25;
const MOST_TAKEN = 0.8;

export function keyIndex(): KeyIndex {
  const parts = Array.from({ length: PARTS }, part);
  let size = 0;
  const partOf = (hash: number) => parts[Math.floor((hash * PARTS) / HASHES)] as ReturnType<typeof part>;
  return {
    size: () => size,
    add: (hash, row) => {
      partOf(hash).add(hash, row);
      size++;
    },
    find: (hash, is) => partOf(hash).find(hash, is),
  };
}

function part() {
  let slots = FIRST_SLOTS;
  let taken = 0;
  let hashes = new Uint32Array(slots);
  /** 0: the slot is free. */
  let rows = new Uint32Array(slots);

  /** In the order of the hashes: a larger array is filled from one end to the other. */
  const slotOf = (hash: number): number => Math.floor(((hash % (HASHES / PARTS)) * slots) / (HASHES / PARTS));
  const next = (slot: number): number => (slot + 1 === slots ? 0 : slot + 1);

  function put(hash: number, row: number): void {
    let slot = slotOf(hash);
    while (rows[slot] !== 0) slot = next(slot);
    hashes[slot] = hash;
    rows[slot] = row;
  }

  function grow(): void {
    const before = { hashes, rows };
    slots = Math.ceil(slots * GROWTH);
    [hashes, rows] = [new Uint32Array(slots), new Uint32Array(slots)];
    for (let slot = 0; slot < before.rows.length; slot++) {
      const row = before.rows[slot] ?? 0;
      if (row !== 0) put(before.hashes[slot] ?? 0, row);
    }
  }

  return {
    add(hash: number, row: number): void {
      if (taken + 1 > slots * MOST_TAKEN) grow();
      put(hash, row);
      taken++;
    },

    find(hash: number, is: (row: number) => boolean): number | undefined {
      for (let slot = slotOf(hash); ; slot = next(slot)) {
        const row = rows[slot] ?? 0;
        if (row === 0) return undefined;
        if (hashes[slot] === hash && is(row)) return row;
      }
    },
  };
}

/** FNV-1a over the UTF-16 code units of both texts, mixed once more so that its upper bits are as good as its lower. */
export function hashOf(partition: string, sort: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < partition.length; at++) hash = Math.imul(hash ^ partition.charCodeAt(at), 0x01000193);
  for (let at = 0; at < sort.length; at++) hash = Math.imul(hash ^ sort.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x01000193);
  return (hash ^ (hash >>> 13)) >>> 0;
}
