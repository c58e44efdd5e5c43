// Makes the events of several streams in the order of a log.
import type { RecordedEvent } from '../../../events/envelope.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { recorded } from '../archives/written-history.ts';

/** Returns recorded events in this order. Each event gets the next revision of its stream. */
export function logOf(entries: readonly (readonly [stream: string, event: NewEvent])[]): RecordedEvent[] {
  const revisions = new Map<string, number>();
  return entries.flatMap(([stream, event]) => {
    const revision = (revisions.get(stream) ?? 0) + 1;
    revisions.set(stream, revision);
    return recorded(stream, [event], revision);
  });
}
