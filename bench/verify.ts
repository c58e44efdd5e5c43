// Measures `chancery verify`: writes a signed log of a made-up history (a million events, or as many as are given) into
// a fresh folder, and verifies it in a process of its own. Puts the figures into bench/README.md.
import { execFileSync } from 'node:child_process';
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
import { history } from './history/generate.ts';
import { env, machine, number, putBetween } from './markdown.ts';
import type { VerifyFigures } from './verify-log.ts';
import { inFreshFolder, rate } from './workload.ts';

const SEED = 1;
const ORIGIN = 'archive.example/bench';
const [, , given] = process.argv;
const events = Number(given ?? 1_000_000);

await inFreshFolder(async (folder) => {
  let bytes = 0;
  const written = await rate(async () => {
    bytes = await writeLog(folder);
    return events;
  });
  process.stderr.write(
    `${events} events, ${bytes} bytes of entries, written at ${number(written)} a second\n`,
  );
  const output = execFileSync(process.execPath, [join(import.meta.dirname, 'verify-log.ts'), folder], {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { seconds, cpuSeconds, megabytes, things } = JSON.parse(output) as VerifyFigures;
  const paragraphs = [
    `\`node bench/verify.ts${given === undefined ? '' : ` ${given}`}\`, ${machine()}.`,
    [
      '| | |',
      '|---|---|',
      `| events, of so many things | ${events.toLocaleString('en')}, ${things.toLocaleString('en')} |`,
      `| bytes of entries | ${number(bytes / 1_048_576)} MB |`,
      `| verified in | ${number(seconds)} s |`,
      `| processor time | ${number(cpuSeconds)} s |`,
      `| most memory | ${number(megabytes)} MB |`,
    ].join('\n'),
  ];
  process.stdout.write(`${paragraphs.join('\n\n')}\n`);
  if (given === undefined) putBetween('verify', paragraphs);
});

/** Gives how many bytes the entries have. */
async function writeLog(folder: string): Promise<number> {
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
  for (const { bytes } of history(SEED, events)) {
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
