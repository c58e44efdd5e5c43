// The streams of a log, up to the entry that is being checked: 4 bytes for each event and some 40 for each stream. Their
// events are read again when they are needed, and those that were used last are kept.
import type { RecordedEvent } from '../../events/envelope.ts';
import { parseEntry } from './event.ts';
import { recent } from './recent.ts';
import { revisions } from './revisions.ts';

export interface Streams {
  /** Adds the event at this position to its stream. Positions ascend. */
  readonly add: (stream: string, position: number) => void;
  /** Returns the events that were added to a stream, in order. */
  readonly history: (stream: string) => Promise<RecordedEvent[]>;
}

const MAX_BYTES = 32 * 1_024 * 1_024;

export function streams(
  size: number,
  readEntry: (position: number) => Promise<Uint8Array | undefined>,
): Streams {
  /** 1 more than the position of the last event of each stream. */
  const last = revisions();
  /** For each position, what `last` was before it. */
  const before = new Uint32Array(size);
  const read = recent<{ readonly end: number; readonly events: RecordedEvent[]; readonly bytes: number }>(
    MAX_BYTES,
  );

  async function history(stream: string): Promise<RecordedEvent[]> {
    const end = last.get(stream);
    const known = read.get(stream) ?? { end: 0, events: [], bytes: 0 };
    if (known.end === end) return known.events;
    const positions: number[] = [];
    for (let at = end; at > known.end; at = before[at - 1] ?? 0) positions.push(at - 1);
    const events = [...known.events];
    let { bytes } = known;
    for (const position of positions.toReversed()) {
      const entry = await readEntry(position);
      const event = entry && parseEntry(entry);
      if (typeof event !== 'object') throw new Error(`the entry at ${position} can no longer be read`);
      events.push(event);
      bytes += entry?.length ?? 0;
    }
    read.set(stream, { end, events, bytes }, bytes);
    return events;
  }

  return {
    add: (stream, position) => {
      before[position] = last.get(stream);
      last.set(stream, position + 1);
    },
    history,
  };
}
