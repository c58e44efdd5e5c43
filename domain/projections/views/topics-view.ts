// Read model `topics`: how many meetings, statements and opinions there are on each topic. Retracted things are counted
// apart.
import { addend } from '../rows/sums.ts';
import type { ReadModel } from './read-model.ts';
import { isThing, topicsOf } from '../state/thing-state.ts';

/** Sums by topic: `meetings`, `statements` and `opinions`, and how many of any kind are `retracted`. */
export const TOPIC_COUNTS = 'topic-counts';

export const topics: ReadModel = {
  name: 'topics',
  version: 1,
  sums: ['topic-counts'],
  rowsOf: (state) => {
    if (!isThing(state)) return [];
    const name = state.life.retracted ? 'retracted' : `${state.kind}s`;
    return topicsOf(state).map((topic) => addend(TOPIC_COUNTS, topic, name));
  },
};
