// Folds a batch of events into the row versions of read models. A fold reads no rows: it needs the batch, and the earlier
// events of streams that began before it.
import type { RecordedEvent } from '../../events/envelope.ts';
import { wavesOf } from '../waves.ts';
import { difference } from './difference.ts';
import type { ReadModel } from './read-model.ts';
import type { RowVersion } from './row.ts';
import { evolve, stateName, type StreamState } from './stream.ts';

export interface LogEvent {
  readonly position: number;
  readonly event: RecordedEvent;
}

/** Returns the events of the same stream that come before this one, in order. */
export type ReadEarlier = (event: RecordedEvent) => Promise<readonly RecordedEvent[]>;

/**
 * Returns the versions that each of the read models gets from these events, which follow each other in the log. Reads
 * the earlier events of a stream once. The same events give the same versions, whatever the batches.
 * @throws Error if an event cannot follow the earlier ones of its stream.
 */
export async function foldBatch(
  models: readonly ReadModel[],
  batch: readonly LogEvent[],
  readEarlier: ReadEarlier,
): Promise<Map<ReadModel, RowVersion[]>> {
  const states = await statesBefore(batch, readEarlier);
  const versions = new Map(models.map((model): [ReadModel, RowVersion[]] => [model, []]));
  for (const { position, event } of batch) {
    const name = stateName(event);
    const before = states.get(name);
    const after = evolve(before, event);
    states.set(name, after);
    for (const [model, written] of versions) {
      const earlier = before ? model.rowsOf(before) : [];
      for (const version of difference(earlier, model.rowsOf(after), position)) written.push(version);
    }
  }
  return versions;
}

/** The states of the streams that began before the batch, each folded once. */
async function statesBefore(
  batch: readonly LogEvent[],
  readEarlier: ReadEarlier,
): Promise<Map<string, StreamState>> {
  const firsts = new Map<string, RecordedEvent>();
  for (const { event } of batch) if (!firsts.has(event.subject)) firsts.set(event.subject, event);
  const began = [...firsts.values()].filter(({ revision, n }) => revision > 1 || n > 1);
  const states = new Map<string, StreamState>();
  for (const [, wave] of wavesOf(began)) {
    for (const events of await Promise.all(wave.map(readEarlier))) {
      for (const event of events) states.set(stateName(event), evolve(states.get(stateName(event)), event));
    }
  }
  return states;
}
