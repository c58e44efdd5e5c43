// Read model `topics`: the directory of topics, with counts.
import type { RecordedEvent } from '../../events/envelope.ts';
import { counted, type Counts } from './counts.ts';
import { factsOf, once } from './facts.ts';
import type { Place, ReadRow, RowChange, View } from './view.ts';

/** How much there is on a topic; the sort key is the topic. Retracted things are not counted. */
export type TopicRow = Counts;

export const topics: View = { name: 'topics', version: 3, firstReads: true, fold };

const factsFor = factsOf('kind', 'retracted', 'topics');

function fold(event: RecordedEvent, row: ReadRow, at: Place): RowChange[] {
  const facts = factsFor(event, row, at);
  if (!facts) return [];
  const { before, after, changes } = facts;
  const rows = once([...(before?.topics ?? []), ...after.topics]).map((topic) => {
    const had = before?.topics.includes(topic) ? before : undefined;
    const has = after.topics.includes(topic) ? after : undefined;
    const counts = row<Counts>('directory', topic) ?? {};
    return { partition: 'directory', sort: topic, body: counted(counts, had, has) };
  });
  return [...changes, ...rows];
}
