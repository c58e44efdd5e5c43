// Read model `meeting`: what belongs to a meeting, and what answers or regards a thing, under the thing that it
// belongs to or regards, so that a dossier nests.
import type { RecordedEvent } from '../../events/envelope.ts';
import { factsOf, sortOf, targetsNamed, type Facts } from './facts.ts';
import { difference, type Place, type ReadRow, type RowChange, type View } from './view.ts';

export const meeting: View = { name: 'meeting', version: 4, fold };

const factsFor = factsOf('recordedAt', 'date', 'targets');

function fold(event: RecordedEvent, row: ReadRow, at: Place): RowChange[] {
  const facts = factsFor(event, row, at);
  if (!facts) return [];
  const { before, after, changes } = facts;
  const fresh = before === undefined;
  const rowsOf = (facts: Pick<Facts, 'recordedAt' | 'date' | 'targets'>) => {
    const sort = sortOf(event.subject, facts);
    return targetsNamed(facts).map((id) => ({ partition: `on/${id}`, sort, body: {}, fresh }));
  };
  return [...changes, ...difference(before ? rowsOf(before) : [], rowsOf(after))];
}
