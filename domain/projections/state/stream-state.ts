// The state of one stream, folded from its events by the aggregates. All rows of a stream are a function of this state.
import type { RecordedEvent } from '../../../events/envelope.ts';
import { ACTOR_MERGES } from '../../../events/shared-pieces.ts';
import { actor, type ActorState } from '../../recording/actor.ts';
import { stateAfter } from '../../recording/aggregate.ts';
import { article, type ArticleState } from '../../recording/article.ts';
import {
  withOrigin,
  evolveRecordState,
  isRecordState,
  type Existing,
  type RecordStreamState,
} from './thing-state.ts';

export interface ArticleStream {
  readonly kind: 'article';
  readonly id: string;
  readonly article: Existing<ArticleState>;
}

export interface ActorStream {
  readonly kind: 'actor';
  readonly id: string;
  readonly actor: Existing<ActorState>;
}

/** The part of the stream `actor-merges` that concerns one actor. */
export interface Merge {
  readonly kind: 'merge';
  /** Id of the actor that is merged into another. */
  readonly id: string;
  /** The actor that it is merged into. Absent if the merge was undone. */
  readonly into?: string;
}

export type StreamState = RecordStreamState | ArticleStream | ActorStream | Merge;

/**
 * Returns the name of the state that an event changes. The stream of all merges has one state for each merged actor, so
 * that the cost of a merge does not grow with their number.
 */
export const stateName = ({ subject, data }: RecordedEvent): string =>
  subject === ACTOR_MERGES && 'actor' in data ? `${subject}/${data.actor}` : subject;

/** Returns the state after an event. @throws Error if the event cannot follow this state. */
export function evolve(before: StreamState | undefined, event: RecordedEvent): StreamState {
  const { subject: id } = event;
  if (id === ACTOR_MERGES) return merge(event);
  if (id.startsWith('article-')) {
    const known = before?.kind === 'article' ? before.article : article.initial;
    return { kind: 'article', id, article: withOrigin(stateAfter(article, known, event), event) };
  }
  if (id.startsWith('actor-')) {
    const known = before?.kind === 'actor' ? before.actor : actor.initial;
    return { kind: 'actor', id, actor: withOrigin(stateAfter(actor, known, event), event) };
  }
  return evolveRecordState(before && isRecordState(before) ? before : undefined, event);
}

function merge(event: RecordedEvent): Merge {
  switch (event.type) {
    case 'ActorsMerged':
      return { kind: 'merge', id: event.data.actor, into: event.data.into };
    case 'ActorsUnmerged':
      return { kind: 'merge', id: event.data.actor };
    default:
      throw new Error(`${event.id}: ${event.type} has no place in ${event.subject}`);
  }
}
