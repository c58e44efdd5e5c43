// Read model `topics`: how many meetings, statements and opinions there are on each topic. Retracted things do not count.
import { addend } from './sums.ts';
import type { ReadModel } from './read-model.ts';
import { isThing, topicsOf } from './thing.ts';

/** Sums by topic: `meetings`, `statements` and `opinions`. */
export const TOPIC_COUNTS = 'counts/topics';

export const topics: ReadModel = {
  name: 'topics',
  version: 1,
  rowsOf: (state) => {
    if (!isThing(state) || state.life.retracted) return [];
    return topicsOf(state).map((topic) => addend(TOPIC_COUNTS, topic, `${state.kind}s`));
  },
};
