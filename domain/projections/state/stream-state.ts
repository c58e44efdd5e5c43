// The state of one stream, folded from its own events by the aggregates. Every row of a read model is a function of it.
import type { RecordedEvent } from '../../../events/envelope.ts';
import { ACTOR_MERGES } from '../../../events/shared-pieces.ts';
import { actor, type ActorState } from '../../recording/actor.ts';
import { stateAfter } from '../../recording/aggregate.ts';
import { article, type ArticleState } from '../../recording/article.ts';
import { withOrigin, evolveThing, isThing, type Existing, type ThingState } from './thing-state.ts';

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

/** One actor's part of the stream of all merges. */
export interface Merge {
  readonly kind: 'merge';
  /** Of the actor that is merged. */
  readonly id: string;
  /** The actor that it is merged into; absent once the merge is undone. */
  readonly into?: string;
}

export type StreamState = ThingState | ArticleStream | ActorStream | Merge;

/**
 * Names the state that an event changes. Each stream has one state; the stream of all merges has one for each merged
 * actor, so that a merge costs the same however many others there are.
 */
export const stateName = ({ subject, data }: RecordedEvent): string =>
  subject === ACTOR_MERGES && 'actor' in data ? `${subject}/${data.actor}` : subject;

/** The state after an event. @throws Error if the event cannot follow this state. */
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
  return evolveThing(before && isThing(before) ? before : undefined, event);
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
