// Collects what the sequencer takes next: of each stream the commits above its cursor, in order, cut between commits.
import { readPlace, UnreadableEvent } from '../../events/envelope.ts';
import type { Commit, EventStore, Table } from '../ports.ts';
import { cursorOf } from './positions.ts';
import { wavesOf } from '../concurrency.ts';

export interface BatchReader {
  readonly store: EventStore;
  readonly state: Table;
  /** Somebody must look: what is set aside, and why. */
  readonly alarm: (what: string, error: unknown) => void;
}

const MAX_ENTRIES = 1_024;
const MAX_BYTES = 8 * 1_024 * 1_024;
export interface SequencedBatch {
  readonly commits: readonly Commit[];
  readonly entries: number;
  /** The latest `time` of them; empty where there are none. */
  readonly time: string;
  /** Streams that may have more. */
  readonly left: string[];
}

/** Streams that can't be read are added to `setAside`, with an alarm; they hold up no others. */
export async function readNextBatch(
  sequencer: BatchReader,
  streams: readonly string[],
  setAside: Set<string>,
): Promise<SequencedBatch> {
  const taken: Read[] = [];
  const room: Room = { entries: MAX_ENTRIES, bytes: MAX_BYTES };
  const batchOf = (left: string[]): SequencedBatch => ({
    commits: taken.map(({ commit }) => commit),
    entries: MAX_ENTRIES - room.entries,
    time: taken.reduce((latest, { time }) => (time > latest ? time : latest), ''),
    left,
  });
  for (const [at, wave] of wavesOf(streams)) {
    const read = await Promise.all(wave.map((stream) => readAbove(sequencer, stream)));
    for (const [index, { own, whole, error }] of read.entries()) {
      const over = own.findIndex(({ commit }) => !take(room, commit));
      taken.push(...(over < 0 ? own : own.slice(0, over)));
      // This stream may have more, or there is no room for what it has.
      if (over >= 0 || !whole) return batchOf(streams.slice(at + index));
      if (error === undefined) continue;
      // What was read of it before is whole commits, and may be sequenced.
      sequencer.alarm(`${wave[index]} cannot be read and is set aside`, error);
      setAside.add(wave[index] ?? '');
    }
  }
  return batchOf([]);
}

/** What is left of a batch. */
interface Room {
  entries: number;
  bytes: number;
}

const bytesOf = ({ events }: Commit): number => events.reduce((sum, event) => sum + event.length, 0);

/** False where a batch has no room for the commit; an empty one has room for any. */
function take(room: Room, commit: Commit): boolean {
  const bytes = bytesOf(commit);
  const fits = room.entries >= commit.events.length && room.bytes >= bytes;
  if (!fits && room.entries < MAX_ENTRIES) return false;
  room.entries -= commit.events.length;
  room.bytes -= bytes;
  return true;
}

interface Read {
  readonly commit: Commit;
  /** The latest `time` of its events. */
  readonly time: string;
}

interface Above {
  /** The commits above the cursor, as many as a batch can have. */
  readonly own: readonly Read[];
  /** There were no more. */
  readonly whole: boolean;
  readonly error?: unknown;
}

async function readAbove({ store, state }: BatchReader, stream: string): Promise<Above> {
  const own: Read[] = [];
  let [entries, bytes] = [0, 0];
  try {
    for await (const commit of store.read(stream, await cursorOf(state, stream))) {
      if (entries >= MAX_ENTRIES || bytes >= MAX_BYTES) return { own, whole: false };
      own.push({ commit, time: checkedTime(commit) });
      entries += commit.events.length;
      bytes += bytesOf(commit);
    }
  } catch (error) {
    return { own, whole: true, error };
  }
  return { own, whole: true };
}

/** The latest `time` of a commit. What goes into the log stays there: bytes that are no event of this commit never do. */
function checkedTime({ stream, revision, events }: Commit): string {
  let latest = '';
  for (const [index, bytes] of events.entries()) {
    const place = readPlace(bytes);
    const belongs =
      place.subject === stream &&
      place.revision === revision &&
      place.n === index + 1 &&
      place.of === events.length;
    if (!belongs)
      throw new UnreadableEvent(
        `event ${index + 1} of revision ${revision} of ${stream} says that it belongs elsewhere`,
      );
    if (place.time > latest) latest = place.time;
  }
  return latest;
}
