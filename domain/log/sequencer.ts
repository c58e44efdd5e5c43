// The sequencer puts the commits of all streams into one order and publishes them as a transparency log.
// Sequencers can run concurrently, because the compare-and-swap of the head alone decides the order.
import { toBase64 } from '../../events/log/base64.ts';
import { sameHash } from '../../events/log/merkle.ts';
import {
  publishSignedCheckpoint,
  readConsistentHead,
  rootOf,
  type Publisher,
} from './checkpoint-publisher.ts';
import { readNextBatch, type NextBatch, type BatchReader } from './next-batch.ts';
import { treeUpdateOf, type TreeUpdate } from './tree-update.ts';
import { raisePublished, swapHead, type Head, type PendingBatch } from './head.ts';
import { LogConflict, writeFiles } from './log-files.ts';
import type { Commit, EventStore } from '../ports.ts';
import { writePositions } from './positions.ts';
import { writeTime } from './time-index.ts';

export interface Sequencer extends BatchReader, Publisher {}

/**
 * Sequences all unsequenced commits of these streams, unless an import is running. It decides by sequenced revisions, so
 * lost, repeated or late hints do no harm. Returns the quarantined streams, which cannot be read.
 * @throws LogConflict, with an alarm, if continuing would contradict the published log
 */
export async function sequence(sequencer: Sequencer, streams: Iterable<string>): Promise<string[]> {
  const quarantined = new Set<string>();
  let left: readonly string[] = [...new Set(streams)];
  await sequenceFrom(sequencer, {
    next: async (head) => (head.importing ? undefined : readNextBatch(sequencer, left, quarantined)),
    taken: (batch) => (left = batch.left),
  });
  return [...quarantined];
}

/** Supplies the batches that are sequenced. */
export interface SequencingSource {
  /** Returns the batch that follows a head, or undefined. Called again if another sequencer was faster. */
  readonly next: (head: Head) => Promise<NextBatch | undefined>;
  /** Called after a batch was published. */
  readonly taken?: (batch: NextBatch) => void;
}

/** Sequences batch after batch until the source has no further one. @throws LogConflict, with an alarm */
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
      checkpoint,
      head: { version, ...head },
    } = await readConsistentHead(sequencer);
    if (head.published < head.size) {
      await finish(sequencer, head);
      continue;
    }
    // A lost checkpoint is published again.
    if ((checkpoint?.size ?? 0) < head.size) await publishSignedCheckpoint(sequencer, head);
    const batch = await next(head);
    if (!batch || batch.commits.length === 0) return;
    const update = await treeUpdateOf(sequencer.log, head.size, entriesOf(batch.commits));
    if (!sameHash(update.before, rootOf(head)))
      throw new LogConflict(
        `the tiles of the log have another root than the head at ${head.size} entries: run chancery verify to find the altered file`,
      );
    const decided = headAfter(head, batch, update);
    // No file is written before this swap. After a crash, `pending` is finished by the next run of any sequencer.
    if (!(await swapHead(sequencer.state, decided, version))) continue;
    await finish(sequencer, decided, { commits: batch.commits, update });
    taken?.(batch);
  }
}

const entriesOf = (commits: readonly Commit[]): Uint8Array[] => commits.flatMap(({ events }) => events);

const headAfter = (head: Head, { commits, entries, time }: NextBatch, { root }: TreeUpdate): Head => ({
  ...head,
  size: head.size + entries,
  root: toBase64(root),
  time: time > head.time ? time : head.time,
  published: head.size,
  pending: { base: head.size, batch: revisionRanges(commits) },
});

function revisionRanges(commits: readonly Commit[]): PendingBatch['batch'] {
  const batch: [string, number, number][] = [];
  for (const { stream, revision } of commits) {
    const last = batch.at(-1);
    if (last?.[0] === stream) last[2] = revision;
    else batch.push([stream, revision, revision]);
  }
  return batch;
}

/** The commits and log files of a pending batch. */
interface LoadedBatch {
  readonly commits: readonly Commit[];
  readonly update: TreeUpdate;
}

/** Publishes the decided batch. Idempotent, also for concurrent runs and after a crash. */
async function finish(sequencer: Sequencer, head: Head, cached?: LoadedBatch): Promise<void> {
  const { state, log } = sequencer;
  const { pending } = head;
  if (!pending)
    throw new LogConflict(
      `the head has ${head.size} entries, only ${head.published} are published, and no batch is pending: restore the state table from a backup`,
    );
  const { commits, update } = cached ?? (await recoverPending(sequencer, head, pending));
  await writeFiles(log, update.files);
  // A crash here leaves files that readers do not use yet. The next run finds the same bytes.
  await writePositions(state, pending, commits);
  await writeTime(state, head);
  // A crash here leaves positions of unpublished events. The next run publishes the events.
  await publishSignedCheckpoint(sequencer, head);
  // A crash here leaves a signed checkpoint ahead of `published`. The next run raises `published`.
  await raisePublished(state, head.size);
}

/** Reloads the pending batch of an interrupted run. Commits are immutable, so it yields the same entries. */
async function recoverPending(
  { store, log }: Sequencer,
  head: Head,
  pending: PendingBatch,
): Promise<LoadedBatch> {
  const commits = await readCommits(store, pending);
  const update = await treeUpdateOf(log, pending.base, entriesOf(commits));
  if (!sameHash(update.root, rootOf(head)))
    throw new LogConflict(
      'the decided but unpublished commits are missing from the event store: restore it from a later backup',
      pending.base,
    );
  return { commits, update };
}

async function readCommits(store: EventStore, { batch }: PendingBatch): Promise<Commit[]> {
  const commits: Commit[] = [];
  for (const [stream, first, last] of batch) {
    for await (const commit of store.read(stream, first - 1)) {
      if (commit.revision > last) break;
      commits.push(commit);
    }
  }
  return commits;
}
