// Read model `network`: who met whom, how often and when. A meeting counts if it was held, is not retracted and is not
// speculated.
import { addend, partitionsAt, partitionsOf, sumsAt } from '../rows/sums.ts';
import type { Reading } from '../rows/reading.ts';
import type { ReadModel } from './read-model.ts';
import type { Addend, Row } from '../rows/row.ts';
import type { StreamState } from '../state/stream-state.ts';
import { fieldsOf, isThing, listedAt, type Listed } from '../state/thing-state.ts';

const MET = 'met';

/** By date, the meetings of two actors; `first` has the smaller id. */
export const meetingsOf = (first: string, second: string): string => `meetings/${first}/${second}`;
/**
 * Sums by the last character of an id: how often this actor met each actor with such an id; 0 if every meeting was
 * reverted. Few rows hold them all.
 */
export const metBy = (actor: string): string => `${MET}/${actor}`;

export interface MeetingRow extends Pick<Listed, 'spread'> {
  /** EDTF. Rows of the version before have none. */
  readonly date?: string;
}

const met = (actor: string, other: string): Addend => addend(metBy(actor), other.slice(-1), other);

/** How often this actor met everybody whom it ever met; 0 if every meeting was reverted. */
export async function timesMetBy(
  reading: Pick<Reading, 'rows' | 'tails' | 'at'>,
  actor: string,
): Promise<ReadonlyMap<string, number>> {
  const sums = await sumsAt(reading, metBy(actor));
  return new Map([...sums.values()].flatMap((row) => Object.entries(row)));
}

/** Returns the ids of all actors that ever met another, introduced or not. */
export async function actorsWhoMet(reading: Pick<Reading, 'tails' | 'at'>): Promise<string[]> {
  const partitions = await partitionsAt(reading, MET);
  return [...partitions].map((partition) => partition.slice(metBy('').length));
}

export const network: ReadModel = {
  name: 'network',
  version: 2,
  lists: ['meetings', partitionsOf(MET)],
  sums: [MET],
  rowsOf,
};

function rowsOf(state: StreamState): readonly Row[] {
  if (!isThing(state)) return [];
  const { participants = [], certainty, heldOn } = fieldsOf(state);
  if (state.life.status !== 'held' || state.life.retracted || certainty === 'speculated') return [];
  const present = [...new Set(participants.flatMap(({ actor }) => actor ?? []))].sort();
  const { sort, ...spread } = listedAt(state);
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
