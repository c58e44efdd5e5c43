// Read model `topic`: who said or thinks something on a topic, and what each of them said, in order: how a speaker's
// line changed. What else there is on a topic stands in `timeline`.
import type { RecordedEvent } from '../../events/envelope.ts';
import { factsOf, once, placeOf, type Facts } from './facts.ts';
import { difference, type Place, type ReadRow, type RowChange, type View } from './view.ts';

export const topic: View = { name: 'topic', version: 4, firstReads: true, fold };

/** What one actor said or thinks on a topic, by date; its id ends the sort key. */
export const linePartition = (topic: string, actor: string): string => `line/${topic}/${actor}`;

/** Of the things in a line. */
export interface LineRow {
  readonly retracted?: true;
}

/**
 * The actors who ever had a line on a topic: each is a sort key. One stays when its last thing is corrected away, and
 * whoever reads looks into the line: a row that never changes costs nothing but the first write.
 */
export const speakersPartition = (topic: string): string => `speakers/${topic}`;

const factsFor = factsOf('recordedAt', 'date', 'certainty', 'retracted', 'actors', 'topics');
type Said = Pick<Facts, 'recordedAt' | 'date' | 'certainty' | 'retracted' | 'actors' | 'topics'>;

function fold(event: RecordedEvent, row: ReadRow, at: Place): RowChange[] {
  if (event.subject.startsWith('meeting-')) return [];
  const facts = factsFor(event, row, at);
  if (!facts) return [];
  const { before, after, changes } = facts;
  const speakers = speakersOf(after).flatMap((actor) =>
    after.topics.map((topic) => ({ partition: speakersPartition(topic), sort: actor, body: {} })),
  );
  const fresh = before === undefined;
  const lines = linesOf(after, event.subject, fresh);
  return [
    ...changes,
    ...(before ? difference(linesOf(before, event.subject, fresh), lines) : lines),
    ...speakers,
  ];
}

function linesOf(said: Said, id: string, fresh: boolean): RowChange[] {
  const body: LineRow = said.retracted ? { retracted: true } : {};
  const { beside, sort } = placeOf(id, said);
  return speakersOf(said).flatMap((actor) =>
    said.topics.map((topic) => ({ partition: linePartition(topic, actor) + beside, sort, body, fresh })),
  );
}

/** Who said it or holds it; nobody, where that is only somebody's guess. */
export const speakersOf = ({ actors, certainty }: Pick<Facts, 'actors' | 'certainty'>): readonly string[] =>
  certainty === 'speculated' ? [] : once([...(actors['speakers'] ?? []), ...(actors['by'] ?? [])]);
