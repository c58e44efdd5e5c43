// Read model `topic`: what each speaker said on a topic, in order: how a speaker's line changed.
import type { RecordedEvent } from '../../events/envelope.ts';
import { factsOf, sortOf, type Facts } from './facts.ts';
import { difference, type ReadRow, type RowChange, type View } from './view.ts';

export const topic: View = { name: 'topic', version: 1, fold };

const factsFor = factsOf('recordedAt', 'date', 'certainty', 'actors', 'topics');

function fold(event: RecordedEvent, row: ReadRow): RowChange[] {
  if (event.subject.startsWith('meeting-')) return [];
  const facts = factsFor(event, row);
  if (!facts) return [];
  const { before, after, change } = facts;
  const rowsOf = (facts: Pick<Facts, 'recordedAt' | 'date' | 'certainty' | 'actors' | 'topics'>) =>
    facts.topics.flatMap((topic) =>
      speakersOf(facts).map((id) => ({
        partition: `line/${topic}`,
        sort: `${id}~${sortOf(event.subject, facts)}`,
        body: {},
      })),
    );
  return [change, ...difference(before && rowsOf(before), rowsOf(after))];
}

/** Who said it or holds it; nobody, where that is only somebody's guess. */
export const speakersOf = ({ actors, certainty }: Pick<Facts, 'actors' | 'certainty'>): readonly string[] =>
  certainty === 'speculated' ? [] : [...new Set([...(actors['speakers'] ?? []), ...(actors['by'] ?? [])])];
