// Makes events for tests of read models, each with the stream that it belongs to.
import type { Evidence } from '../../events/shared-pieces.ts';
import type { EventType, NewEvent } from '../../events/vocabulary.ts';
import { event } from './archives/written-history.ts';
import { meetingData, opinionData, statementData } from './archives/kinds.ts';

export type Entry = readonly [stream: string, event: NewEvent];

export const introduced = (id: string, name: string, more: object = {}): Entry => [
  id,
  event('ActorIntroduced', { id, kind: 'person', name, ...more }),
];
export const person = (id: string): Entry => introduced(id, id);
export const merged = (actor: string, into: string): Entry => [
  'actor-merges',
  event('ActorsMerged', { actor, into, reason: 'one person' }),
];
export const unmerged = (actor: string, from: string): Entry => [
  'actor-merges',
  event('ActorsUnmerged', { actor, from, reason: 'another person' }),
];

export const held = (id: string, more: object = {}): Entry => [
  id,
  event('MeetingHeld', { ...meetingData, ...more }),
];
/** A meeting of these actors. */
export const met = (id: string, ...actors: string[]): Entry =>
  held(id, { participants: actors.map((actor) => ({ actor })) });
export const said = (id: string, more: object = {}): Entry => [
  id,
  event('StatementMade', { ...statementData, ...more }),
];
export const thought = (id: string, more: object = {}): Entry => [
  id,
  event('ExpertOpinionPublished', { ...opinionData, ...more }),
];

const NAMES = {
  actor: 'Actor',
  article: 'Article',
  meeting: 'Meeting',
  statement: 'Statement',
  opinion: 'ExpertOpinion',
};
const typed = (id: string, what: string): EventType =>
  `${NAMES[id.slice(0, id.indexOf('-')) as keyof typeof NAMES]}${what}` as EventType;

/** Of a thing, an actor or an article. */
export const corrected = (id: string, changes: object, more: object = {}): Entry => {
  const cause = /^(?:actor|article)-/.test(id) ? {} : { cause: 'coding-error' };
  return [id, event(typed(id, 'Corrected'), { ...cause, reason: 'misread', changes, ...more })];
};
export const retracted = (id: string): Entry => [id, event(typed(id, 'Retracted'), { reason: 'a hoax' })];
export const reinstated = (id: string, changes: object = {}): Entry =>
  corrected(id, changes, { reinstates: true });
export const supported = (id: string, ...evidence: Evidence[]): Entry => [
  id,
  event(typed(id, 'EvidenceAdded'), { evidence }),
];
/** As it is recorded: with the place and the side of the piece. */
export const withdrawn = (id: string, { articleId, exact, start, in: where, stance }: Evidence): Entry => [
  id,
  event(typed(id, 'EvidenceWithdrawn'), {
    articleId,
    exact,
    start,
    reason: 'misquoted',
    ...(where ? { in: where } : {}),
    ...(stance ? { stance } : {}),
  }),
];
