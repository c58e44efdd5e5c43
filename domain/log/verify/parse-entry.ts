// Parses the events of a log as the archive does, and checks that the stream may contain them. Read models stop at
// other events.
import { readEvent, UnreadableEvent, type RecordedEvent } from '../../../events/envelope.ts';
import { ACTOR_MERGES } from '../../../events/shared-pieces.ts';
import type { EventType } from '../../../events/vocabulary.ts';
import { actor, actorMerges } from '../../recording/actor.ts';
import { article } from '../../recording/article.ts';
import { meeting } from '../../recording/meeting.ts';
import { opinion } from '../../recording/opinion.ts';
import { statement } from '../../recording/statement.ts';

interface Stream {
  readonly types: ReadonlySet<EventType>;
  readonly firstTypes: ReadonlySet<EventType>;
}

const stream = (types: readonly EventType[], ...firstTypes: EventType[]): Stream => ({
  types: new Set(types),
  firstTypes: new Set(firstTypes),
});

const merges = stream(actorMerges.types, 'ActorsMerged');
const streams: Readonly<Record<string, Stream>> = {
  article: stream(article.types, 'ArticleArchived'),
  actor: stream(actor.types, 'ActorIntroduced'),
  meeting: stream(meeting.types, 'MeetingAnnounced', 'MeetingHeld'),
  statement: stream(statement.types, 'StatementMade'),
  opinion: stream(opinion.types, 'ExpertOpinionPublished'),
};

const streamOf = (subject: string): Stream | undefined =>
  subject === ACTOR_MERGES ? merges : streams[subject.slice(0, subject.indexOf('-'))];

/** Returns the event, or a sentence that says why the archive cannot have recorded it. */
export function parseEntry(bytes: Uint8Array): RecordedEvent | string {
  try {
    const event = readEvent(bytes);
    return misplaced(event) ?? event;
  } catch (error) {
    if (error instanceof UnreadableEvent) return error.message;
    throw error;
  }
}

function misplaced({ id, type, subject, revision, n }: RecordedEvent): string | undefined {
  const own = streamOf(subject);
  if (!own?.types.has(type)) return `event ${id}: no ${type} can be recorded in ${subject}`;
  if (revision > 1 || n > 1 || own.firstTypes.has(type)) return undefined;
  return `event ${id}: ${subject} cannot begin with ${type}`;
}
