// Read model `timeline`: every meeting, statement and opinion by its date, in the list of all with its summary, and in the
// list of each topic and actor that it names.
import type { ReadModel } from './read-model.ts';
import type { ValueRow } from '../rows/row.ts';
import type { StreamState } from '../state/stream-state.ts';
import { summaryOf, type Summary } from '../state/summary.ts';
import { actorsOf, daysOf, fieldsOf, isThing, listedAt, listKey, topicsOf } from '../state/thing-state.ts';

/** What lists are filtered by. */
export interface ListRow {
  readonly certainty: string;
  /** The last day that its date may mean if that is not the first; `~` if the end is open. */
  readonly until?: string;
  readonly retracted?: true;
  /** A meeting that was announced or called off: it has not taken place. */
  readonly unheld?: true;
}

/** A row in the list of all things. */
export interface SummaryRow extends ListRow {
  readonly summary: Summary;
}

/** A row in the list of an actor. */
export interface ActorListRow extends ListRow {
  /** The fields that name this actor. */
  readonly as: readonly string[];
}

export const ALL = 'all';
export const topicList = (topic: string): string => `topic/${topic}`;
export const actorList = (actor: string): string => `actor/${actor}`;

export const timeline: ReadModel = { name: 'timeline', version: 1, lists: ['all', 'topic', 'actor'], rowsOf };

function rowsOf(state: StreamState): readonly ValueRow[] {
  if (!isThing(state)) return [];
  const { certainty = '' } = fieldsOf(state);
  const { status, retracted } = state.life;
  const { latest = '~', earliest = latest } = daysOf(state);
  const listed: ListRow = {
    certainty,
    ...(latest === earliest ? {} : { until: latest }),
    ...(retracted ? { retracted: true } : {}),
    ...(status === 'announced' || status === 'called-off' ? { unheld: true } : {}),
  };
  const at = listedAt(state);
  const all = listKey(ALL, at);
  const summary: SummaryRow = { ...listed, summary: summaryOf(state) };
  const rows: ValueRow[] = [{ partition: all.partition, sort: all.sort, body: summary, renewed: true }];
  const add = <Body extends ListRow>(list: string, body: Body): void => {
    const { partition, sort } = listKey(list, at);
    rows.push({ partition, sort, body });
  };
  for (const topic of topicsOf(state)) add(topicList(topic), listed);
  for (const [actor, as] of actorsOf(state)) add<ActorListRow>(actorList(actor), { ...listed, as });
  return rows;
}
