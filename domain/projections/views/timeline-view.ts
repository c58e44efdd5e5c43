// Read model `timeline`: all records by date. The list of all has the summaries; lists of topics and actors have keys
// that lead to them.
import type { ReadModel } from './read-model.ts';
import { actorList, ALL_RECORDS, rowKeyInList, topicList } from '../rows/row-keys.ts';
import type { ValueRow } from '../rows/row.ts';
import type { StreamState } from '../state/stream-state.ts';
import { summaryOf, type Summary } from '../state/summary.ts';
import { actorsOf, daysOf, fieldsOf, isRecordState, dateListKeyOf, topicsOf } from '../state/thing-state.ts';

/** Fields that queries filter lists by. */
export interface ListRow {
  readonly certainty: string;
  /** The last day that its date may mean, if not the first one. `~` means that the end is open. */
  readonly until?: string;
  readonly retracted?: true;
  /** True for a meeting that was announced and not held. */
  readonly unheld?: true;
}

/** Row in the list of all records. */
export interface SummaryRow extends ListRow {
  readonly summary: Summary;
}

/** Row in the list of an actor. */
export interface ActorListRow extends ListRow {
  /** Names of the fields that name this actor. */
  readonly as: readonly string[];
}

export const timeline: ReadModel = {
  name: 'timeline',
  version: 1,
  lists: [ALL_RECORDS, 'topic', 'actor'],
  rowsOf,
};

function rowsOf(state: StreamState): readonly ValueRow[] {
  if (!isRecordState(state)) return [];
  const { certainty = '' } = fieldsOf(state);
  const { status, retracted } = state.life;
  const { latest = '~', earliest = latest } = daysOf(state);
  const listed: ListRow = {
    certainty,
    ...(latest === earliest ? {} : { until: latest }),
    ...(retracted ? { retracted: true } : {}),
    ...(status === 'announced' || status === 'called-off' ? { unheld: true } : {}),
  };
  const at = dateListKeyOf(state);
  const all = rowKeyInList(ALL_RECORDS, at);
  const summary: SummaryRow = { ...listed, summary: summaryOf(state) };
  const rows: ValueRow[] = [
    { partition: all.partition, sort: all.sort, body: summary, writtenAtEachEvent: true },
  ];
  const add = <Body extends ListRow>(list: string, body: Body): void => {
    const { partition, sort } = rowKeyInList(list, at);
    rows.push({ partition, sort, body });
  };
  for (const topic of topicsOf(state)) add(topicList(topic), listed);
  for (const [actor, as] of actorsOf(state)) add<ActorListRow>(actorList(actor), { ...listed, as });
  return rows;
}
