// An archive in memory for tests of the sequencer. Its small events name their stream and revision. A reader watches
// the log, and `faultsIn` checks it when all commits are sequenced.
import { readEventHeader } from '../../../events/envelope.ts';
import type { Commit } from '../../../domain/ports.ts';
import type { LogIdentity } from '../../../domain/log/log-identity.ts';
import { replay } from '../../../domain/log/replay.ts';
import { sequencedRevision, positionOf } from '../../../domain/log/positions.ts';
import { readHead } from '../../../domain/log/head.ts';
import { type Sequencer } from '../../../domain/log/sequencer.ts';
import { cheapIdentity } from './identity.ts';
import { checkpointWatcher, logFaults } from './log-faults.ts';
import { memoryBlobs, type MemoryBlobs } from '../stores/memory-blobs.ts';
import { memoryStore, type MemoryStore } from '../stores/memory-store.ts';
import { memoryTable, type MemoryTable } from '../stores/memory-table.ts';

export interface SequencerFixture {
  readonly store: MemoryStore;
  readonly state: MemoryTable;
  readonly log: MemoryBlobs;
  readonly identity: LogIdentity;
  readonly signed: readonly string[];
}

export function sequencerFixture(): SequencerFixture {
  const signed: string[] = [];
  return {
    store: memoryStore(),
    state: memoryTable(),
    log: memoryBlobs(),
    identity: cheapIdentity((text) => signed.push(text)),
    signed,
  };
}

export const entryOf = (stream: string, revision: number, n: number): string => `${stream}/${revision}/${n}`;

/** Returns a commit of `count` events, each with its stream, revision and number, padded to `bytes`. */
export const commitOf = (stream: string, revision: number, count = 1, bytes = 0, time = TIME): Commit => ({
  stream,
  revision,
  events: Array.from({ length: count }, (_, n) =>
    Buffer.from(
      JSON.stringify({ type: 'Test', subject: stream, time, revision, n: n + 1, of: count }).padEnd(bytes),
    ),
  ),
});
const TIME = '2023-03-03T12:00:00.000Z';

/** Appends further commits to a stream, with these numbers of events. */
export async function extend(
  { store }: SequencerFixture,
  stream: string,
  counts: readonly number[],
): Promise<void> {
  const from = store.commits(stream).length;
  for (const [index, count] of counts.entries())
    await store.append(commitOf(stream, from + index + 1, count));
}

export async function entriesOf(of: Pick<Sequencer, 'state' | 'log'>): Promise<string[]> {
  return (await bytesOf(of)).map((bytes) => {
    const { subject, revision, n } = readEventHeader(bytes);
    return entryOf(subject, revision, n);
  });
}

async function bytesOf({ state, log }: Pick<Sequencer, 'state' | 'log'>): Promise<Uint8Array[]> {
  const { published } = await readHead(state);
  return (await Array.fromAsync(replay(log, 0, published))).map(({ bytes }) => bytes);
}

export interface Reader {
  /** Reads the published log, and compares it with the log that the last call read. */
  readonly look: () => Promise<void>;
  /** Faults that the reader found. */
  readonly complaints: readonly string[];
}

export function reader(of: SequencerFixture): Reader {
  let seen: readonly Uint8Array[] = [];
  const complaints: string[] = [];
  const checkpoint = checkpointWatcher(of.log);
  return {
    complaints,
    look: async () => {
      const { published } = await readHead(of.state);
      const stepped = await checkpoint.look();
      if (stepped !== undefined) complaints.push(stepped);
      if (published === seen.length) return;
      if (checkpoint.size() < published)
        complaints.push(
          `${published} entries are published, and the checkpoint has size ${checkpoint.size()}`,
        );
      const now = await bytesOf(of).catch((error: unknown) => [Buffer.from(String(error))]);
      if (now.length < published)
        complaints.push(
          `${published} entries are published, and ${now.length} exist: ${Buffer.from(now[0] ?? []).toString()}`,
        );
      if (seen.some((bytes, at) => Buffer.compare(bytes, now[at] ?? new Uint8Array()) !== 0))
        complaints.push(`an entry before position ${seen.length} has changed`);
      seen = now;
    },
  };
}

/** Returns the faults of an archive whose commits should all be sequenced. */
export async function faultsIn(of: SequencerFixture): Promise<string[]> {
  const faults = await logFaults(of, await bytesOf(of));
  const { size, published, pending } = await readHead(of.state);
  const entries = await entriesOf(of);
  const commits = of.store.streams().flatMap((stream) => of.store.commits(stream));
  const total = commits.reduce((sum, { events }) => sum + events.length, 0);
  if (size !== total || published !== total || entries.length !== total)
    faults.push(`size ${size}, published ${published}, ${entries.length} entries instead of ${total}`);
  if (pending) faults.push('the head has a pending batch');

  const at = new Map(entries.map((entry, position) => [entry, position]));
  if (at.size !== entries.length) faults.push('an entry has two positions');
  for (const stream of of.store.streams()) {
    let before = -1;
    for (const { revision, events } of of.store.commits(stream)) {
      const positions = events.map((_, n) => at.get(entryOf(stream, revision, n + 1)) ?? Number.NaN);
      const [first = Number.NaN] = positions;
      if (!(first > before) || positions.some((position, n) => position !== first + n))
        faults.push(`${stream} ${revision} has positions ${positions.join(', ')} after ${before}`);
      before = first + events.length - 1;
      const position = await positionOf(of.state, stream, revision);
      if (position !== before)
        faults.push(`${stream} ${revision} ends at ${before}, but its stored position is ${position}`);
    }
    const last = of.store.commits(stream).length;
    const sequenced = await sequencedRevision(of.state, stream);
    if (sequenced !== last)
      faults.push(`the sequenced revision of ${stream} is ${sequenced} instead of ${last}`);
    if ((await positionOf(of.state, stream, last + 1)) !== undefined)
      faults.push(`${stream} has a position for the revision ${last + 1}, which does not exist`);
  }
  return faults;
}
