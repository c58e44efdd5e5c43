// What views find a meeting, a statement or an opinion by: when, who, what about, what became of it. Each view needs
// some of it to take back its own rows when the thing changes: it follows from the thing's first event, until the facts
// are others; then the view keeps them.
import type { RecordedEvent } from '../../events/envelope.ts';
import { span } from '../../events/date.ts';
import type { Party } from '../../events/pieces.ts';
import { same } from '../aggregate.ts';
import type { Place, ReadRow, RowChange } from './view.ts';

export type SummaryKind = 'meeting' | 'statement' | 'opinion';

export interface Facts {
  readonly kind: SummaryKind;
  readonly status: 'announced' | 'held' | 'called-off' | 'made' | 'published';
  /** When the archive learnt it. */
  readonly recordedAt: string;
  /** EDTF. */
  readonly date: string;
  readonly certainty: string;
  readonly retracted: boolean;
  /** Ids of actors by the field that names them. The guesser of a speculated statement is among its attributedBy. */
  readonly actors: Readonly<Record<string, readonly string[]>>;
  /** Ids of the actors who took part in a meeting themselves: not of whom they spoke for. */
  readonly attended: readonly string[];
  readonly topics: readonly string[];
  /** Ids of the meetings, statements and opinions that it belongs to or regards, by field. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
}

/** Is it about one of the three kinds of things that views list? */
export const isThing = ({ subject }: RecordedEvent): boolean =>
  subject.startsWith('meeting-') || subject.startsWith('statement-') || subject.startsWith('opinion-');

/** Is it the first event of its stream? Then no row of this thing stands anywhere yet. */
export const isFirst = ({ revision, n }: RecordedEvent): boolean => revision === 1 && n === 1;

/** What an event says of a thing: all of its fields, some of them changed, or neither. */
interface Said {
  readonly event: RecordedEvent;
  readonly fields: Readonly<Record<string, unknown>>;
  /** `fields` are all that it has. */
  readonly whole: boolean;
}

type Steps = { readonly [F in keyof Facts]: (before: Facts[F] | undefined, said: Said) => Facts[F] };

const steps: Steps = {
  kind: (before, { event }) => before ?? (event.subject.slice(0, event.subject.indexOf('-')) as SummaryKind),
  status: (before, { event }) => statusAfter(before, event),
  recordedAt: (before, { event }) => before ?? event.time,
  date: (before, { fields }) =>
    (fields['heldOn'] ?? fields['madeOn'] ?? fields['publishedOn'] ?? before ?? '') as string,
  certainty: (before, { fields }) => (fields['certainty'] ?? before ?? '') as string,
  retracted: (before = false, { event }) => {
    if (event.type.endsWith('Retracted')) return true;
    return before && !('reinstates' in event.data);
  },
  actors: (before = {}, { fields, whole }) => replaced(whole ? {} : before, fields, ACTORS, idsIn),
  attended: (before = [], { fields }) => {
    const parties = fields['participants'] as readonly Party[] | undefined;
    return parties ? [...once(parties.flatMap(({ actor }) => actor ?? []))].sort() : before;
  },
  topics: (before = [], { fields, whole }) =>
    (fields['topics'] ?? (whole ? [] : before)) as readonly string[],
  targets: (before = {}, { fields, whole }) => replaced(whole ? {} : before, fields, TARGETS, targetsIn),
};

const ACTORS = ['participants', 'speakers', 'addressees', 'attributedBy', 'by', 'about'] as const;
const TARGETS = ['meetingId', 'within', 'regarding'] as const;

type Ids = Readonly<Record<string, readonly string[]>>;

function replaced(
  before: Ids,
  fields: Said['fields'],
  names: readonly string[],
  idsOf: (value: unknown) => readonly string[],
): Ids {
  let after: Record<string, readonly string[]> | undefined;
  for (const name of names) if (name in fields) (after ??= { ...before })[name] = idsOf(fields[name]);
  return after ?? before;
}

/** Of parties, or of `about`, which is ids. */
function idsIn(value: unknown): readonly string[] {
  const ids: string[] = [];
  for (const each of listed(value) as (Party | string | null)[]) {
    if (typeof each === 'string') ids.push(each);
    else {
      if (each?.actor !== undefined) ids.push(each.actor);
      if (each?.for !== undefined) ids.push(each.for);
    }
  }
  return once(ids);
}

function targetsIn(value: unknown): readonly string[] {
  const ids: string[] = [];
  for (const each of listed(value) as ({ readonly id: string } | string | null)[]) {
    if (typeof each === 'string') ids.push(each);
    else if (each) ids.push(each.id);
  }
  return once(ids);
}

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** Each of these once; mostly there are one or two. */
export function once(ids: readonly string[]): readonly string[] {
  for (let at = 1; at < ids.length; at++) if (ids.indexOf(ids[at] ?? '') < at) return [...new Set(ids)];
  return ids;
}

function statusAfter(before: Facts['status'] | undefined, { type }: RecordedEvent): Facts['status'] {
  switch (type) {
    case 'MeetingAnnounced':
      return 'announced';
    case 'MeetingHeld':
      return 'held';
    case 'MeetingCalledOff':
      return 'called-off';
    case 'StatementMade':
      return 'made';
    case 'ExpertOpinionPublished':
      return 'published';
    default:
      return before ?? 'made';
  }
}

const BEGINS = new Set(['MeetingAnnounced', 'MeetingHeld', 'StatementMade', 'ExpertOpinionPublished']);

function saidBy(event: RecordedEvent): Said {
  if (BEGINS.has(event.type)) return { event, fields: event.data, whole: true };
  if ('changes' in event.data) return { event, fields: event.data.changes, whole: false };
  return { event, fields: {}, whole: false };
}

export interface Folding<F extends keyof Facts> {
  readonly before?: Pick<Facts, F>;
  readonly after: Pick<Facts, F>;
  /** To the row that keeps these facts, once they are others than the first event's. */
  readonly changes: readonly RowChange[];
}

/**
 * Folds these facts of a thing; undefined where the event is about no thing, or leaves them as they were. Throws where
 * a thing goes on without its first event.
 */
export function factsOf<F extends keyof Facts>(
  ...names: readonly F[]
): (event: RecordedEvent, row: ReadRow, at: Place) => Folding<F> | undefined {
  return (event, row, { first }) => {
    if (!isThing(event)) return undefined;
    if (!first) throw notRecorded(event);
    if (isFirst(event)) return { after: first.facts, changes: [] };
    const partition = `thing/${event.subject}`;
    const before = row<Pick<Facts, F>>(partition, 'facts') ?? first.facts;
    const said = saidBy(event);
    const after = {} as { -readonly [K in F]: Facts[K] };
    for (const name of names) after[name] = step(name, before, said);
    if (names.every((name) => same(before[name], after[name]))) return undefined;
    return { before, after, changes: [{ partition, sort: 'facts', body: after }] };
  };
}

export const notRecorded = ({ id, type }: RecordedEvent): Error =>
  new Error(`${id}: ${type} of something that was not recorded before`);

const step = <F extends keyof Facts>(name: F, before: Pick<Facts, F> | undefined, said: Said): Facts[F] =>
  steps[name](before?.[name], said);

/** Throws where a thing can't begin with this event. */
export function firstFacts(event: RecordedEvent): Facts {
  if (!BEGINS.has(event.type)) throw notRecorded(event);
  const said = saidBy(event);
  return {
    kind: step('kind', undefined, said),
    status: step('status', undefined, said),
    recordedAt: step('recordedAt', undefined, said),
    date: step('date', undefined, said),
    certainty: step('certainty', undefined, said),
    retracted: step('retracted', undefined, said),
    actors: step('actors', undefined, said),
    attended: step('attended', undefined, said),
    topics: step('topics', undefined, said),
    targets: step('targets', undefined, said),
  };
}

export const actorsNamed = ({ actors }: Pick<Facts, 'actors'>): readonly string[] => named(actors);
export const targetsNamed = ({ targets }: Pick<Facts, 'targets'>): readonly string[] => named(targets);

function named(ids: Ids): readonly string[] {
  const all: string[] = [];
  for (const name in ids) all.push(...(ids[name] ?? []));
  return once(all);
}

/**
 * Where a thing stands in a list: by date, and on the same date in the order in which it was recorded. Its id ends it.
 * The point sorts before digits and colons, so a day comes before its hours, 14:00 before 14:00:30.
 */
export const sortOf = (id: string, { date, recordedAt }: Pick<Facts, 'date' | 'recordedAt'>): string =>
  `${span(date).sort}.${recordedAt}~${id}`;

/**
 * A list that is read by date lies in three partitions: what was on one day, what may have been on several, and what
 * spans more than a month or has an open end. So a query by date reads the days that it asks for, of the second as many
 * before, and of the third, where there is little, all.
 */
export const BESIDE = ['', '/days', '/wide'] as const;
export const MOST_DAYS = 31;

/** Where a thing stands in each list that is read by date: which of the three partitions, and the sort key. */
export function placeOf(
  id: string,
  facts: Pick<Facts, 'date' | 'recordedAt'>,
): { readonly beside: (typeof BESIDE)[number]; readonly sort: string } {
  const { days } = span(facts.date);
  const beside = days === 1 ? '' : days <= MOST_DAYS ? '/days' : '/wide';
  return { beside, sort: sortOf(id, facts) };
}

/** The thing's id, at the end of a sort key that `sortOf` made. */
export const idIn = (sort: string): string => sort.slice(sort.lastIndexOf('~') + 1);
