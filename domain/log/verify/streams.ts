// The streams of a log up to the checked entry, in 4 bytes for each event and about 40 for each stream.
// A stream is folded on demand, from its cached state if it has one.
import type { RecordedEvent } from '../../../events/envelope.ts';
import { parseEntry } from './parse-entry.ts';
import { leastRecentlyUsedCache } from './recent-cache.ts';
import { revisionMap } from './last-revisions.ts';

/** Folds events to a state. `before` is undefined before the first event. */
export type Fold<S> = (events: readonly RecordedEvent[], before: S | undefined) => S;

export interface Streams {
  /** Adds the event at this position to its stream. Positions ascend. */
  readonly add: (stream: string, position: number) => void;
  /** Returns the position of the last event of a stream plus 1, or 0. */
  readonly end: (stream: string) => number;
  /** Returns the state of a stream. Each stream must always be folded with the same function. */
  readonly state: <S>(stream: string, fold: Fold<S>) => Promise<S>;
}

const MAX_BYTES = 32 * 1_024 * 1_024;

export function streams(
  size: number,
  readEntry: (position: number) => Promise<Uint8Array | undefined>,
): Streams {
  const last = revisionMap();
  /** The end of the stream before each position. */
  const before = new Uint32Array(size);
  const folded = leastRecentlyUsedCache<{
    readonly end: number;
    readonly state: unknown;
    readonly bytes: number;
  }>(MAX_BYTES);

  async function state<S>(stream: string, fold: Fold<S>): Promise<S> {
    const end = last.get(stream);
    const cached = folded.get(stream);
    if (cached?.end === end) return cached.state as S;
    const positions: number[] = [];
    for (let at = end; at > (cached?.end ?? 0); at = before[at - 1] ?? 0) positions.push(at - 1);
    let next = cached?.state as S | undefined;
    let bytes = cached?.bytes ?? 0;
    for (const position of positions.toReversed()) {
      const entry = await readEntry(position);
      const event = entry && parseEntry(entry);
      if (typeof event !== 'object')
        throw new Error(
          `the entry at position ${position} could be read before and now cannot: verify again`,
        );
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
