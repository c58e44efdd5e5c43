// The state of a meeting, a statement or an opinion, and the fields that its rows are listed by.
import { span, type Span } from '../../../events/date.ts';
import type { RecordedEvent } from '../../../events/envelope.ts';
import type { Party } from '../../../events/shared-pieces.ts';
import { stateAfter } from '../../recording/aggregate.ts';
import { meeting, type MeetingState } from '../../recording/meeting.ts';
import { opinion, type OpinionState } from '../../recording/opinion.ts';
import type { Life } from '../../recording/lifecycle.ts';
import { statement, type StatementState } from '../../recording/statement.ts';
import type { RowKey } from '../rows/row.ts';
import { sourcesAfter, type SourceRevisions } from './sources.ts';

/** A state once its stream has begun. */
export type Existing<State> = Exclude<State, { readonly status: 'none' }>;

interface Common {
  readonly id: string;
  readonly recordedBy: string;
  readonly recordedAt: string;
  /** The latest event of the stream. */
  readonly latest: RecordedEvent;
  readonly sources: SourceRevisions;
  readonly index: Index;
}

/** What lists find a thing by. It follows from the fields, so that it is computed once for all read models. */
interface Index {
  readonly fields: AnyFields;
  readonly days: Span;
  readonly listed: Listed;
  readonly topics: readonly string[];
  /** The fields that name each actor. The guesser of a speculated statement is among its attributedBy. */
  readonly actors: ReadonlyMap<string, readonly string[]>;
}

export type ThingState =
  | (Common & { readonly kind: 'meeting'; readonly life: Existing<MeetingState> })
  | (Common & { readonly kind: 'statement'; readonly life: Existing<StatementState> })
  | (Common & { readonly kind: 'opinion'; readonly life: Existing<OpinionState> });

export const isThing = (state: { readonly kind: string }): state is ThingState =>
  state.kind === 'meeting' || state.kind === 'statement' || state.kind === 'opinion';

/** The state after an event. @throws Error if the event cannot follow this state. */
export function evolveThing(before: ThingState | undefined, event: RecordedEvent): ThingState {
  const { subject: id, recordedby, time } = event;
  const recordedBy = before?.recordedBy ?? recordedby;
  const recordedAt = before?.recordedAt ?? time;
  const common = ({ fields, evidence }: Life<Fields>): Common => ({
    id,
    recordedBy,
    recordedAt,
    latest: event,
    sources: sourcesAfter(before?.sources, event, evidence),
    index: before?.index.fields === fields ? before.index : indexOf(fields, `${recordedAt}~${id}`),
  });
  const kind = id.slice(0, id.indexOf('-'));
  switch (kind) {
    case 'meeting': {
      const known = before?.kind === kind ? before.life : meeting.initial;
      const life = withOrigin(stateAfter(meeting, known, event), event);
      return { ...common(life), kind, life };
    }
    case 'statement': {
      const known = before?.kind === kind ? before.life : statement.initial;
      const life = withOrigin(stateAfter(statement, known, event), event);
      return { ...common(life), kind, life };
    }
    case 'opinion': {
      const known = before?.kind === kind ? before.life : opinion.initial;
      const life = withOrigin(stateAfter(opinion, known, event), event);
      return { ...common(life), kind, life };
    }
    default:
      throw new Error(`${event.id}: no read model knows streams such as ${id}`);
  }
}

/** The state, which is not that before the first event. @throws Error if it is. */
export function withOrigin<S extends { readonly status: string }>(
  state: S,
  { id, type }: RecordedEvent,
): Existing<S> {
  if (state.status === 'none') throw new Error(`${id}: ${type} does not begin its stream`);
  return state as Existing<S>;
}

type Fields = ThingState['life']['fields'];
type NamesOf<F> = F extends F ? keyof F : never;
type ValueOf<F, K> = F extends F ? (K extends keyof F ? F[K] : never) : never;
/** The fields of any kind of thing. */
export type AnyFields = { readonly [K in NamesOf<Fields>]?: ValueOf<Fields, K> };

function indexOf(fields: AnyFields, recorded: string): Index {
  const { heldOn, madeOn, publishedOn, topics = [] } = fields;
  const days = span(heldOn ?? madeOn ?? publishedOn ?? '');
  const sort = `${days.sort}.${recorded}`;
  return {
    fields,
    days,
    listed: days.days === 1 ? { sort } : { sort, spread: days.days <= MAX_DAYS ? 'days' : 'wide' },
    topics: [...new Set(topics)],
    actors: fieldsByActor(fields),
  };
}

function fieldsByActor(fields: AnyFields): ReadonlyMap<string, readonly string[]> {
  const { participants, speakers, addressees, attributedBy, by, about } = fields;
  const byActor = new Map<string, string[]>();
  const add = (field: string, actors: readonly string[] = []): void => {
    for (const actor of actors) {
      const known = byActor.get(actor);
      if (known === undefined) byActor.set(actor, [field]);
      else if (!known.includes(field)) known.push(field);
    }
  };
  add('participants', participants && idsOf(participants));
  add('speakers', speakers && idsOf(speakers));
  add('addressees', addressees && idsOf(addressees));
  add('attributedBy', attributedBy && idsOf(attributedBy));
  add('by', by && idsOf([by]));
  add('about', about);
  return byActor;
}

/** Of the parties and of those whom they speak for. */
function idsOf(parties: readonly Party[]): string[] {
  const ids: string[] = [];
  for (const { actor, for: principal } of parties) {
    if (actor !== undefined) ids.push(actor);
    if (principal !== undefined) ids.push(principal);
  }
  return ids;
}

export const fieldsOf = ({ index }: ThingState): AnyFields => index.fields;

/** The days that its date may mean. */
export const daysOf = ({ index }: ThingState): Span => index.days;

/** Each topic once. */
export const topicsOf = ({ index }: ThingState): readonly string[] => index.topics;

/** Every actor that it names, once, with the fields that name it. */
export const actorsOf = ({ index }: ThingState): ReadonlyMap<string, readonly string[]> => index.actors;

/** Every actor that it names, once. */
export const actorsNamed = (state: ThingState): Iterable<string> => actorsOf(state).keys();

/** Those who said or hold it, each once; without those to whom it is only attributed by speculation. */
export function speakersOf(state: ThingState): ReadonlySet<string> {
  const { speakers = [], by, certainty } = fieldsOf(state);
  return new Set(certainty === 'speculated' ? [] : idsOf(by ? [...speakers, by] : speakers));
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

export const listedAt = ({ index }: ThingState): Listed => index.listed;

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

/** The id of the thing at the end of a sort key. */
export const idIn = (sort: string): string => sort.slice(sort.lastIndexOf('~') + 1);
