// Reads the history of one stream as of a position of the log.
import { readEvent, type RecordedEvent } from '../../events/envelope.ts';
import type { EventStore, Table } from '../ports.ts';
import { countAsOf } from '../log/positions.ts';

export interface StreamHistory {
  readonly events: RecordedEvent[];
  /** The position of the last of these events, or -1 if the list is empty. */
  readonly position: number;
}

/** Returns the events of a stream at positions up to `at` (inclusive), in order. */
export async function historyAsOf(
  { store, state }: { readonly store: Pick<EventStore, 'read'>; readonly state: Table },
  stream: string,
  at: number,
): Promise<StreamHistory> {
  const { revision, more, position } = await countAsOf(state, stream, at);
  const events: RecordedEvent[] = [];
  if (position < 0) return { events, position };
  for await (const commit of store.read(stream)) {
    if (commit.revision > revision + 1) break;
    const whole = commit.revision <= revision;
    events.push(...commit.events.slice(0, whole ? undefined : more).map(readEvent));
  }
  return { events, position };
}
