// The streams of a log, up to the entry that is being checked: 4 bytes for each event and some 40 for each stream. A
// stream is folded when its state is needed. States that were used last are kept, and folded on from there.
import type { RecordedEvent } from '../../../events/envelope.ts';
import { parseEntry } from './parse-entry.ts';
import { recent } from './recent-cache.ts';
import { revisions } from './last-revisions.ts';

/** Folds events onto a state; undefined before the first event. */
export type Fold<S> = (events: readonly RecordedEvent[], before: S | undefined) => S;

export interface Streams {
  /** Adds the event at this position to its stream. Positions ascend. */
  readonly add: (stream: string, position: number) => void;
  /** 1 more than the position of a stream's last event; 0 if it has none. */
  readonly end: (stream: string) => number;
  /** Folds the events that were added to a stream, always with the same function. */
  readonly state: <S>(stream: string, fold: Fold<S>) => Promise<S>;
}

const MAX_BYTES = 32 * 1_024 * 1_024;

export function streams(
  size: number,
  readEntry: (position: number) => Promise<Uint8Array | undefined>,
): Streams {
  const last = revisions();
  /** For each position, the end of its stream before it. */
  const before = new Uint32Array(size);
  const folded = recent<{ readonly end: number; readonly state: unknown; readonly bytes: number }>(MAX_BYTES);

  async function state<S>(stream: string, fold: Fold<S>): Promise<S> {
    const end = last.get(stream);
    const known = folded.get(stream);
    if (known?.end === end) return known.state as S;
    const positions: number[] = [];
    for (let at = end; at > (known?.end ?? 0); at = before[at - 1] ?? 0) positions.push(at - 1);
    let next = known?.state as S | undefined;
    let bytes = known?.bytes ?? 0;
    for (const position of positions.toReversed()) {
      const entry = await readEntry(position);
      const event = entry && parseEntry(entry);
      if (typeof event !== 'object') throw new Error(`the entry at ${position} can no longer be read`);
      next = fold([event], next);
      bytes += entry?.length ?? 0;
    }
    const result = positions.length === 0 ? fold([], next) : (next as S);
    folded.set(stream, { end, state: result, bytes }, bytes);
    return result;
  }

  return {
    add: (stream, position) => {
      before[position] = last.get(stream);
      last.set(stream, position + 1);
    },
    end: last.get,
    state,
  };
}
