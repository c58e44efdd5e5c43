// The state of a meeting, a statement or an opinion, and the fields that its rows are listed by.
import { span } from '../../events/date.ts';
import type { RecordedEvent } from '../../events/envelope.ts';
import type { Party } from '../../events/pieces.ts';
import { fold } from '../aggregate.ts';
import { meeting, type MeetingState } from '../meeting.ts';
import { opinion, type OpinionState } from '../opinion.ts';
import { statement, type StatementState } from '../statement.ts';
import { grounds, type Grounds } from '../views/grounds.ts';
import type { RowKey } from './row.ts';
import type { StreamState } from './stream.ts';

/** A state once its stream has begun. */
export type Begun<State> = Exclude<State, { readonly status: 'none' }>;

interface Common {
  readonly id: string;
  readonly recordedBy: string;
  readonly recordedAt: string;
  /** The latest event of the stream. */
  readonly latest: RecordedEvent;
  /** The passages that support and dispute it, by article. */
  readonly grounds: Grounds;
}

export type ThingState =
  | (Common & { readonly kind: 'meeting'; readonly life: Begun<MeetingState> })
  | (Common & { readonly kind: 'statement'; readonly life: Begun<StatementState> })
  | (Common & { readonly kind: 'opinion'; readonly life: Begun<OpinionState> });

export const isThing = (state: StreamState): state is ThingState =>
  state.kind === 'meeting' || state.kind === 'statement' || state.kind === 'opinion';

/** The state after an event. @throws Error if the event cannot follow this state. */
export function evolveThing(before: ThingState | undefined, event: RecordedEvent): ThingState {
  const { subject: id, recordedby, time } = event;
  const common: Common = {
    id,
    recordedBy: before?.recordedBy ?? recordedby,
    recordedAt: before?.recordedAt ?? time,
    latest: event,
    grounds: grounds(before?.grounds, event),
  };
  const kind = id.slice(0, id.indexOf('-'));
  switch (kind) {
    case 'meeting': {
      const known = before?.kind === kind ? before.life : meeting.initial;
      return { ...common, kind, life: begun(fold(meeting, [event], known), event) };
    }
    case 'statement': {
      const known = before?.kind === kind ? before.life : statement.initial;
      return { ...common, kind, life: begun(fold(statement, [event], known), event) };
    }
    case 'opinion': {
      const known = before?.kind === kind ? before.life : opinion.initial;
      return { ...common, kind, life: begun(fold(opinion, [event], known), event) };
    }
    default:
      throw new Error(`${event.id}: no read model knows streams such as ${id}`);
  }
}

/** The state, which is not that before the first event. @throws Error if it is. */
export function begun<S extends { readonly status: string }>(
  state: S,
  { id, type }: RecordedEvent,
): Begun<S> {
  if (state.status === 'none') throw new Error(`${id}: ${type} does not begin its stream`);
  return state as Begun<S>;
}

type Fields = ThingState['life']['fields'];
type NamesOf<F> = F extends F ? keyof F : never;
type ValueOf<F, K> = F extends F ? (K extends keyof F ? F[K] : never) : never;
/** The fields of any kind of thing. */
export type AnyFields = { readonly [K in NamesOf<Fields>]?: ValueOf<Fields, K> };

export const fieldsOf = ({ life }: ThingState): AnyFields => life.fields;

/** When it happened, in EDTF. */
export function dateOf(state: ThingState): string {
  const { heldOn, madeOn, publishedOn } = fieldsOf(state);
  return heldOn ?? madeOn ?? publishedOn ?? '';
}

/** Ids of actors by the field that names them. The guesser of a speculated statement is among its attributedBy. */
export function actorsByField(state: ThingState): ReadonlyMap<string, ReadonlySet<string>> {
  const { participants, speakers, addressees, attributedBy, by, about } = fieldsOf(state);
  const parties = { participants, speakers, addressees, attributedBy, by: by && [by] };
  const ids = new Map<string, ReadonlySet<string>>();
  for (const [field, named] of Object.entries(parties)) if (named) ids.set(field, idsOf(named));
  if (about) ids.set('about', new Set(about));
  return ids;
}

/** Of the parties and of those whom they speak for. */
function idsOf(parties: readonly Party[]): Set<string> {
  const ids = new Set<string>();
  for (const { actor, for: principal } of parties) {
    if (actor !== undefined) ids.add(actor);
    if (principal !== undefined) ids.add(principal);
  }
  return ids;
}

/** Every actor that it names, once. */
export const actorsNamed = (state: ThingState): ReadonlySet<string> =>
  new Set([...actorsByField(state).values()].flatMap((ids) => [...ids]));

/** Those who said or hold it; without those to whom it is only attributed by speculation. */
export function speakersOf(state: ThingState): ReadonlySet<string> {
  const { speakers = [], by, certainty } = fieldsOf(state);
  return certainty === 'speculated' ? new Set() : idsOf(by ? [...speakers, by] : speakers);
}

/** A list by date has dates of more days than this, or with an open end, in a part of its own. */
export const MAX_DAYS = 31;

/** The part of a list by date for dates that may mean several days, or more than 31. */
export type Spread = 'days' | 'wide';

/** Where lists by date have a thing. With this, rows of other lists lead to its summary in the list of all. */
export interface Listed {
  /** By date, on the same date in the order of recording, and last by its id. */
  readonly sort: string;
  /** Absent for a date of one day. */
  readonly spread?: Spread;
}

export function listedAt(state: ThingState): Listed {
  const { sort: date, days } = span(dateOf(state));
  const sort = `${date}.${state.recordedAt}~${state.id}`;
  if (days === 1) return { sort };
  return { sort, spread: days <= MAX_DAYS ? 'days' : 'wide' };
}

/** The partition of a part of a list by date. No topic and no id has a `~`. */
export const partOf = (list: string, spread: Spread | undefined): string =>
  spread === undefined ? list : `${list}/~${spread}`;

export function spreadIn(partition: string): Spread | undefined {
  const spread = partition.slice(partition.lastIndexOf('/') + 1);
  return spread === '~days' ? 'days' : spread === '~wide' ? 'wide' : undefined;
}

/** The key of a thing in a list by date. */
export const listKey = (list: string, { sort, spread }: Listed): RowKey => ({
  partition: partOf(list, spread),
  sort,
});
