// The sequencer: puts the commits of all streams into one order and publishes it as a transparency log. Level-triggered:
// it compares cursors with the store, so lost, doubled or disordered hints do no harm. Any number of sequencers may run
// at once; the compare-and-swap of the head is the only moment of decision.
import { toBase64 } from '../../events/log/base64.ts';
import { sameHash } from '../../events/log/merkle.ts';
import { publishCheckpoint, readSoundHead, rootOf, type Publisher } from './checkpoint-publisher.ts';
import { readNextBatch, type SequencedBatch, type BatchReader } from './next-batch.ts';
import { treeUpdateOf, type TreeUpdate } from './tree-update.ts';
import { raisePublished, swapHead, type Head } from './head.ts';
import { LogConflict, writeFiles } from './log-files.ts';
import type { Commit, EventStore } from '../ports.ts';
import { writePositions, type Sequenced } from './positions.ts';
import { writeTime } from './time-index.ts';

export interface Sequencer extends BatchReader, Publisher {}

/**
 * Sequences what is missing of these streams, all of it, unless a log is being imported. Gives the streams that can't
 * be read: set aside, with an alarm. Throws LogConflict, with an alarm, where going on would contradict what was
 * published.
 */
export async function sequence(sequencer: Sequencer, streams: Iterable<string>): Promise<string[]> {
  const setAside = new Set<string>();
  let left: readonly string[] = [...new Set(streams)];
  await sequenceFrom(sequencer, {
    next: async (head) => (head.importing ? undefined : readNextBatch(sequencer, left, setAside)),
    taken: (batch) => (left = batch.left),
  });
  return [...setAside];
}

/** Where batches come from. */
export interface SequencingSource {
  /** What comes after this head, or nothing; asked again where somebody else was faster. */
  readonly next: (head: Head) => Promise<SequencedBatch | undefined>;
  /** It is in the log. */
  readonly taken?: (batch: SequencedBatch) => void;
}

/** Puts one batch after another into the log until there is none. */
export async function sequenceFrom(sequencer: Sequencer, source: SequencingSource): Promise<void> {
  try {
    await sequenceAll(sequencer, source);
  } catch (error) {
    if (error instanceof LogConflict) sequencer.alarm(`the log is stopped: ${error.message}`, error);
    throw error;
  }
}

async function sequenceAll(sequencer: Sequencer, { next, taken }: SequencingSource): Promise<void> {
  for (;;) {
    const {
      standing,
      head: { version, ...head },
    } = await readSoundHead(sequencer);
    if (head.published < head.size) {
      await finish(sequencer, head);
      continue;
    }
    // A checkpoint that was lost is published again.
    if ((standing?.size ?? 0) < head.size) await publishCheckpoint(sequencer, head);
    const batch = await next(head);
    if (!batch || batch.commits.length === 0) return;
    const growth = await treeUpdateOf(sequencer.log, head.size, entriesOf(batch.commits));
    if (!sameHash(growth.before, rootOf(head)))
      throw new LogConflict(`the tiles of the log have another root than the head at ${head.size} entries`);
    const decided = headAfter(head, batch, growth);
    // Nothing is uploaded before this. A crash after it leaves `pending`, which the next run of any sequencer finishes.
    if (!(await swapHead(sequencer.state, decided, version))) continue;
    await finish(sequencer, decided, { commits: batch.commits, growth });
    taken?.(batch);
  }
}

const entriesOf = (commits: readonly Commit[]): Uint8Array[] => commits.flatMap(({ events }) => events);

const headAfter = (head: Head, { commits, entries, time }: SequencedBatch, { root }: TreeUpdate): Head => ({
  ...head,
  size: head.size + entries,
  root: toBase64(root),
  time: time > head.time ? time : head.time,
  published: head.size,
  pending: { base: head.size, batch: triples(commits) },
});

function triples(commits: readonly Commit[]): Sequenced['batch'] {
  const batch: [string, number, number][] = [];
  for (const { stream, revision } of commits) {
    const last = batch.at(-1);
    if (last?.[0] === stream) last[2] = revision;
    else batch.push([stream, revision, revision]);
  }
  return batch;
}

interface Known {
  readonly commits: readonly Commit[];
  readonly growth: TreeUpdate;
}

/** Makes what was decided visible. Idempotent: any number of runs, at once or after a crash, leave the same. */
async function finish(sequencer: Sequencer, head: Head, known?: Known): Promise<void> {
  const { state, log } = sequencer;
  const { pending } = head;
  if (!pending)
    throw new LogConflict(
      `the head has ${head.size} entries, ${head.published} published, and nothing pending`,
    );
  const { commits, growth } = known ?? (await knownAgain(sequencer, head, pending));
  await writeFiles(log, growth.files);
  // A crash here leaves files that no reader looks at yet; the next run finds the same bytes there.
  await writePositions(state, pending, commits);
  await writeTime(state, head);
  // A crash here leaves positions of events that are not published; the next run publishes them.
  await publishCheckpoint(sequencer, head);
  // A crash here leaves a checkpoint that is ahead of `published`; the next run raises it.
  await raisePublished(state, head.size);
}

/** What an earlier run decided on and did not finish: commits never change, so it is the same as then. */
async function knownAgain({ store, log }: Sequencer, head: Head, pending: Sequenced): Promise<Known> {
  const commits = await readAgain(store, pending);
  const growth = await treeUpdateOf(log, pending.base, entriesOf(commits));
  if (!sameHash(growth.root, rootOf(head)))
    throw new LogConflict(
      'what was decided on and is not published is not in the store any more',
      pending.base,
    );
  return { commits, growth };
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
