// Reads and writes entry bundles (C2SP tlog-tiles): for each entry a big-endian uint16 length, then its bytes.
import { MAX_EVENT_BYTES } from '../envelope.ts';

export function packEntries(entries: readonly Uint8Array[]): Uint8Array {
  const packed = new Uint8Array(entries.reduce((sum, entry) => sum + 2 + entry.length, 0));
  const view = new DataView(packed.buffer);
  let offset = 0;
  for (const entry of entries) {
    if (entry.length > MAX_EVENT_BYTES)
      throw new RangeError(`the entry has ${entry.length} bytes: at most ${MAX_EVENT_BYTES} are allowed`);
    view.setUint16(offset, entry.length);
    packed.set(entry, offset + 2);
    offset += 2 + entry.length;
  }
  return packed;
}

/**
 * Returns the entries of a bundle.
 * @throws RangeError if the last entry is truncated or the bundle does not have `count` entries.
 */
export function unpackEntries(packed: Uint8Array, count?: number): Uint8Array[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const entries: Uint8Array[] = [];
  for (let offset = 0; offset < packed.length;) {
    const end = offset + 2 > packed.length ? Infinity : offset + 2 + view.getUint16(offset);
    if (end > packed.length) throw new RangeError(`the entry bundle ends within entry ${entries.length}`);
    entries.push(packed.subarray(offset + 2, end));
    offset = end;
  }
  if (count !== undefined && entries.length !== count)
    throw new RangeError(`the entry bundle has ${entries.length} entries instead of ${count}`);
  return entries;
}
