// Collects the next batch of the sequencer: the commits of each stream above its sequenced revision. A batch has at most
// 1,024 entries and 8 MiB, but always at least one commit.
import { readEventHeader, UnreadableEvent } from '../../events/envelope.ts';
import type { Commit, EventStore, Table } from '../ports.ts';
import { sequencedRevision } from './positions.ts';
import { slicesOf } from '../concurrency.ts';

export interface BatchReader {
  readonly store: EventStore;
  readonly state: Table;
  /** Alerts the operator, for example about a quarantined stream. */
  readonly alarm: (what: string, error: unknown) => void;
}

const MAX_ENTRIES = 1_024;
const MAX_BYTES = 8 * 1_024 * 1_024;

/** A batch that is not decided yet. */
export interface NextBatch {
  readonly commits: readonly Commit[];
  readonly entries: number;
  /** The latest `time` of the entries, or an empty string. */
  readonly time: string;
  /** The streams that may have further commits. */
  readonly left: string[];
}

/** Reads the next batch. Adds unreadable streams to `quarantined`, with an alarm, so that they do not block others. */
export async function readNextBatch(
  sequencer: BatchReader,
  streams: readonly string[],
  quarantined: Set<string>,
): Promise<NextBatch> {
  const selected: ReadCommit[] = [];
  const capacity: Capacity = { entries: MAX_ENTRIES, bytes: MAX_BYTES };
  const batchOf = (left: string[]): NextBatch => ({
    commits: selected.map(({ commit }) => commit),
    entries: MAX_ENTRIES - capacity.entries,
    time: selected.reduce((latest, { time }) => (time > latest ? time : latest), ''),
    left,
  });
  for (const [at, slice] of slicesOf(streams)) {
    const read = await Promise.all(slice.map((stream) => readAbove(sequencer, stream)));
    for (const [index, { own, whole, error }] of read.entries()) {
      const over = own.findIndex(({ commit }) => !take(capacity, commit));
      selected.push(...(over < 0 ? own : own.slice(0, over)));
      // The batch is full, or this stream may have further commits.
      if (over >= 0 || !whole) return batchOf(streams.slice(at + index));
      if (error === undefined) continue;
      // The commits before the unreadable one are complete and can be sequenced.
      sequencer.alarm(`${slice[index]} cannot be read and is quarantined: restore its commits`, error);
      quarantined.add(slice[index] ?? '');
    }
  }
  return batchOf([]);
}

/** The remaining capacity of a batch. */
interface Capacity {
  entries: number;
  bytes: number;
}

const bytesOf = ({ events }: Commit): number => events.reduce((sum, event) => sum + event.length, 0);

/** Reserves capacity for a commit. Returns false if too little is left; an empty batch takes any commit. */
function take(capacity: Capacity, commit: Commit): boolean {
  const bytes = bytesOf(commit);
  const fits = capacity.entries >= commit.events.length && capacity.bytes >= bytes;
  if (!fits && capacity.entries < MAX_ENTRIES) return false;
  capacity.entries -= commit.events.length;
  capacity.bytes -= bytes;
  return true;
}

interface ReadCommit {
  readonly commit: Commit;
  /** The latest `time` of its events. */
  readonly time: string;
}

interface StreamCommits {
  /** The commits above the sequenced revision, at most as many as fit into a batch. */
  readonly own: readonly ReadCommit[];
  /** True if `own` has all commits of the stream that can be read. */
  readonly whole: boolean;
  readonly error?: unknown;
}

async function readAbove({ store, state }: BatchReader, stream: string): Promise<StreamCommits> {
  const own: ReadCommit[] = [];
  let [entries, bytes] = [0, 0];
  try {
    for await (const commit of store.read(stream, await sequencedRevision(state, stream))) {
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

/** Returns the latest `time` of a commit. @throws UnreadableEvent if an event does not belong to the commit */
function checkedTime({ stream, revision, events }: Commit): string {
  let latest = '';
  for (const [index, bytes] of events.entries()) {
    const placement = readEventHeader(bytes);
    const belongs =
      placement.subject === stream &&
      placement.revision === revision &&
      placement.n === index + 1 &&
      placement.of === events.length;
    if (!belongs)
      throw new UnreadableEvent(
        `event ${index + 1} of ${events.length} of revision ${revision} of ${stream} names itself event ${placement.n} of ${placement.of} of revision ${placement.revision} of ${placement.subject}`,
      );
    if (placement.time > latest) latest = placement.time;
  }
  return latest;
}
