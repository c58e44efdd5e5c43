// The history of one stream as it stood at a position of the log.
import { readEvent, type RecordedEvent } from '../events/envelope.ts';
import type { EventStore, Table } from './ports.ts';
import { countAsOf } from './positions.ts';

/** Its events at positions up to `at`, in order; none where it had none yet. */
export async function historyAsOf(
  { store, state }: { readonly store: EventStore; readonly state: Table },
  stream: string,
  at: number,
): Promise<RecordedEvent[]> {
  const { revision, more } = await countAsOf(state, stream, at);
  const events: RecordedEvent[] = [];
  if (revision === 0 && more === 0) return events;
  for await (const commit of store.read(stream)) {
    if (commit.revision > revision + 1) break;
    const whole = commit.revision <= revision;
    events.push(...commit.events.slice(0, whole ? undefined : more).map(readEvent));
  }
  return events;
}
