// Read model `meeting`: the dossier of a meeting. Its head is the meeting's own row; what was said at it, and what
// others said or made of it, are rows under the thing that they belong to or regard, so that they nest.
import type { RecordedEvent } from '../../events/envelope.ts';
import { targetsNamed } from './named.ts';
import { isSummarised } from './summary.ts';
import { foldThing, sortOf, type Thing } from './thing.ts';
import { difference, type ReadRow, type RowChange, type View } from './view.ts';

export const meeting: View = { name: 'meeting', version: 1, fold };

function fold(event: RecordedEvent, row: ReadRow, position: number): RowChange[] {
  if (!isSummarised(event)) return [];
  const { before, after, changes } = foldThing(event, row, position);
  return [...changes, ...difference(before ? rowsOf(before) : [], rowsOf(after))];
}

function rowsOf(thing: Thing) {
  const sort = sortOf(thing.summary);
  return targetsNamed(thing.named).map((id) => ({ partition: `on/${id}`, sort, body: thing.summary }));
}
