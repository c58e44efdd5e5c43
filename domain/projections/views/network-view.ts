// Read model `network`: which actors met, how often and when. A meeting counts if it was held, is not retracted and is
// not speculated.
import { sumIncrement, partitionsAt, sumsAt } from '../rows/sums.ts';
import { actorInMetBy, type DateListKey, meetingsOf, MET, metBy, partitionsOf } from '../rows/row-keys.ts';
import type { Reading } from '../rows/reading.ts';
import type { ReadModel } from './read-model.ts';
import type { SumIncrement, Row } from '../rows/row.ts';
import type { StreamState } from '../state/stream-state.ts';
import { fieldsOf, isRecordState, dateListKeyOf } from '../state/thing-state.ts';

export interface MeetingRow extends Pick<DateListKey, 'spread'> {
  /** EDTF. Rows of fold version 1 do not have it. */
  readonly date?: string;
}

const met = (actor: string, other: string): SumIncrement =>
  sumIncrement(metBy(actor), other.slice(-1), other);

/**
 * Returns how often this actor met each actor, by id. The count is 0 if every meeting was corrected away or retracted.
 */
export async function timesMetBy(
  reading: Pick<Reading, 'rows' | 'recentRows' | 'at'>,
  actor: string,
): Promise<ReadonlyMap<string, number>> {
  const sums = await sumsAt(reading, metBy(actor));
  return new Map([...sums.values()].flatMap((row) => Object.entries(row)));
}

/** Returns the ids of all actors that ever met another actor, including ids that no event introduced. */
export async function actorsWhoMet(reading: Pick<Reading, 'recentRows' | 'at'>): Promise<string[]> {
  const partitions = await partitionsAt(reading, MET);
  return [...partitions].map(actorInMetBy);
}

export const network: ReadModel = {
  name: 'network',
  version: 2,
  lists: ['meetings', partitionsOf(MET)],
  sums: [MET],
  rowsOf,
};

function rowsOf(state: StreamState): readonly Row[] {
  if (!isRecordState(state)) return [];
  const { participants = [], certainty, heldOn } = fieldsOf(state);
  if (state.life.status !== 'held' || state.life.retracted || certainty === 'speculated') return [];
  const present = [...new Set(participants.flatMap(({ actor }) => actor ?? []))].sort();
  const { sort, ...spread } = dateListKeyOf(state);
  const body: MeetingRow = { ...spread, ...(heldOn === undefined ? {} : { date: heldOn }) };
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
