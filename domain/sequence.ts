// The sequencer: puts the commits of all streams into one order and publishes them as entry bundles of the log.
// Level-triggered: it compares cursors with the store, so lost, doubled or disordered hints do no harm. Any number of
// sequencers may run at once; the compare-and-swap of the head is the only moment of decision.
import { packEntries, unpackEntries } from '../events/log/entries.ts';
import { bundlesOf, entriesPath, TILE_WIDTH } from '../events/log/paths.ts';
import { collect, type Collector } from './collect.ts';
import type { BlobStore, Commit, EventStore, Table } from './ports.ts';
import { writePositions, type Sequenced } from './positions.ts';

export interface Head {
  /** Entries decided on. */
  readonly size: number;
  /** Entries that every reader can see: their bundles and position items are durable. */
  readonly published: number;
  /** What was decided last and may not be published yet. */
  readonly pending?: Sequenced;
}

export interface Sequencer extends Collector {
  readonly log: BlobStore;
}

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

function triples(commits: readonly Commit[]): Sequenced['batch'] {
  const batch: [string, number, number][] = [];
  for (const { stream, revision } of commits) {
    const last = batch.at(-1);
    if (last?.[0] === stream) last[2] = revision;
    else batch.push([stream, revision, revision]);
  }
  return batch;
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

async function readAgain(store: EventStore, { batch }: Sequenced): Promise<Commit[]> {
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
