// Read model `lines`: what each actor said or thinks on each topic, by date, and who speaks on each topic.
import type { ReadModel } from './read-model.ts';
import type { Row } from '../rows/row.ts';
import { addend } from '../rows/sums.ts';
import type { StreamState } from '../state/stream-state.ts';
import { isThing, listedAt, listKey, speakersOf, topicsOf } from '../state/thing-state.ts';

export interface LineRow {
  readonly retracted?: true;
}

/** By topic and date, what this actor said or thinks. The sort key of a line begins with `lineOn` of its topic. */
export const linesOf = (actor: string): string => `line/${actor}`;
/** Below every character of a topic, so that the topics are in their own order. */
const AFTER_TOPIC = '\t';
export const lineOn = (topic: string): string => topic + AFTER_TOPIC;
export const topicInLine = (sort: string): string => sort.slice(0, sort.indexOf(AFTER_TOPIC));
/** Sums by actor: how many `lines` it has on this topic, retracted ones included; 0 once all were corrected away. */
export const speakersOn = (topic: string): string => `speakers/${topic}`;

export const lines: ReadModel = { name: 'lines', version: 2, lists: ['line'], sums: ['speakers'], rowsOf };

function rowsOf(state: StreamState): readonly Row[] {
  if (!isThing(state) || state.kind === 'meeting') return [];
  const body: LineRow = state.life.retracted ? { retracted: true } : {};
  const topics = topicsOf(state);
  const at = listedAt(state);
  return [...speakersOf(state)].flatMap((actor) => {
    const { partition, sort } = listKey(linesOf(actor), at);
    return topics.flatMap((topic): Row[] => [
      { partition, sort: lineOn(topic) + sort, body },
      addend(speakersOn(topic), actor, 'lines'),
    ]);
  });
}
