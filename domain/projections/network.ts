// Read model `network`: who met whom, how often and when. A meeting counts if it was held, is not retracted and is not
// speculated.
import { addend } from './sums.ts';
import type { ReadModel } from './read-model.ts';
import type { Row } from './row.ts';
import type { StreamState } from './stream.ts';
import { fieldsOf, isThing, listedAt } from './thing.ts';

/** By date, the meetings of two actors; `first` has the smaller id. The body says if one is listed with wide dates. */
export const meetingsOf = (first: string, second: string): string => `meetings/${first}/${second}`;
/** By id, those whom this actor met, with the number of `meetings`; 0 if every meeting was reverted. */
export const metBy = (actor: string): string => `met/${actor}`;

export const network: ReadModel = { name: 'network', version: 1, rowsOf };

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
        addend(metBy(first), second, 'meetings'),
        addend(metBy(second), first, 'meetings'),
      ]),
  );
}
