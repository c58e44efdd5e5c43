// Reads meetings, statements and opinions by id: folds their own events as of a position.
import type { ThingAsOf } from '../../queries/changes/comparison.ts';
import { streamOf, type Reading } from './reading.ts';
import { evidencePassagesOf } from '../state/sources.ts';
import { evolve, type StreamState } from '../state/stream-state.ts';
import { summaryOf } from '../state/summary.ts';
import { isThing } from '../state/thing-state.ts';
import { wavesOf } from '../../concurrency.ts';

/** Reads a record and its evidence. Returns undefined if the log has no event of it up to the position. */
export async function thingAsOf(reading: Reading, id: string): Promise<ThingAsOf | undefined> {
  const { events, position } = await streamOf(reading, id);
  let state: StreamState | undefined;
  for (const event of events) state = evolve(state, event);
  if (!state || !isThing(state)) return undefined;
  const { sources, life } = state;
  return { summary: { ...summaryOf(state), position }, grounds: evidencePassagesOf(sources, life.evidence) };
}

/** Reads records in the order of the ids. */
export async function thingsAsOf(
  reading: Reading,
  ids: readonly string[],
): Promise<(ThingAsOf | undefined)[]> {
  const records: (ThingAsOf | undefined)[] = [];
  for (const [, wave] of wavesOf(ids))
    records.push(...(await Promise.all(wave.map((id) => thingAsOf(reading, id)))));
  return records;
}
