// Test vectors of another implementation (test/vectors/tlog, made with golang.org/x/mod/sumdb), and their keys.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackEntries } from '../../../events/log/entries.ts';
import { parseVkey } from '../../../events/log/keys.ts';
import { bundlesOf, entriesPath, tilePath } from '../../../events/log/paths.ts';
import { unpackHashes, type ReadTile } from '../../../events/log/tiles.ts';
import vectors from '../../vectors/tlog/vectors.json' with { type: 'json' };

export { vectors };

export const vector = (...path: string[]): Uint8Array =>
  readFileSync(join(import.meta.dirname, '../../vectors/tlog', ...path));

export const hashOf = (base64: string): Uint8Array => Buffer.from(base64, 'base64');
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export const entriesIn = (dir: string, size: number): Uint8Array[] =>
  [...bundlesOf(size)].flatMap(({ bundle, width }) => unpackEntries(vector(dir, entriesPath(bundle, width))));

export const tilesIn =
  (dir: string): ReadTile =>
  async (tile) =>
    unpackHashes(vector(dir, tilePath(tile)), tile.width);

const [log, witness] = [parseVkey(vectors.log.vkey), parseVkey(vectors.witness.vkey)];
export const ofLog = { origin: vectors.log.origin, verifiers: [log] };
export const cosigned = { origin: vectors.log.origin, verifiers: [log, witness] };

/** Yields the bytes with one bit inverted, for each bit in turn. */
export function* flipped(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const other = Uint8Array.from(bytes);
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield other;
  }
}
