// Writes the files of a signed log into a folder, for measurements of its readers.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generateKeyPairSync, sign } from 'node:crypto';
import { formatCheckpoint } from '../events/log/checkpoint.ts';
import { packEntries } from '../events/log/entries.ts';
import { vkeyOf } from '../events/log/keys.ts';
import { leafHash } from '../events/log/merkle.ts';
import { formatNote, signNote, type NoteSigner } from '../events/log/note.ts';
import { CHECKPOINT_PATH, entriesPath, tilePath, TILE_WIDTH } from '../events/log/paths.ts';
import { edgeRoot, edgeTiles, EMPTY_EDGE, grow, packHashes, type Tile } from '../events/log/tiles.ts';

const ORIGIN = 'archive.example/bench';

/** Writes the log. Returns the total bytes of its entries. */
export async function writeLog(folder: string, entries: Iterable<Uint8Array>): Promise<number> {
  const put = async (path: string, content: Uint8Array | string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  const putTile = (tile: Tile): Promise<void> => put(tilePath(tile), packHashes(tile.hashes));
  let [edge, total, bundle]: [typeof EMPTY_EDGE, number, Uint8Array[]] = [EMPTY_EDGE, 0, []];
  const flush = async (): Promise<void> => {
    if (bundle.length === 0) return;
    await put(entriesPath(edge.size / TILE_WIDTH, bundle.length), packEntries(bundle));
    const grown = grow(edge, bundle.map(leafHash));
    for (const tile of grown.whole) await putTile(tile);
    [edge, bundle] = [grown.edge, []];
  };
  for (const bytes of entries) {
    total += bytes.length;
    if (bundle.push(bytes) === TILE_WIDTH) await flush();
  }
  await flush();
  for (const tile of edgeTiles(edge)) await putTile(tile);
  const signer = freshSigner();
  const text = formatCheckpoint({ origin: ORIGIN, size: edge.size, root: edgeRoot(edge) });
  await put(CHECKPOINT_PATH, formatNote(await signNote(text, [signer])));
  await put('vkey', `${vkeyOf(ORIGIN, signer.publicKey)}\n`);
  return total;
}

function freshSigner(): NoteSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return {
    name: ORIGIN,
    publicKey: Buffer.from(x, 'base64url'),
    sign: async (message) => sign(null, message, privateKey),
  };
}
