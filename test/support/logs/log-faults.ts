// Compares the files, the signed checkpoint and the time index of a log with its expected entries.
import { toBase64 } from '../../../events/log/base64.ts';
import { openCheckpoint, parseCheckpoint } from '../../../events/log/checkpoint.ts';
import { unpackEntries } from '../../../events/log/entries.ts';
import { leafHash } from '../../../events/log/merkle.ts';
import { parseNote } from '../../../events/log/note.ts';
import {
  bundlesOf,
  CHECKPOINT_PATH,
  entriesPath,
  parsePath,
  TILE_WIDTH,
  tilePath,
} from '../../../events/log/paths.ts';
import { edgeRoot, edgeTiles, EMPTY_EDGE, grow, newTiles, packHashes } from '../../../events/log/tiles.ts';
import { readEventHeader } from '../../../events/envelope.ts';
import { readHead } from '../../../domain/log/head.ts';
import type { LogIdentity } from '../../../domain/log/log-identity.ts';
import type { MemoryBlobs } from '../stores/memory-blobs.ts';
import type { MemoryTable } from '../stores/memory-table.ts';

export interface Logged {
  readonly state: MemoryTable;
  readonly log: MemoryBlobs;
  readonly identity: LogIdentity;
  /** Texts of all signed checkpoints, published or not. */
  readonly signed: readonly string[];
}

const bytesOf = async (log: MemoryBlobs, key: string): Promise<Buffer> =>
  Buffer.from((await log.get(key))?.bytes ?? []);

/** Returns the faults of a log that should be published with these entries. */
export async function logFaults(of: Logged, entries: readonly Uint8Array[]): Promise<string[]> {
  const leaves = entries.map(leafHash);
  const grown = grow(EMPTY_EDGE, leaves);
  const root = toBase64(edgeRoot(grown.edge));
  const { size, root: headRoot } = await readHead(of.state);
  const faults = await fileFaults(of.log, entries, grown);
  if (headRoot !== root) faults.push(`the head's root is not that of its ${size} entries`);
  if (entries.length > 0) {
    const checkpoint = openCheckpoint(await bytesOf(of.log, CHECKPOINT_PATH), of.identity);
    if (checkpoint.size !== entries.length || toBase64(checkpoint.root) !== root)
      faults.push(`the checkpoint has size ${checkpoint.size}, or another root`);
  }
  return [...faults, ...contradictions(of.signed, leaves), ...timeFaults(of.state, entries)];
}

/** Checks that all files of a log of this size exist, and that each existing file is the beginning of one of them. */
async function fileFaults(
  log: MemoryBlobs,
  entries: readonly Uint8Array[],
  grown: ReturnType<typeof grow>,
): Promise<string[]> {
  const faults: string[] = [];
  const tiles = new Map(
    [...grown.whole, ...edgeTiles(grown.edge)].map((tile) => [
      tilePath({ ...tile, width: TILE_WIDTH }),
      packHashes(tile.hashes),
    ]),
  );
  const keys = new Set(log.keys());
  const wanted = [
    ...[...bundlesOf(entries.length)].map(({ bundle, width }) => entriesPath(bundle, width)),
    ...newTiles(0, grown).map(tilePath),
  ];
  for (const key of wanted) if (!keys.has(key)) faults.push(`${key} is missing`);
  for (const key of keys) {
    const named = parsePath(key);
    const bytes = await bytesOf(log, key);
    if (key === CHECKPOINT_PATH) continue;
    if (!named) faults.push(`${key} does not belong to a log`);
    else if ('level' in named) {
      const whole = tiles.get(tilePath({ ...named, width: TILE_WIDTH })) ?? new Uint8Array();
      if (bytes.length !== named.width * 32 || !bytes.equals(whole.subarray(0, bytes.length)))
        faults.push(`${key} has other hashes`);
    } else {
      const from = named.bundle * TILE_WIDTH;
      const unpacked = unpackEntries(bytes, named.width);
      if (unpacked.some((entry, at) => Buffer.compare(entry, entries[from + at] ?? new Uint8Array()) !== 0))
        faults.push(`${key} has other entries`);
    }
  }
  return faults;
}

/** Returns the signed checkpoints that are not of the beginning of this log. */
function contradictions(signed: readonly string[], leaves: readonly Uint8Array[]): string[] {
  const checkpoints = signed.map(parseCheckpoint).sort((a, b) => a.size - b.size);
  let edge = EMPTY_EDGE;
  return checkpoints.flatMap(({ size, root }) => {
    ({ edge } = grow(edge, leaves.slice(edge.size, size)));
    const holds = edge.size === size && toBase64(edgeRoot(edge)) === toBase64(root);
    return holds ? [] : [`a signed checkpoint of ${size} entries does not match this log`];
  });
}

function timeFaults(state: MemoryTable, entries: readonly Uint8Array[]): string[] {
  const maxima: string[] = [];
  for (const entry of entries) {
    const { time } = readEventHeader(entry);
    const before = maxima.at(-1) ?? '';
    maxima.push(time > before ? time : before);
  }
  const sorts = state.items().flatMap(({ partition, sort }) => (partition === 'times' ? [sort] : []));
  const wrong = sorts.filter((sort) => {
    const [time, size] = sort.split('~');
    return maxima[Number(size) - 1] !== time;
  });
  const last = sorts.at(-1)?.split('~')[1];
  if (Number(last ?? 0) !== entries.length)
    wrong.push(`the last item is of size ${last} instead of ${entries.length}`);
  return wrong.map((sort) => `times: ${sort}`);
}

/** Returns a watcher of the public checkpoint, which must only grow, and must not change at the same size. */
export function checkpointWatcher(log: MemoryBlobs): {
  look: () => Promise<string | undefined>;
  size: () => number;
} {
  let [seen, text, size]: [Uint8Array, string, number] = [new Uint8Array(), '', 0];
  return {
    size: () => size,
    look: async () => {
      const blob = await log.get(CHECKPOINT_PATH);
      if (!blob) return size > 0 ? 'the checkpoint is missing' : undefined;
      if (Buffer.compare(blob.bytes, seen) === 0) return undefined;
      const next = parseNote(blob.bytes).text;
      const nextSize = parseCheckpoint(next).size;
      const grew = nextSize > size || next === text;
      const complaint = grew ? undefined : `the checkpoint went from ${size} entries to ${nextSize}`;
      [seen, text, size] = [blob.bytes, next, nextSize];
      return complaint;
    },
  };
}
