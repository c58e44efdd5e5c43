// Read model `lines`: the statements and opinions of each actor on each topic, by date, and the speakers on each topic.
import type { ReadModel } from './read-model.ts';
import { lineOn, linesOf, rowKeyInList, speakersOn } from '../rows/row-keys.ts';
import type { Row } from '../rows/row.ts';
import { sumIncrement } from '../rows/sums.ts';
import type { StreamState } from '../state/stream-state.ts';
import { isRecordState, dateListKeyOf, speakersOf, topicsOf } from '../state/thing-state.ts';

export interface LineRow {
  readonly retracted?: true;
}

export const lines: ReadModel = { name: 'lines', version: 2, lists: ['line'], sums: ['speakers'], rowsOf };

function rowsOf(state: StreamState): readonly Row[] {
  if (!isRecordState(state) || state.kind === 'meeting') return [];
  const body: LineRow = state.life.retracted ? { retracted: true } : {};
  const topics = topicsOf(state);
  const at = dateListKeyOf(state);
  return [...speakersOf(state)].flatMap((actor) => {
    const { partition, sort } = rowKeyInList(linesOf(actor), at);
    return topics.flatMap((topic): Row[] => [
      { partition, sort: lineOn(topic) + sort, body },
      sumIncrement(speakersOn(topic), actor, 'lines'),
    ]);
  });
}
