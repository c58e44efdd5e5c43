// Makes the events of several streams in the order of a log.
import { canonicalBytes } from '../../../events/envelope.ts';
import type { Commit } from '../../../domain/ports.ts';
import type { RecordedEvent } from '../../../events/envelope.ts';
import type { Entry } from '../entries.ts';
import { recorded } from '../archives/written-history.ts';

/** Returns recorded events in this order. Each event gets the next revision of its stream. */
export function logOf(entries: readonly Entry[]): RecordedEvent[] {
  const revisions = new Map<string, number>();
  return entries.flatMap(([stream, event]) => {
    const revision = (revisions.get(stream) ?? 0) + 1;
    revisions.set(stream, revision);
    return recorded(stream, [event], revision);
  });
}

/** The same, each in a commit of its own. */
export const commitsOf = (entries: readonly Entry[]): Commit[] =>
  logOf(entries).map((each) => ({
    stream: each.subject,
    revision: each.revision,
    events: [canonicalBytes(each)],
  }));
