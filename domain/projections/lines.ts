// Read model `lines`: what each actor said or thinks on each topic, by date, and who ever spoke on a topic.
import type { ReadModel } from './read-model.ts';
import type { Row } from './row.ts';
import type { StreamState } from './stream.ts';
import { isThing, listedAt, listKey, speakersOf, topicsOf } from './thing.ts';

export interface LineRow {
  readonly retracted?: true;
}

/** By topic and date, what this actor said or thinks. The sort key of a line begins with `lineOn` of its topic. */
export const linesOf = (actor: string): string => `line/${actor}`;
export const lineOn = (topic: string): string => `${topic}~`;
/** The actors who ever spoke on a topic. An actor stays if its last line is corrected away: look into the line. */
export const speakersOn = (topic: string): string => `speakers/${topic}`;

export const lines: ReadModel = { name: 'lines', version: 1, rowsOf };

function rowsOf(state: StreamState): readonly Row[] {
  if (!isThing(state) || state.kind === 'meeting') return [];
  const body: LineRow = state.life.retracted ? { retracted: true } : {};
  const topics = topicsOf(state);
  const at = listedAt(state);
  return [...speakersOf(state)].flatMap((actor) => {
    const { partition, sort } = listKey(linesOf(actor), at);
    return topics.flatMap((topic): Row[] => [
      { partition, sort: lineOn(topic) + sort, body },
      { partition: speakersOn(topic), sort: actor, mark: true },
    ]);
  });
}
