// Read model `network`: who met whom, how often and when. A meeting counts if it was held, is not retracted and is not
// speculated.
import { addend, deltasAfter, sumsAt, WINDOW } from '../rows/sums.ts';
import type { Reading } from '../rows/reading.ts';
import type { ReadModel } from './read-model.ts';
import type { Addend, Row } from '../rows/row.ts';
import type { StreamState } from '../state/stream-state.ts';
import { fieldsOf, isThing, listedAt } from '../state/thing-state.ts';

/** By date, the meetings of two actors; `first` has the smaller id. The body says in which part of lists one is. */
export const meetingsOf = (first: string, second: string): string => `meetings/${first}/${second}`;
/**
 * Sums by the last character of an id: how often this actor met each actor with such an id; 0 if every meeting was
 * reverted. Few rows hold them all.
 */
export const metBy = (actor: string): string => `met/${actor}`;
const met = (actor: string, other: string): Addend => addend(metBy(actor), other.slice(-1), other);

/** How often this actor met everybody whom it ever met; 0 if every meeting was reverted. */
export async function timesMetBy(
  reading: Pick<Reading, 'rows' | 'tails' | 'at'>,
  actor: string,
): Promise<ReadonlyMap<string, number>> {
  const sums = await sumsAt(reading, metBy(actor));
  return new Map([...sums.values()].flatMap((row) => Object.entries(row)));
}

/** The ids of those who met at the latest positions, as many as a window has. */
export async function metOfLate(reading: Pick<Reading, 'tails' | 'at'>): Promise<string[]> {
  const latest = await deltasAfter(reading, metBy(''), Math.max(-1, reading.at - WINDOW));
  return latest.flatMap((deltas) => deltas.map(([, , other]) => other));
}

export const network: ReadModel = { name: 'network', version: 1, lists: ['meetings'], sums: ['met'], rowsOf };

function rowsOf(state: StreamState): readonly Row[] {
  if (!isThing(state)) return [];
  const { participants = [], certainty } = fieldsOf(state);
  if (state.life.status !== 'held' || state.life.retracted || certainty === 'speculated') return [];
  const present = [...new Set(participants.flatMap(({ actor }) => actor ?? []))].sort();
  const { sort, ...body } = listedAt(state);
  return present.flatMap((first, index) =>
    present
      .slice(index + 1)
      .flatMap((second): Row[] => [
        { partition: meetingsOf(first, second), sort, body },
        met(first, second),
        met(second, first),
      ]),
  );
}
