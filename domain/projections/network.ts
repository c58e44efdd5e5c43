// Read model `network`: who met whom, how often and when. A meeting counts if it was held, is not retracted and is not
// speculated.
import { addend, sumsAt, sumsOf } from './sums.ts';
import type { Reading } from './reading.ts';
import type { ReadModel } from './read-model.ts';
import type { Addend, Row } from './row.ts';
import type { StreamState } from './stream.ts';
import { fieldsOf, isThing, listedAt } from './thing.ts';

/** By date, the meetings of two actors; `first` has the smaller id. The body says if one is listed with wide dates. */
export const meetingsOf = (first: string, second: string): string => `meetings/${first}/${second}`;
/**
 * Sums by the last character of an id: how often this actor met each actor with such an id; 0 if every meeting was
 * reverted. Few rows hold them all.
 */
export const metBy = (actor: string): string => `met/${actor}`;
const met = (actor: string, other: string): Addend => addend(metBy(actor), other.slice(-1), other);

/** How often this actor met each of the others, or everybody; without those whom it never met. */
export async function timesMetBy(
  reading: Pick<Reading, 'rows' | 'tails' | 'at'>,
  actor: string,
  others?: readonly string[],
): Promise<Map<string, number>> {
  const partition = metBy(actor);
  const sums = others
    ? await sumsOf(reading, partition, new Set(others.map((other) => other.slice(-1))))
    : await sumsAt(reading, partition);
  const times = new Map<string, number>();
  for (const row of sums.values())
    for (const [other, meetings] of Object.entries(row))
      if (meetings > 0 && (!others || others.includes(other))) times.set(other, meetings);
  return times;
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
