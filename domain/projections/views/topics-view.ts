// Read model `topics`: how many meetings, statements and opinions there are on each topic. Retracted things are counted
// apart.
import { datedName } from '../rows/latest-dates.ts';
import { addend } from '../rows/sums.ts';
import type { ReadModel } from './read-model.ts';
import { isThing, topicsOf } from '../state/thing-state.ts';

/** Sums by topic: `meetings`, `statements` and `opinions`, with dates, and how many of any kind are `retracted`. */
export const TOPIC_COUNTS = 'topic-counts';

export const topics: ReadModel = {
  name: 'topics',
  version: 2,
  sums: ['topic-counts'],
  rowsOf: (state) => {
    if (!isThing(state)) return [];
    const name = state.life.retracted ? 'retracted' : datedName(`${state.kind}s`, state);
    return topicsOf(state).map((topic) => addend(TOPIC_COUNTS, topic, name));
  },
};
