// Read model `actor`: the topics on which an actor said or thinks something; its line on each stands in `topic`. The
// rest of an actor's dossier stands in `timeline` (what it has a part in), `network` (whom it met) and `actors` (names,
// counts).
import type { RecordedEvent } from '../../events/envelope.ts';
import { factsOf } from './facts.ts';
import { speakersOf } from './topic.ts';
import type { Place, ReadRow, RowChange, View } from './view.ts';

export const actor: View = { name: 'actor', version: 3, firstReads: true, fold };

/** The topics on which this actor ever had a line: each is a sort key, and stays as in `topic`. */
export const topicsPartition = (actor: string): string => `topics/${actor}`;

const factsFor = factsOf('certainty', 'actors', 'topics');

function fold(event: RecordedEvent, row: ReadRow, at: Place): RowChange[] {
  if (event.subject.startsWith('meeting-')) return [];
  const facts = factsFor(event, row, at);
  if (!facts) return [];
  const { after, changes } = facts;
  const topics = speakersOf(after).flatMap((actor) =>
    after.topics.map((topic) => ({ partition: topicsPartition(actor), sort: topic, body: {} })),
  );
  return [...changes, ...topics];
}
