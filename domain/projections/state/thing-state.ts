// The state of a meeting, a statement or an opinion, and the fields that lists need.
import { span, type Span } from '../../../events/date.ts';
import type { RecordedEvent } from '../../../events/envelope.ts';
import type { Party } from '../../../events/shared-pieces.ts';
import { stateAfter } from '../../recording/aggregate.ts';
import { meeting, type MeetingState } from '../../recording/meeting.ts';
import { opinion, type OpinionState } from '../../recording/opinion.ts';
import type { Life } from '../../recording/lifecycle.ts';
import { statement, type StatementState } from '../../recording/statement.ts';
import { dateKey, MAX_BUCKET_DAYS, type DateListKey } from '../rows/row-keys.ts';
import { sourcesAfter, type SourcesByStance } from './sources.ts';

/** A state after the first event of its stream. */
export type Existing<State> = Exclude<State, { readonly status: 'none' }>;

interface Common {
  readonly id: string;
  readonly recordedBy: string;
  readonly recordedAt: string;
  /** The latest event of the stream. */
  readonly latest: RecordedEvent;
  readonly sources: SourcesByStance;
  readonly index: Index;
}

/** Fields that lists need. They follow from the fields of the record, and are computed once for all read models. */
interface Index {
  readonly fields: AnyFields;
  readonly days: Span;
  readonly listed: DateListKey;
  readonly topics: readonly string[];
  /** Names of the fields that name each actor. The author of a speculation is in `attributedBy`. */
  readonly actors: ReadonlyMap<string, readonly string[]>;
}

export type RecordStreamState =
  | (Common & { readonly kind: 'meeting'; readonly life: Existing<MeetingState> })
  | (Common & { readonly kind: 'statement'; readonly life: Existing<StatementState> })
  | (Common & { readonly kind: 'opinion'; readonly life: Existing<OpinionState> });

export const isRecordState = (state: { readonly kind: string }): state is RecordStreamState =>
  state.kind === 'meeting' || state.kind === 'statement' || state.kind === 'opinion';

/** Returns the state after an event. @throws Error if the event cannot follow this state. */
export function evolveRecordState(
  before: RecordStreamState | undefined,
  event: RecordedEvent,
): RecordStreamState {
  const { subject: id, recordedby, time } = event;
  const recordedBy = before?.recordedBy ?? recordedby;
  const recordedAt = before?.recordedAt ?? time;
  const common = ({ fields, evidence }: Life<Fields>): Common => ({
    id,
    recordedBy,
    recordedAt,
    latest: event,
    sources: sourcesAfter(before?.sources, event, evidence),
    index: before?.index.fields === fields ? before.index : indexOf(fields, recordedAt, id),
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

/** Returns a state after the first event of its stream. @throws Error if `state` is that before the first event. */
export function withOrigin<S extends { readonly status: string }>(
  state: S,
  { id, type }: RecordedEvent,
): Existing<S> {
  if (state.status === 'none') throw new Error(`${id}: ${type} does not begin its stream`);
  return state as Existing<S>;
}

type Fields = RecordStreamState['life']['fields'];
type NamesOf<F> = F extends F ? keyof F : never;
type ValueOf<F, K> = F extends F ? (K extends keyof F ? F[K] : never) : never;
/** The fields of all kinds of records. */
export type AnyFields = { readonly [K in NamesOf<Fields>]?: ValueOf<Fields, K> };

function indexOf(fields: AnyFields, recordedAt: string, id: string): Index {
  const { heldOn, madeOn, publishedOn, topics = [] } = fields;
  const days = span(heldOn ?? madeOn ?? publishedOn ?? '');
  const sort = dateKey(days.sort, recordedAt, id);
  return {
    fields,
    days,
    listed: days.days === 1 ? { sort } : { sort, spread: days.days <= MAX_BUCKET_DAYS ? 'days' : 'wide' },
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

/** Returns the ids of parties, and of actors that they speak for. */
function idsOf(parties: readonly Party[]): string[] {
  const ids: string[] = [];
  for (const { actor, for: principal } of parties) {
    if (actor !== undefined) ids.push(actor);
    if (principal !== undefined) ids.push(principal);
  }
  return ids;
}

export const fieldsOf = ({ index }: RecordStreamState): AnyFields => index.fields;

/** Returns the days that the date of a record may mean. */
export const daysOf = ({ index }: RecordStreamState): Span => index.days;

/** Returns each topic once. */
export const topicsOf = ({ index }: RecordStreamState): readonly string[] => index.topics;

/** Returns every actor that a record names, with the fields that name it. */
export const actorsOf = ({ index }: RecordStreamState): ReadonlyMap<string, readonly string[]> =>
  index.actors;

/** Returns every actor that a record names, once. */
export const actorsNamed = (state: RecordStreamState): Iterable<string> => actorsOf(state).keys();

/** Returns the actors that said or hold it, each once. A speculated record has no speakers. */
export function speakersOf(state: RecordStreamState): ReadonlySet<string> {
  const { speakers = [], by, certainty } = fieldsOf(state);
  return new Set(certainty === 'speculated' ? [] : idsOf(by ? [...speakers, by] : speakers));
}

/** Returns the key of a record in lists by date. */
export const dateListKeyOf = ({ index }: RecordStreamState): DateListKey => index.listed;
