// The history of one stream as it stood at a position of the log.
import { readEvent, type RecordedEvent } from '../../events/envelope.ts';
import type { EventStore, Table } from '../ports.ts';
import { countAsOf } from '../log/positions.ts';

export interface StreamHistory {
  readonly events: RecordedEvent[];
  /** Of the last of these events; -1 if there is none. */
  readonly position: number;
}

/** Its events at positions up to `at`, in order; none where it had none yet. */
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
