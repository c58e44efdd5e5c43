// Meetings, statements and opinions by their ids, folded from their own events as of a position.
import type { ThingAsOf } from '../../queries/changes/comparison.ts';
import { streamOf, type Reading } from './reading.ts';
import { evidencePassagesOf } from '../state/sources.ts';
import { evolve, type StreamState } from '../state/stream-state.ts';
import { summaryOf } from '../state/summary.ts';
import { isThing } from '../state/thing-state.ts';
import { wavesOf } from '../../concurrency.ts';

/** What is shown of a thing and what it rests on; undefined if the log did not have it yet. */
export async function thingAsOf(reading: Reading, id: string): Promise<ThingAsOf | undefined> {
  const { events, position } = await streamOf(reading, id);
  let state: StreamState | undefined;
  for (const event of events) state = evolve(state, event);
  if (!state || !isThing(state)) return undefined;
  const { sources, life } = state;
  return { summary: { ...summaryOf(state), position }, grounds: evidencePassagesOf(sources, life.evidence) };
}

/** In the order of the ids. */
export async function thingsAsOf(
  reading: Reading,
  ids: readonly string[],
): Promise<(ThingAsOf | undefined)[]> {
  const things: (ThingAsOf | undefined)[] = [];
  for (const [, wave] of wavesOf(ids))
    things.push(...(await Promise.all(wave.map((id) => thingAsOf(reading, id)))));
  return things;
}
