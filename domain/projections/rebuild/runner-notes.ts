// What runners note between the steps of a rebuild, beside its record: the sums of hashes that the fold gave, and bytes
// that only the record's key leads to. Every runner writes the same under the same key, so that several do no harm.
import { fromBase64, toBase64 } from '../../../events/log/base64.ts';
import { leafHash } from '../../../events/log/merkle.ts';
import { Damaged } from '../../errors.ts';
import type { Table } from '../../ports.ts';

const partitionOf = (id: number): string => `rebuild/${id}`;

/** A window of read models that fold together: the sum of hashes and the number of rows of each, by name. */
export type WindowHashes = Readonly<Record<string, readonly [sum: string, rows: number]>>;

const EXPECTED = 'expected/';

/** Read models that an event stopped fold a window later than the others: under a key of their own. */
export async function noteWindow(
  catalog: Table,
  id: number,
  window: number,
  hashes: WindowHashes,
): Promise<void> {
  const names = Object.keys(hashes).toSorted();
  if (names.length === 0) return;
  const sort = `${EXPECTED}${String(window).padStart(9, '0')}/${names.join(',')}`;
  await catalog.batchPut([{ partition: partitionOf(id), sort, body: hashes }]);
}

/** By read model and window, the sums that were noted, in base64, and the number of all rows. */
export async function readWindows(
  catalog: Table,
  id: number,
): Promise<{ readonly sums: ReadonlyMap<string, string>; readonly rows: number }> {
  const sums = new Map<string, string>();
  let rows = 0;
  for await (const { sort, body } of catalog.range(partitionOf(id), { from: EXPECTED, below: 'expected0' })) {
    const window = Number(sort.split('/')[1]);
    for (const [name, [sum, count]] of Object.entries(body as WindowHashes)) {
      const key = windowKey(name, window);
      if (!sums.has(key)) rows += count;
      sums.set(key, sum);
    }
  }
  return { sums, rows };
}

export const windowKey = (name: string, window: number): string => `${window} ${name}`;

/** An item holds at most 350 KB of JSON. */
const CHUNK = 250_000;

/** Stores bytes under their own hash, which it returns: what another runner stores never replaces them. */
export async function storeBytes(catalog: Table, id: number, bytes: Uint8Array): Promise<string> {
  const text = toBase64(bytes);
  const key = keyOf(bytes);
  const chunks = Array.from({ length: Math.ceil(text.length / CHUNK) }, (_, n) => ({
    partition: partitionOf(id),
    sort: chunkSort(key, n),
    body: text.slice(n * CHUNK, (n + 1) * CHUNK),
  }));
  await catalog.batchPut(chunks);
  return key;
}

export async function loadBytes(catalog: Table, id: number, key: string): Promise<Uint8Array> {
  const range = { from: `bytes/${key}/`, below: `bytes/${key}0` };
  const chunks: string[] = [];
  for await (const { body } of catalog.range(partitionOf(id), range)) chunks.push(body as string);
  const bytes = fromBase64(chunks.join(''));
  if (bytes && keyOf(bytes) === key) return bytes;
  throw new Damaged(`rebuild ${id} has no notes ${key}, or others: cancel it and start another`);
}

const keyOf = (bytes: Uint8Array): string => toBase64(leafHash(bytes).subarray(0, 16));

const chunkSort = (key: string, n: number): string => `bytes/${key}/${String(n).padStart(3, '0')}`;

/** Removes all that was noted of a rebuild. */
export async function removeNotes(catalog: Table, id: number): Promise<void> {
  const keys: { partition: string; sort: string }[] = [];
  for await (const { partition, sort } of catalog.range(partitionOf(id))) keys.push({ partition, sort });
  if (keys.length > 0) await catalog.batchDelete(keys);
}
