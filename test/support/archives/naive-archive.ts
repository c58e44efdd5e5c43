// A reference for the answers of an archive: folds each record from its events with its aggregate, and makes each list
// by a scan of all records.
import { isWithin, span } from '../../../events/date.ts';
import { readEvent, type RecordedEvent } from '../../../events/envelope.ts';
import { supports, type Evidence, type Party } from '../../../events/shared-pieces.ts';
import { actor, actorMerges, mergesOf, mergeTargetOf } from '../../../domain/recording/actor.ts';
import { foldEvents } from '../../../domain/recording/aggregate.ts';
import { meeting } from '../../../domain/recording/meeting.ts';
import { opinion } from '../../../domain/recording/opinion.ts';
import type { Commit } from '../../../domain/ports.ts';
import { statement } from '../../../domain/recording/statement.ts';

interface Fields {
  readonly participants?: readonly Party[];
  readonly speakers?: readonly Party[];
  readonly addressees?: readonly Party[];
  readonly by?: Party;
  readonly attributedBy: readonly Party[];
  readonly about?: readonly string[];
  readonly topics: readonly string[];
  readonly certainty: string;
  readonly heldOn?: string;
  readonly madeOn?: string;
  readonly publishedOn?: string;
}

export interface NaiveThing {
  readonly id: string;
  readonly kind: 'meeting' | 'statement' | 'opinion';
  readonly status: string;
  readonly fields: Fields;
  readonly evidence: readonly Evidence[];
  readonly retracted?: { readonly reason: string };
  readonly recordedAt: string;
  readonly recordedBy: string;
  readonly date: string;
}

export interface NaiveFilter {
  readonly kind?: string;
  readonly actor?: readonly string[];
  readonly speaker?: string;
  readonly addressee?: string;
  readonly about?: string;
  readonly topic?: string;
  readonly certainty?: string;
  readonly recordedBy?: string;
  readonly from?: string;
  readonly to?: string;
}

const folds = {
  meeting: (events: readonly RecordedEvent[]) => foldEvents(meeting, events),
  statement: (events: readonly RecordedEvent[]) => foldEvents(statement, events),
  opinion: (events: readonly RecordedEvent[]) => foldEvents(opinion, events),
} as const;

export interface NaiveArchive {
  /** Records by date, then in the order of recording. */
  readonly things: readonly NaiveThing[];
  readonly list: (filter: NaiveFilter) => NaiveThing[];
  /** Returns the actor that readers see instead of this one. */
  readonly shown: (id: string) => string;
  readonly actors: readonly { readonly id: string; readonly name: string; readonly kind: string }[];
}

export function naiveArchive(commits: readonly Commit[]): NaiveArchive {
  const events = commits.flatMap((commit) => commit.events.map(readEvent));
  const streams = Map.groupBy(events, ({ subject }) => subject);
  const { into } = mergesOf(foldEvents(actorMerges, streams.get('actor-merges') ?? []));
  const shown = (id: string): string => mergeTargetOf(into, id);
  const things = [...streams].flatMap(([id, own]) => thingOf(id, own)).toSorted(byDate);
  const actors = [...streams].flatMap(([id, own]) => {
    if (!id.startsWith('actor-') || id === 'actor-merges') return [];
    const state = foldEvents(actor, own);
    return state.status === 'none' ? [] : [{ id, name: state.fields.name, kind: state.fields.kind }];
  });
  return { things, shown, actors, list: (filter) => things.filter((thing) => passes(thing, filter, shown)) };
}

function thingOf(id: string, events: readonly RecordedEvent[]): NaiveThing[] {
  const kind = id.slice(0, id.indexOf('-')) as NaiveThing['kind'];
  const [first] = events;
  if (!(kind in folds) || !first) return [];
  const state = folds[kind](events);
  if (state.status === 'none') return [];
  const { status, evidence, retracted } = state;
  const fields = state.fields as Fields;
  const date = fields.heldOn ?? fields.madeOn ?? fields.publishedOn ?? '';
  const recorded = { recordedAt: first.time, recordedBy: first.recordedby };
  return [{ id, kind, status, fields, evidence, ...(retracted ? { retracted } : {}), ...recorded, date }];
}

const keyOf = ({ date, recordedAt, id }: NaiveThing): string => `${span(date).sort}.${recordedAt}~${id}`;
const byDate = (a: NaiveThing, b: NaiveThing): number => (keyOf(a) < keyOf(b) ? -1 : 1);

/** Returns the ids of these parties, and of the actors for whom they speak. */
const ids = (parties: readonly (Party | undefined)[] = []): string[] =>
  parties.flatMap((party) => [party?.actor, party?.for].filter((id) => id !== undefined));

export const speakersOf = ({ fields }: NaiveThing): string[] => ids([...(fields.speakers ?? []), fields.by]);

export const partiesNamedIn = (thing: NaiveThing): string[] => {
  const { participants, addressees, attributedBy, about = [] } = thing.fields;
  return [...ids(participants), ...speakersOf(thing), ...ids(addressees), ...ids(attributedBy), ...about];
};

/** Returns the visible actors who attended a meeting that was held. Empty for other records. */
export function attendeesOf(
  { kind, status, retracted, fields }: NaiveThing,
  shown: (id: string) => string,
): string[] {
  if (kind !== 'meeting' || status !== 'held' || retracted || fields.certainty === 'speculated') return [];
  return [
    ...new Set((fields.participants ?? []).flatMap(({ actor }) => (actor ? shown(actor) : []))),
  ].toSorted();
}

export const articlesOf = ({ evidence }: NaiveThing): Set<string> =>
  new Set(evidence.filter(supports).map(({ articleId }) => articleId));

function passes(thing: NaiveThing, filter: NaiveFilter, shown: (id: string) => string): boolean {
  const { fields, kind, recordedBy, date } = thing;
  const named = (id: string | undefined, among: readonly string[]): boolean =>
    id === undefined || among.some((each) => shown(each) === shown(id));
  const certain =
    filter.certainty === undefined
      ? filter.speaker === undefined || fields.certainty !== 'speculated'
      : fields.certainty === filter.certainty;
  const window = { ...edge('earliest', filter.from), ...edge('latest', filter.to) };
  return (
    (filter.kind === undefined || kind === filter.kind) &&
    (filter.actor ?? []).every((id) => named(id, partiesNamedIn(thing))) &&
    named(filter.speaker, speakersOf(thing)) &&
    named(filter.addressee, ids(fields.addressees)) &&
    named(filter.about, fields.about ?? []) &&
    (filter.topic === undefined || fields.topics.includes(filter.topic)) &&
    (filter.recordedBy === undefined || recordedBy === filter.recordedBy) &&
    certain &&
    isWithin(date, window)
  );
}

const edge = (name: 'earliest' | 'latest', date: string | undefined) => {
  const day = date === undefined ? undefined : span(date)[name];
  return day === undefined ? {} : { [name]: day };
};
