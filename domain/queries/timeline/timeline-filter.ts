// The filter of the timeline: decides which records pass, and which lists contain all of those.
import { isWithin } from '../../../events/date.ts';
import type { Party } from '../../../events/shared-pieces.ts';
import type { Directory } from '../../projections/rows/actor-directory.ts';
import {
  readDirectory,
  dateRanges,
  readMerged,
  type KeyRange,
  type Reading,
  type ReadRow,
} from '../../projections/rows/reading.ts';
import { actorList, ALL_RECORDS, kindIn, topicList } from '../../projections/rows/row-keys.ts';
import type { ActorListRow, ListRow } from '../../projections/views/timeline-view.ts';
import type { RecordKind } from '../../projections/state/summary-shape.ts';
import { recordDateOf, type Summary, type SummaryFields } from '../../projections/state/summary-shape.ts';
import { windowOf, type DateFilter, type DateWindow } from '../date-window.ts';

/** A record must pass every field. An actor stands for its whole group of merged actors. */
export interface TimelineFilter extends DateFilter {
  readonly kind?: RecordKind;
  /** The record names each of these actors. */
  readonly actor?: readonly string[];
  readonly speaker?: string;
  readonly addressee?: string;
  readonly about?: string;
  readonly topic?: string;
  readonly certainty?: string;
  readonly recordedBy?: string;
}

/** A list that contains every record that passes. Rows of a role's list say which fields name its actor. */
interface List {
  readonly role?: Role;
  readonly parts: readonly KeyRange[];
}

/** The filter as of the position of a reading, with the lists that contain all matching records. */
export interface Matching {
  readonly filter: TimelineFilter;
  readonly passes: (summary: Summary) => boolean;
  readonly lists: readonly [List, ...List[]];
}

export async function matching(reading: Reading, filter: TimelineFilter): Promise<Matching> {
  const window = windowOf(filter);
  const roles = rolesOf(await readDirectory(reading), filter);
  const byRole = roles.map((role) => ({
    role,
    parts: role.ids.flatMap((id) => dateRanges(actorList(id), window)),
  }));
  const [first, ...others] = byRole;
  const all = {
    parts: dateRanges(filter.topic === undefined ? ALL_RECORDS : topicList(filter.topic), window),
  };
  return {
    filter,
    lists: first === undefined ? [all] : [first, ...others, ...(filter.topic === undefined ? [] : [all])],
    passes: (summary) =>
      passesFields(filter, summary) &&
      isWithin(recordDateOf(summary.fields), window) &&
      roles.every((role) => role.idsIn(summary.fields).some((id) => role.ids.includes(id))),
  };
}

/** Returns the parts of an actor's list that may pass the filter's days. */
export const listsOfActor = ({ filter }: Matching, id: string): KeyRange[] =>
  dateRanges(actorList(id), windowOf(filter));

/** Returns the shortest list that contains every matching record, and a check of its rows. */
export async function narrowest(
  reading: Reading,
  { filter, lists }: Matching,
): Promise<{ readonly parts: readonly KeyRange[]; readonly row: (row: ReadRow<ListRow>) => boolean }> {
  const { role, parts } = await shortest(reading, lists);
  const window = windowOf(filter);
  return { parts, row: (row) => mayPass(filter, role, window, row) };
}

/** Rows up to which the length of a list is measured. */
const PROBE = 500;

/** Returns the shortest list; the first one if all have PROBE rows or more. */
async function shortest(reading: Reading, lists: Matching['lists']): Promise<List> {
  if (lists.length === 1) return lists[0];
  const lengths = await Promise.all(lists.map(({ parts }) => lengthOf(reading, parts)));
  return lists[lengths.indexOf(Math.min(...lengths))] ?? lists[0];
}

async function lengthOf(reading: Reading, parts: readonly KeyRange[]): Promise<number> {
  let length = 0;
  for await (const _ of readMerged(reading, parts)) if (++length === PROBE) break;
  return length;
}

/** A group of merged actors. A matching record names at least one of them in one of the fields. */
interface Role {
  readonly ids: readonly string[];
  /** Absent if any field counts. */
  readonly fields?: readonly string[];
  readonly idsIn: (fields: SummaryFields) => readonly string[];
}

function rolesOf({ group }: Directory, filter: TimelineFilter): Role[] {
  const role = (id: string | undefined, idsIn: Role['idsIn'], fields?: readonly string[]): Role[] =>
    id === undefined ? [] : [{ ids: group(id), idsIn, ...(fields ? { fields } : {}) }];
  return [
    ...role(filter.speaker, speakersIn, ['speakers', 'by']),
    ...role(filter.addressee, ({ addressees = [] }) => idsOf(addressees), ['addressees']),
    ...role(filter.about, ({ about = [] }) => about, ['about']),
    ...(filter.actor ?? []).flatMap((id) => role(id, allActorsIn)),
  ];
}

const idsOf = (parties: readonly Party[]): string[] =>
  parties.flatMap((party) => [party.actor, party.for].filter((id) => id !== undefined));

const speakersIn = ({ speakers = [], by }: SummaryFields) => idsOf([...speakers, ...(by ? [by] : [])]);

const allActorsIn = (fields: SummaryFields) => [
  ...speakersIn(fields),
  ...idsOf([...(fields.participants ?? []), ...(fields.addressees ?? []), ...fields.attributedBy]),
  ...(fields.about ?? []),
];

/** Returns false if the row alone shows that its record cannot pass, so that the summary need not be read. */
function mayPass(
  { kind, certainty, speaker }: TimelineFilter,
  role: Role | undefined,
  { earliest }: DateWindow,
  { sort, body }: ReadRow<ListRow & Partial<Pick<ActorListRow, 'as'>>>,
): boolean {
  if (earliest !== undefined && (body.until ?? sort) < earliest) return false;
  // A row has the fields that name its own actor; other fields may name another actor of the group.
  if (kind !== undefined && kindIn(sort) !== kind) return false;
  const { ids = [], fields } = role ?? {};
  if (fields && ids.length === 1 && !body.as?.some((field) => fields.includes(field))) return false;
  return passesCertainty(certainty, speaker, body.certainty);
}

const passesFields = (
  { kind, topic, certainty, speaker, recordedBy }: TimelineFilter,
  { kind: own, fields, recordedBy: recorder }: Summary,
): boolean =>
  (kind === undefined || own === kind) &&
  (topic === undefined || fields.topics.includes(topic)) &&
  (recordedBy === undefined || recorder === recordedBy) &&
  passesCertainty(certainty, speaker, fields.certainty);

/** Leaves speculated records out of a speaker's list unless the filter requests them. */
const passesCertainty = (wanted: string | undefined, speaker: string | undefined, own: string): boolean =>
  wanted === undefined ? speaker === undefined || own !== 'speculated' : own === wanted;
