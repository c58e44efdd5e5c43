// Read model `timeline`: every meeting, statement and opinion by the day on which it happened; the lists of
// statements, opinions and meetings, and all that an actor or a topic has a part in, are partitions of it.
import { span } from '../../events/date.ts';
import type { RecordedEvent } from '../../events/envelope.ts';
import { actorsNamed } from './named.ts';
import { dateOf, isSummarised } from './summary.ts';
import { foldThing, sortOf, type Thing } from './thing.ts';
import { difference, type ReadRow, type RowChange, type View } from './view.ts';

export const timeline: View = { name: 'timeline', version: 1, fold };

function fold(event: RecordedEvent, row: ReadRow, position: number): RowChange[] {
  if (!isSummarised(event)) return [];
  const { before, after, changes } = foldThing(event, row, position);
  return [...changes, ...difference(before ? rowsOf(before) : [], rowsOf(after))];
}

function rowsOf(thing: Thing) {
  const sort = sortOf(thing.summary);
  const wide = isWide(thing) ? '/wide' : '';
  return partitionsOf(thing).map((partition) => ({
    partition: `${partition}${wide}`,
    sort,
    body: thing.summary,
  }));
}

/**
 * What spans more days than this, or has an open end, stands in a partition beside (`…/wide`): a query by date reads
 * the days that it asks for, as many before, and the few wide ones.
 */
export const WIDE_DAYS = 31;

const isWide = ({ summary }: Thing): boolean => span(dateOf(summary.fields)).days > WIDE_DAYS;

function partitionsOf({ summary, named }: Thing): string[] {
  const actors = actorsNamed(named).map((id) => `actor/${id}`);
  return ['all', `kind/${summary.kind}`, ...actors, ...named.topics.map((topic) => `topic/${topic}`)];
}
