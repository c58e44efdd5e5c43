// Proofs from the published log: that an event stands in it, and that it only grew.
import { streamOfEvent } from '../../events/envelope.ts';
import { parseCheckpoint, type Checkpoint } from '../../events/log/checkpoint.ts';
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
  /** Canonical bytes. */
  readonly bytes: Uint8Array;
  /** How many events of its commit stand after it. */
  readonly after: number;
}

/** The event with this id, wherever its commit stands; undefined where there is none. */
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

/** What was published last, as it was signed. */
export interface Published extends Checkpoint {
  readonly note: Uint8Array;
}

export async function readPublished(log: Pick<BlobStore, 'get'>): Promise<Published | undefined> {
  const note = (await log.get(CHECKPOINT_PATH))?.bytes;
  return note && { ...parseCheckpoint(parseNote(note).text), note };
}

export interface Inclusion {
  readonly position: number;
  readonly leaf: Hash;
  /** From the leaf's sibling up to the root's child. */
  readonly hashes: readonly Hash[];
  readonly checkpoint: Published;
}

/** Undefined where the published log does not have the event yet. Throws LogConflict where it has another in its place. */
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
    throw new LogConflict('the event is not the one that the log has in its place', position);
  return { position, leaf, hashes, checkpoint };
}

/** That the first `from` entries of the log are the beginning of the first `to` of them: RangeError where they can't be. */
export const proveLogConsistency = (log: Pick<BlobStore, 'get'>, from: number, to: number): Promise<Hash[]> =>
  proveConsistency(readTiles(log), from, to);
