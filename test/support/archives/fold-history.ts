// Folds whole histories into the row versions of all read models.
import { readModels } from '../../../domain/projections/views/read-models.ts';
import { foldBatch, type ReadEarlier } from '../../../domain/projections/fold.ts';
import type { RowVersion } from '../../../domain/projections/rows/row.ts';
import type { RecordedEvent } from '../../../events/envelope.ts';

/** Returns a function that reads the earlier events of a stream from these events. */
export function earlierIn(events: readonly RecordedEvent[]): ReadEarlier {
  const streams = Map.groupBy(events, ({ subject }) => subject);
  return async (event) => {
    const stream = streams.get(event.subject) ?? [];
    return stream.slice(0, stream.indexOf(event));
  };
}

/** Folds these events in batches of `batchSize`. Returns all row versions. */
export async function versionsOf(events: readonly RecordedEvent[], batchSize: number): Promise<RowVersion[]> {
  const log = events.map((event, position) => ({ event, position }));
  const readEarlier = earlierIn(events);
  const versions: RowVersion[] = [];
  for (let from = 0; from < log.length; from += batchSize) {
    const folded = await foldBatch(readModels, log.slice(from, from + batchSize), readEarlier);
    for (const { versions: written, stopped } of folded.values()) {
      if (stopped) throw new Error(`stopped at ${stopped.position}: ${stopped.reason}`);
      for (const version of written) versions.push(version);
    }
  }
  return versions;
}
