// Read model `topics`: the number of meetings, statements and opinions on each topic. Retracted records have a count of
// their own.
import { sumNameWithDate } from '../rows/latest-dates.ts';
import { TOPIC_COUNTS } from '../rows/row-keys.ts';
import { sumIncrement } from '../rows/sums.ts';
import type { ReadModel } from './read-model.ts';
import { isRecordState, topicsOf } from '../state/thing-state.ts';

export const topics: ReadModel = {
  name: 'topics',
  version: 2,
  sums: [TOPIC_COUNTS],
  rowsOf: (state) => {
    if (!isRecordState(state)) return [];
    const name = state.life.retracted ? 'retracted' : sumNameWithDate(`${state.kind}s`, state);
    return topicsOf(state).map((topic) => sumIncrement(TOPIC_COUNTS, topic, name));
  },
};
