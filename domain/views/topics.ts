// Read model `topics`: the directory of topics, with counts and when each was last seen.
import type { RecordedEvent } from '../../events/envelope.ts';
import { counted, lastSeen, type Counts } from './counts.ts';
import { dateOf, isSummarised } from './summary.ts';
import { foldThing } from './thing.ts';
import type { ReadRow, RowChange, View } from './view.ts';

export interface TopicRow {
  readonly topic: string;
  /** Retracted things are not counted. */
  readonly counts: Counts;
  readonly lastSeen?: string;
}

export const topics: View = { name: 'topics', version: 1, fold };

function fold(event: RecordedEvent, row: ReadRow, position: number): RowChange[] {
  if (!isSummarised(event)) return [];
  const { before, after, changes } = foldThing(event, row, position);
  const had = new Set(before?.named.topics);
  const has = new Set(after.named.topics);
  const rows = [...new Set([...had, ...has])].map((topic) => {
    const known = row<TopicRow>('directory', topic) ?? { topic, counts: {} };
    const counts = counted(
      known.counts,
      had.has(topic) ? before?.summary : undefined,
      has.has(topic) ? after.summary : undefined,
    );
    const seen = lastSeen(known, has.has(topic) ? dateOf(after.summary.fields) : undefined);
    return { partition: 'directory', sort: topic, body: { ...known, counts, ...seen } };
  });
  return [...changes, ...rows];
}
