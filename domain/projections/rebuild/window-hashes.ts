// Sums of the SHA-256 hashes of row versions, modulo 2^128: equal sums of two sets of rows mean equal rows, whatever the
// order in which they were added. A read model has one sum, of 16 bytes, for each window of positions.
import { leafHash } from '../../../events/log/merkle.ts';
import type { ReadModel } from '../views/read-model.ts';
import type { RowVersion } from '../rows/row.ts';
import { deltasOf, WINDOW } from '../rows/sums.ts';

export const SUM_BYTES = 16;

const encoder = new TextEncoder();

/** Adds the hash of a version to the sum at this offset. A tombstone counts as the body `null`. */
export function addHash(
  sums: Uint8Array,
  offset: number,
  { partition, sort, position, body }: RowVersion,
): void {
  const hash = leafHash(encoder.encode(JSON.stringify([partition, sort, position, body ?? null])));
  let carry = 0;
  for (let byte = SUM_BYTES - 1; byte >= 0; byte--) {
    const sum = (sums[offset + byte] ?? 0) + (hash[byte] ?? 0) + carry;
    sums[offset + byte] = sum;
    carry = sum >> 8;
  }
}

/** Returns a function that finds the read model which a partition belongs to; undefined if the code has it no more. */
export function ownersOf(models: readonly ReadModel[]): (partition: string) => ReadModel | undefined {
  const owners = new Map<string, ReadModel>();
  for (const model of models)
    for (const name of [...(model.lists ?? []), ...(model.sums ?? []).flatMap((sum) => [sum, deltasOf(sum)])])
      owners.set(name, model);
  return (partition) => {
    const slash = partition.indexOf('/');
    return owners.get(slash < 0 ? partition : partition.slice(0, slash));
  };
}

/** By the name of the read model, the position up to which, and without which, its rows are compared. */
export type UpTo = Readonly<Record<string, number>>;

export const windowOf = (position: number): number => Math.floor(position / WINDOW);
/** How many windows there are up to a position. */
export const windowsTo = (upTo: number): number => Math.ceil(upTo / WINDOW);

/** The sums of many read models and windows, as bytes that can be stored. */
export class WindowSums {
  readonly bytes: Uint8Array;
  readonly #offsets = new Map<string, number>();
  readonly #upTo: UpTo;

  constructor(upTo: UpTo, bytes?: Uint8Array) {
    this.#upTo = upTo;
    let length = 0;
    for (const name of Object.keys(upTo).toSorted()) {
      this.#offsets.set(name, length);
      length += windowsTo(upTo[name] ?? 0) * SUM_BYTES;
    }
    this.bytes = bytes ?? new Uint8Array(length);
    if (this.bytes.length !== length)
      throw new RangeError(`there are ${this.bytes.length} bytes of sums, but ${length} are needed`);
  }

  /** Adds a version; false if its position is not compared. */
  add(name: string, version: RowVersion): boolean {
    const offset = this.#offsets.get(name);
    if (offset === undefined || version.position >= (this.#upTo[name] ?? 0)) return false;
    addHash(this.bytes, offset + windowOf(version.position) * SUM_BYTES, version);
    return true;
  }

  sumOf(name: string, window: number): Uint8Array {
    const offset = (this.#offsets.get(name) ?? 0) + window * SUM_BYTES;
    return this.bytes.subarray(offset, offset + SUM_BYTES);
  }
}
