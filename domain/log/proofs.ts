// Proves from the published log that it contains an event, and that it is append-only.
import { streamOfEvent } from '../../events/envelope.ts';
import { parseCheckpoint, type SignedCheckpoint } from '../../events/log/checkpoint.ts';
import { leafHash, type Hash } from '../../events/log/merkle.ts';
import { parseNote } from '../../events/log/note.ts';
import { CHECKPOINT_PATH } from '../../events/log/paths.ts';
import { proveConsistency, proveInclusion, verifyInclusion } from '../../events/log/proof.ts';
import { LogConflict, readTiles } from './log-files.ts';
import { positionOf } from './positions.ts';
import type { BlobStore, EventStore, Table } from '../ports.ts';

export interface EventLocation {
  readonly stream: string;
  readonly revision: number;
  /** The canonical bytes of the event. */
  readonly bytes: Uint8Array;
  /** The number of events that follow it in its commit. */
  readonly after: number;
}

/** Finds an event by its id. Returns undefined if the archive does not have it. */
export async function findEvent(store: EventStore, id: string): Promise<EventLocation | undefined> {
  const stream = streamOfEvent(id);
  if (stream === undefined) return undefined;
  for await (const { revision, events } of store.read(stream)) {
    const index = events.findIndex((bytes) => idIn(bytes) === id);
    const bytes = events[index];
    if (bytes) return { stream, revision, bytes, after: events.length - index - 1 };
  }
  return undefined;
}

const idIn = (bytes: Uint8Array): unknown =>
  (JSON.parse(new TextDecoder().decode(bytes)) as { id?: unknown }).id;

/** The published checkpoint with its signed note. */
export interface Published extends SignedCheckpoint {
  readonly note: Uint8Array;
}

export async function readPublished(log: Pick<BlobStore, 'get'>): Promise<Published | undefined> {
  const note = (await log.get(CHECKPOINT_PATH))?.bytes;
  return note && { ...parseCheckpoint(parseNote(note).text), note };
}

export interface Inclusion {
  readonly position: number;
  readonly leaf: Hash;
  /** The hashes of the proof, from the sibling of the leaf up to the child of the root. */
  readonly hashes: readonly Hash[];
  readonly checkpoint: Published;
}

/**
 * Proves that the published log contains an event. Returns undefined if the event is not published yet.
 * @throws LogConflict if the log has another event at the position
 */
export async function proveEvent(
  { state, log }: { readonly state: Table; readonly log: Pick<BlobStore, 'get'> },
  { stream, revision, bytes, after }: EventLocation,
): Promise<Inclusion | undefined> {
  const last = await positionOf(state, stream, revision);
  const checkpoint = await readPublished(log);
  if (last === undefined || !checkpoint || last >= checkpoint.size) return undefined;
  const [position, leaf] = [last - after, leafHash(bytes)];
  const hashes = await proveInclusion(readTiles(log), position, checkpoint.size);
  if (!verifyInclusion({ index: position, size: checkpoint.size }, leaf, hashes, checkpoint.root))
    throw new LogConflict('the log has another event at the position of this one', position);
  return { position, leaf, hashes, checkpoint };
}

/**
 * Proves that the log of `from` entries is a prefix of the log of `to` entries.
 * @throws RangeError if `from` exceeds `to`
 * @throws LogConflict if files of the log are missing, for example because `to` exceeds its size
 */
export const proveLogConsistency = (log: Pick<BlobStore, 'get'>, from: number, to: number): Promise<Hash[]> =>
  proveConsistency(readTiles(log), from, to);
