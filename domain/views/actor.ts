// Read model `actor`: what an actor said or thinks on each topic, in order: its positions over time. The rest of an
// actor's dossier stands in `timeline` (what it has a part in), `network` (whom it met) and `actors` (names, counts).
import type { RecordedEvent } from '../../events/envelope.ts';
import { factsOf, sortOf, type Facts } from './facts.ts';
import { speakersOf } from './topic.ts';
import { difference, type ReadRow, type RowChange, type View } from './view.ts';

export const actor: View = { name: 'actor', version: 1, fold };

const factsFor = factsOf('recordedAt', 'date', 'certainty', 'actors', 'topics');

function fold(event: RecordedEvent, row: ReadRow): RowChange[] {
  if (event.subject.startsWith('meeting-')) return [];
  const facts = factsFor(event, row);
  if (!facts) return [];
  const { before, after, change } = facts;
  const rowsOf = (facts: Pick<Facts, 'recordedAt' | 'date' | 'certainty' | 'actors' | 'topics'>) =>
    speakersOf(facts).flatMap((id) =>
      facts.topics.map((topic) => ({
        partition: `positions/${id}`,
        sort: `${topic}~${sortOf(event.subject, facts)}`,
        body: {},
      })),
    );
  return [change, ...difference(before && rowsOf(before), rowsOf(after))];
}
