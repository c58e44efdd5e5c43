// The sequencer: puts the commits of all streams into one order and publishes them as entry bundles of the log.
// Level-triggered: it compares cursors with the store, so lost, doubled or disordered hints do no harm. Any number of
// sequencers may run at once; the compare-and-swap of the head is the only moment of decision.
import { readPlace, UnreadableEvent } from '../events/envelope.ts';
import { packEntries, unpackEntries } from '../events/log/entries.ts';
import { bundlesOf, entriesPath, TILE_WIDTH } from '../events/log/paths.ts';
import type { BlobStore, Commit, EventStore, Table } from './ports.ts';

/** What was sequenced last: the revisions first..last of each stream, in log order, from position `base` on. */
interface Pending {
  readonly base: number;
  readonly batch: readonly (readonly [stream: string, first: number, last: number])[];
}

export interface Head {
  /** Entries decided on. */
  readonly size: number;
  /** Entries that every reader can see: their bundles and position items are durable. */
  readonly published: number;
  readonly pending?: Pending;
}

export interface Sequencer {
  readonly store: EventStore;
  readonly state: Table;
  readonly log: BlobStore;
  /** Somebody must look: what is set aside, and why. */
  readonly alarm: (what: string, error: unknown) => void;
}

/** One item per stream and batch; the last one is the stream's cursor. */
export interface Positions {
  readonly first: number;
  /** Position of the first event of revision `first`. */
  readonly position: number;
  /** How many events each revision has, from `first` on. */
  readonly counts: readonly number[];
}

const MAX_ENTRIES = 1_024;
const MAX_BYTES = 8 * 1_024 * 1_024;
const HEAD = { partition: 'log', sort: 'head' };

/** Bytes that stand in the log differ from those decided on: nothing may be published until somebody has looked. */
export class LogConflict extends Error {
  override readonly name = 'LogConflict';
}

export async function readHead(state: Table): Promise<Head & { version: number }> {
  const item = await state.get(HEAD.partition, HEAD.sort);
  return item ? { ...(item.body as Head), version: item.version } : { size: 0, published: 0, version: 0 };
}

/** Sequences what is missing of these streams, all of it. Gives the streams that can't be read: set aside, with an alarm. */
export async function sequence(sequencer: Sequencer, streams: Iterable<string>): Promise<string[]> {
  const setAside = new Set<string>();
  for (let left = [...new Set(streams)]; ;) {
    const { version, ...head } = await readHead(sequencer.state);
    if (head.published < head.size) {
      await finish(sequencer, head);
      continue;
    }
    const batch = await collect(sequencer, left, setAside);
    if (batch.commits.length === 0) return [...setAside];
    const next: Head = {
      size: head.size + batch.entries,
      published: head.size,
      pending: { base: head.size, batch: triples(batch.commits) },
    };
    // Nothing is uploaded before this. A crash after it leaves `pending`, which the next run of any sequencer finishes.
    const decided = await sequencer.state.putIf({ ...HEAD, body: next }, version);
    if (!decided) continue;
    await finish(sequencer, next, batch.commits);
    left = batch.left;
  }
}

interface Batch {
  readonly commits: readonly Commit[];
  readonly entries: number;
  /** Streams that may have more. */
  readonly left: string[];
}

async function collect(
  { store, state, alarm }: Sequencer,
  streams: readonly string[],
  setAside: Set<string>,
): Promise<Batch> {
  const commits: Commit[] = [];
  let [entries, bytes] = [0, 0];
  for (const [index, stream] of streams.entries()) {
    const own: Commit[] = [];
    try {
      for await (const commit of store.read(stream, await cursorOf(state, stream))) {
        checkPlaces(commit);
        const size = commit.events.reduce((sum, event) => sum + event.length, 0);
        const full = entries + commit.events.length > MAX_ENTRIES || bytes + size > MAX_BYTES;
        if (full && entries > 0)
          return { commits: [...commits, ...own], entries, left: streams.slice(index) };
        own.push(commit);
        entries += commit.events.length;
        bytes += size;
      }
    } catch (error) {
      // What was read of it before is whole commits, and may be sequenced.
      alarm(`${stream} cannot be read and is set aside`, error);
      setAside.add(stream);
    }
    commits.push(...own);
  }
  return { commits, entries, left: [] };
}

/** What goes into the log stays there: bytes that are no event of this commit never do. */
function checkPlaces({ stream, revision, events }: Commit): void {
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
  }
}

function triples(commits: readonly Commit[]): Pending['batch'] {
  const batch: [string, number, number][] = [];
  for (const { stream, revision } of commits) {
    const last = batch.at(-1);
    if (last?.[0] === stream) last[2] = revision;
    else batch.push([stream, revision, revision]);
  }
  return batch;
}

/** The last revision of a stream that has a position, 0 where none has. */
export async function cursorOf(state: Table, stream: string): Promise<number> {
  for await (const { sort } of state.range(`positions/${stream}`, { descending: true })) return Number(sort);
  return 0;
}

/** Makes what was decided visible. Idempotent: any number of runs, at once or after a crash, leave the same. */
async function finish(
  { store, state, log }: Sequencer,
  head: Head,
  known?: readonly Commit[],
): Promise<void> {
  const { pending } = head;
  if (!pending)
    throw new LogConflict(
      `the head has ${head.size} entries, ${head.published} published, and nothing pending`,
    );
  const commits = known ?? (await readAgain(store, pending));
  const entries = commits.flatMap(({ events }) => events);
  if (pending.base + entries.length !== head.size) {
    throw new LogConflict(
      `the head has ${head.size} entries, but ${pending.base} + ${entries.length} are there`,
    );
  }
  await writeBundles(log, pending.base, entries);
  // A crash here leaves bundles that no reader looks at yet; the next run finds the same bytes there.
  await writePositions(state, pending, commits);
  // A crash here leaves positions of events that are not published; the next run publishes them.
  await publish(state, head.size);
}

async function readAgain(store: EventStore, { batch }: Pending): Promise<Commit[]> {
  const commits: Commit[] = [];
  for (const [stream, first, last] of batch) {
    for await (const commit of store.read(stream, first - 1)) {
      if (commit.revision > last) break;
      commits.push(commit);
    }
  }
  return commits;
}

async function writeBundles(log: BlobStore, base: number, entries: readonly Uint8Array[]): Promise<void> {
  const first = Math.floor(base / TILE_WIDTH);
  const begun = base % TILE_WIDTH === 0 ? [] : await readBundle(log, first, base % TILE_WIDTH);
  const all = [...begun, ...entries];
  for (const { bundle, width } of bundlesOf(base + entries.length, first)) {
    const from = (bundle - first) * TILE_WIDTH;
    const key = entriesPath(bundle, width);
    const stored = await log.create(key, packEntries(all.slice(from, from + width)));
    if (stored === 'different') throw new LogConflict(`${key} has other bytes than the head decided on`);
  }
}

export async function readBundle(log: BlobStore, bundle: number, width: number): Promise<Uint8Array[]> {
  const key = entriesPath(bundle, width);
  const blob = await log.get(key);
  if (!blob) throw new LogConflict(`${key} is missing from the log`);
  const entries = unpackEntries(blob.bytes);
  if (entries.length !== width)
    throw new LogConflict(`${key} has ${entries.length} entries instead of ${width}`);
  return entries;
}

async function writePositions(
  state: Table,
  { base, batch }: Pending,
  commits: readonly Commit[],
): Promise<void> {
  let [position, at] = [base, 0];
  for (const [stream, first, last] of batch) {
    const counts = commits.slice(at, at + last - first + 1).map(({ events }) => events.length);
    const body: Positions = { first, position, counts };
    // Insert only: where it stands already, an earlier run of the same batch put it there.
    await state.putIf({ partition: `positions/${stream}`, sort: revisionKey(last), body }, 0);
    position += counts.reduce((sum, count) => sum + count, 0);
    at += counts.length;
  }
}

/** Only ever upward, whoever gets here first. */
async function publish(state: Table, size: number): Promise<void> {
  for (;;) {
    const { version, ...head } = await readHead(state);
    if (head.published >= size) return;
    const { pending: _, ...settled } = { ...head, published: size };
    const body = head.size === size ? settled : { ...head, published: size };
    if (await state.putIf({ ...HEAD, body }, version)) return;
  }
}

/** Revisions as they sort. */
export const revisionKey = (revision: number): string => String(revision).padStart(12, '0');

/** The position of the last event of this revision, where it has one. */
export async function positionOf(
  state: Table,
  stream: string,
  revision: number,
): Promise<number | undefined> {
  for await (const { body } of state.range(`positions/${stream}`, { from: revisionKey(revision) })) {
    const { first, position, counts } = body as Positions;
    if (first > revision) return undefined;
    return position + counts.slice(0, revision - first + 1).reduce((sum, count) => sum + count, 0) - 1;
  }
  return undefined;
}
