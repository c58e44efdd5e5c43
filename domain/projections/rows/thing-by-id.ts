// Reads meetings, statements and opinions by id: folds their own events as of a position.
import type { RecordAsOf } from '../../queries/changes/comparison.ts';
import { readVisibleStream, type Reading } from './reading.ts';
import { evidencePassagesOf } from '../state/sources.ts';
import { evolve, type StreamState } from '../state/stream-state.ts';
import { summaryOf } from '../state/summary.ts';
import { isRecordState } from '../state/thing-state.ts';
import { slicesOf } from '../../concurrency.ts';

/** Reads a record and its evidence. Returns undefined if the log has no event of it up to the position. */
export async function recordAsOf(reading: Reading, id: string): Promise<RecordAsOf | undefined> {
  const { events, position } = await readVisibleStream(reading, id);
  let state: StreamState | undefined;
  for (const event of events) state = evolve(state, event);
  if (!state || !isRecordState(state)) return undefined;
  const { sources, life } = state;
  return {
    summary: { ...summaryOf(state), position },
    evidencePassages: evidencePassagesOf(sources, life.evidence),
  };
}

/** Reads records in the order of the ids. */
export async function recordsAsOf(
  reading: Reading,
  ids: readonly string[],
): Promise<(RecordAsOf | undefined)[]> {
  const records: (RecordAsOf | undefined)[] = [];
  for (const [, wave] of slicesOf(ids))
    records.push(...(await Promise.all(wave.map((id) => recordAsOf(reading, id)))));
  return records;
}
