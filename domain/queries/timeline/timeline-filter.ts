// Which meetings, statements and opinions a list is asked for: what a summary must say to be among them, and the lists
// of the timeline in which they are to be found.
import { isWithin } from '../../../events/date.ts';
import type { Party } from '../../../events/shared-pieces.ts';
import type { Directory } from '../../projections/rows/actor-directory.ts';
import {
  directory,
  partsOf,
  readParts,
  type Part,
  type Reading,
  type Row,
} from '../../projections/rows/reading.ts';
import { actorList, ALL, kindIn, topicList } from '../../projections/rows/row-keys.ts';
import type { ActorListRow, ListRow } from '../../projections/views/timeline-view.ts';
import type { ThingKind } from '../../projections/state/summary-shape.ts';
import { dateOf, type Summary, type SummaryFields } from '../../projections/state/summary-shape.ts';
import { windowOf, type Dates, type Window } from '../date-window.ts';

/** Every filter given must pass. Actors count together with those that are merged into them. */
export interface TimelineFilter extends Dates {
  readonly kind?: ThingKind;
  /** Each of them has a part in it. */
  readonly actor?: readonly string[];
  readonly speaker?: string;
  readonly addressee?: string;
  readonly about?: string;
  readonly topic?: string;
  readonly certainty?: string;
  readonly recordedBy?: string;
}

/** Holds everything that passes; the rows of a role's list say in which fields its actor is named. */
interface List {
  readonly role?: Role;
  readonly parts: readonly Part[];
}

/** What passes the filter as of the position of a reading, and the lists in which it is to be found. */
export interface Matching {
  readonly filter: TimelineFilter;
  readonly thing: (summary: Summary) => boolean;
  readonly lists: readonly [List, ...List[]];
}

export async function matching(reading: Reading, filter: TimelineFilter): Promise<Matching> {
  const window = windowOf(filter);
  const roles = rolesOf(await directory(reading), filter);
  const byRole = roles.map((role) => ({
    role,
    parts: role.ids.flatMap((id) => partsOf(actorList(id), window)),
  }));
  const [first, ...others] = byRole;
  const all = { parts: partsOf(filter.topic === undefined ? ALL : topicList(filter.topic), window) };
  return {
    filter,
    lists: first === undefined ? [all] : [first, ...others, ...(filter.topic === undefined ? [] : [all])],
    thing: (summary) =>
      passesPlainly(filter, summary) &&
      isWithin(dateOf(summary.fields), window) &&
      roles.every((role) => role.idsIn(summary.fields).some((id) => role.ids.includes(id))),
  };
}

/** What names this actor, as far as it may pass. */
export const listsOfActor = ({ filter }: Matching, id: string): Part[] =>
  partsOf(actorList(id), windowOf(filter));

/** The narrowest list that holds everything that passes, and which of its rows may. */
export async function narrowest(
  reading: Reading,
  { filter, lists }: Matching,
): Promise<{ readonly parts: readonly Part[]; readonly row: (row: Row<ListRow>) => boolean }> {
  const { role, parts } = await shortest(reading, lists);
  const window = windowOf(filter);
  return { parts, row: (row) => mayPass(filter, role, window, row) };
}

const PROBE = 500;

/** The first one that ends within so many rows, and of these the shortest. */
async function shortest(reading: Reading, lists: Matching['lists']): Promise<List> {
  if (lists.length === 1) return lists[0];
  const lengths = await Promise.all(lists.map(({ parts }) => lengthOf(reading, parts)));
  return lists[lengths.indexOf(Math.min(...lengths))] ?? lists[0];
}

async function lengthOf(reading: Reading, parts: readonly Part[]): Promise<number> {
  let length = 0;
  for await (const _ of readParts(reading, parts)) if (++length === PROBE) break;
  return length;
}

/** Actors of whom one must be named, in one of certain fields. */
interface Role {
  readonly ids: readonly string[];
  /** The fields; undefined for any. */
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
    ...(filter.actor ?? []).flatMap((id) => role(id, everyone)),
  ];
}

const idsOf = (parties: readonly Party[]): string[] =>
  parties.flatMap((party) => [party.actor, party.for].filter((id) => id !== undefined));

const speakersIn = ({ speakers = [], by }: SummaryFields) => idsOf([...speakers, ...(by ? [by] : [])]);

const everyone = (fields: SummaryFields) => [
  ...speakersIn(fields),
  ...idsOf([...(fields.participants ?? []), ...(fields.addressees ?? []), ...fields.attributedBy]),
  ...(fields.about ?? []),
];

/** What the row alone can say, so that the summary need not be read. */
function mayPass(
  { kind, certainty, speaker }: TimelineFilter,
  role: Role | undefined,
  { earliest }: Window,
  { sort, body }: Row<ListRow & Partial<Pick<ActorListRow, 'as'>>>,
): boolean {
  if (earliest !== undefined && (body.until ?? sort) < earliest) return false;
  if (kind !== undefined && kindIn(sort) !== kind) return false;
  // A row says in which fields one actor is named; another of its group may be named in others.
  const { ids = [], fields } = role ?? {};
  if (fields && ids.length === 1 && !body.as?.some((field) => fields.includes(field))) return false;
  return passesCertainty(certainty, speaker, body.certainty);
}

const passesPlainly = (
  { kind, topic, certainty, speaker, recordedBy }: TimelineFilter,
  { kind: own, fields, recordedBy: recorder }: Summary,
): boolean =>
  (kind === undefined || own === kind) &&
  (topic === undefined || fields.topics.includes(topic)) &&
  (recordedBy === undefined || recorder === recordedBy) &&
  passesCertainty(certainty, speaker, fields.certainty);

/** What is only speculated stays out of a speaker's own list unless it is asked for; it is shown under the guesser. */
const passesCertainty = (wanted: string | undefined, speaker: string | undefined, own: string): boolean =>
  wanted === undefined ? speaker === undefined || own !== 'speculated' : own === wanted;
