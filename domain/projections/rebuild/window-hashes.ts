// Sums of the SHA-256 hashes of row versions, modulo 2^128: 16 bytes for each window of each read model. Rows from the
// log are added, live rows subtracted, in any order. A sum of zero means that both are the same rows.
import { fromBase64, toBase64 } from '../../../events/log/base64.ts';
import { leafHash } from '../../../events/log/merkle.ts';
import type { ReadModel } from '../views/read-model.ts';
import type { RowVersion } from '../rows/row.ts';
import { deltasOf, groupOf } from '../rows/row-keys.ts';
import { WINDOW_POSITIONS } from '../rows/sums.ts';

const SUM_BYTES = 16;
/** Maximum number of sums, so that they fit into a rebuild record. From 2.4 million events on, each sum covers several windows. */
const MAX_SUMS = 8_192;

const encoder = new TextEncoder();

/** Returns a function that finds the read model of a partition, or undefined if this release does not have it. */
export function partitionOwners(models: readonly ReadModel[]): (partition: string) => ReadModel | undefined {
  const owners = new Map<string, ReadModel>();
  for (const model of models)
    for (const name of [...(model.lists ?? []), ...(model.sums ?? []).flatMap((sum) => [sum, deltasOf(sum)])])
      owners.set(name, model);
  return (partition) => owners.get(groupOf(partition));
}

/** The first position whose rows are not compared, by the name of the read model. */
export type ComparedPositions = Readonly<Record<string, number>>;

export class WindowHashes {
  readonly #names: readonly string[];
  readonly #bytes: Uint8Array;
  readonly #length: number;
  /** Number of rows that were added and subtracted since construction. */
  added = 0;
  subtracted = 0;

  /** `text` is the text of earlier sums to continue. */
  constructor(upTo: ComparedPositions, text = '') {
    this.#names = Object.keys(upTo).toSorted();
    const end = Math.max(0, ...Object.values(upTo));
    let length = WINDOW_POSITIONS;
    while (Math.ceil(end / length) * this.#names.length > MAX_SUMS) length *= 2;
    this.#length = length;
    this.#bytes = new Uint8Array(Math.ceil(end / length) * this.#names.length * SUM_BYTES);
    this.#bytes.set(fromBase64(text) ?? []);
  }

  add(name: string, version: RowVersion): void {
    this.added++;
    this.#change(name, version, false);
  }

  subtract(name: string, version: RowVersion): void {
    this.subtracted++;
    this.#change(name, version, true);
  }

  /** Returns true if the rows of a read model differ in the window of this position. */
  differs(name: string, position: number): boolean {
    const at = this.#offset(name, position);
    return at !== undefined && this.#bytes.subarray(at, at + SUM_BYTES).some((byte) => byte !== 0);
  }

  /** Returns the sums in base64, up to the last byte that is not zero. It is empty if no rows differ. */
  text(): string {
    return toBase64(this.#bytes.subarray(0, this.#bytes.findLastIndex((byte) => byte !== 0) + 1));
  }

  #offset(name: string, position: number): number | undefined {
    const index = this.#names.indexOf(name);
    if (index < 0) return undefined;
    return (Math.floor(position / this.#length) * this.#names.length + index) * SUM_BYTES;
  }

  /** Adds or subtracts the hash of a version. A tombstone is hashed without a body. */
  #change(name: string, { partition, sort, position, body }: RowVersion, isNegative: boolean): void {
    const at = this.#offset(name, position);
    if (at === undefined) return;
    const text = JSON.stringify([partition, sort, position, ...(body === undefined ? [] : [body])]);
    const hash = leafHash(encoder.encode(text));
    let carry = isNegative ? 1 : 0;
    for (let byte = SUM_BYTES - 1; byte >= 0; byte--) {
      const part = hash[byte] ?? 0;
      const sum = (this.#bytes[at + byte] ?? 0) + (isNegative ? 255 - part : part) + carry;
      this.#bytes[at + byte] = sum;
      carry = sum >> 8;
    }
  }
}
