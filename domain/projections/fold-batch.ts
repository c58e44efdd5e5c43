// Reads a batch of the log and folds it into row versions.
import { readEvent, UnreadableEvent, type RecordedEvent } from '../../events/envelope.ts';
import type { BlobStore, EventStore } from '../ports.ts';
import { replay } from '../log/replay.ts';
import { foldBatch, type FoldResult, type LogEvent, type ReadEarlier } from './fold.ts';
import type { ReadModel } from './views/read-model.ts';

export interface FoldInput {
  readonly log: Pick<BlobStore, 'get'>;
  readonly store: Pick<EventStore, 'read'>;
}

/**
 * Folds the published events from position `from` up to, and without, `to`. Reads the events once for all read models.
 */
export async function foldLogEvents(
  { log, store }: FoldInput,
  models: readonly ReadModel[],
  from: number,
  to: number,
): Promise<Map<ReadModel, FoldResult>> {
  const batch: LogEvent[] = [];
  for await (const { position, bytes } of replay(log, from, to))
    batch.push({ position, event: readOrError(bytes) });
  return foldBatch(models, batch, earlierIn(store));
}

function readOrError(bytes: Uint8Array): RecordedEvent | UnreadableEvent {
  try {
    return readEvent(bytes);
  } catch (error) {
    if (error instanceof UnreadableEvent) return error;
    throw error;
  }
}

/** Returns a function that reads the events of a stream before an event, including those of the same commit. */
const earlierIn =
  (store: FoldInput['store']): ReadEarlier =>
  async ({ subject, revision, n }) => {
    const events: RecordedEvent[] = [];
    for await (const commit of store.read(subject)) {
      if (commit.revision > revision) break;
      const before = commit.revision === revision ? commit.events.slice(0, n - 1) : commit.events;
      for (const bytes of before) events.push(readEvent(bytes));
    }
    return events;
  };
