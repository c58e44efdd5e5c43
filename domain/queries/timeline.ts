// Lists of meetings, statements and opinions: the timeline, filtered.
import { daysBefore, overlaps, span, type Span } from '../../events/date.ts';
import type { Party } from '../../events/pieces.ts';
import { actors } from '../views/actors.ts';
import type { SummaryKind } from '../views/facts.ts';
import { dateOf, type Summary, type SummaryFields } from '../views/summary.ts';
import { timeline, WIDE_DAYS, type PlaceRow } from '../views/timeline.ts';
import { groupOf } from './actors.ts';
import type { Page, PageRequest } from './pages.ts';
import type { Reading, Row, Source } from './reading.ts';
import { pageOfThings } from './things.ts';

/** Every filter given must pass. Actors count together with those that are merged into them. */
export interface TimelineFilter {
  readonly kind?: SummaryKind;
  /** Each of them has a part in it. */
  readonly actor?: readonly string[];
  readonly speaker?: string;
  readonly addressee?: string;
  readonly about?: string;
  readonly topic?: string;
  readonly certainty?: string;
  readonly recordedBy?: string;
  /** EDTF: it may have happened on or after the first day of `from`, on or before the last day of `to`. */
  readonly from?: string;
  readonly to?: string;
}

/** What these lists read. */
export const timelineViews = [timeline, actors] as const;

export async function listTimeline(
  reading: Reading,
  filter: TimelineFilter,
  request: PageRequest,
): Promise<Page<Summary>> {
  const window = windowOf(filter);
  const roles = await rolesOf(reading, filter);
  const [driver, ...others] = roles;
  const partitions = driver?.ids.map((id) => `actor/${id}`) ?? partitionsOf(filter);
  return pageOfThings<PlaceRow>(
    reading,
    timeline,
    partitions.flatMap((partition) => sourcesOf(partition, window)),
    request,
    {
      row: (row) => passesPlace(filter, row) && (driver === undefined || inRole(driver, row)),
      thing: (summary) =>
        (filter.topic === undefined || summary.fields.topics.includes(filter.topic)) &&
        (filter.recordedBy === undefined || summary.recordedBy === filter.recordedBy) &&
        overlaps(span(dateOf(summary.fields)), window) &&
        others.every((role) => role.idsIn(summary.fields).some((id) => role.ids.includes(id))),
    },
  );
}

/** The days asked for and those before from which a thing may reach into them, and all the wide things. */
function sourcesOf(partition: string, { earliest, latest }: Window): Source[] {
  const from = earliest === undefined ? {} : { from: daysBefore(earliest, WIDE_DAYS) };
  const below = latest === undefined ? {} : { below: `${latest}U` };
  return [{ partition, ...from, ...below }, { partition: `${partition}/wide` }];
}

/** Actors of whom one must be named, in one of certain fields. */
interface Role {
  readonly ids: readonly string[];
  /** The fields; undefined for any. */
  readonly fields?: readonly string[];
  readonly idsIn: (fields: SummaryFields) => readonly string[];
}

async function rolesOf(reading: Reading, filter: TimelineFilter): Promise<Role[]> {
  const role = async (
    id: string | undefined,
    idsIn: Role['idsIn'],
    fields?: readonly string[],
  ): Promise<Role[]> =>
    id === undefined ? [] : [{ ids: await groupOf(reading, id), idsIn, ...(fields ? { fields } : {}) }];
  const roles = await Promise.all([
    role(filter.speaker, speakersIn, ['speakers', 'by']),
    role(filter.addressee, ({ addressees = [] }) => actorsIn(addressees), ['addressees']),
    role(filter.about, ({ about = [] }) => about, ['about']),
    ...(filter.actor ?? []).map((id) => role(id, everyone)),
  ]);
  return roles.flat();
}

const inRole = ({ fields }: Role, { body: { as = [] } }: Row<PlaceRow>): boolean =>
  fields === undefined || as.some((field) => fields.includes(field));

const actorsIn = (parties: readonly Party[]): string[] =>
  parties.flatMap((party) => [party.actor, party.for].filter((id) => id !== undefined));

const speakersIn = ({ speakers = [], by }: SummaryFields) => actorsIn([...speakers, ...(by ? [by] : [])]);

const everyone = (fields: SummaryFields) => [
  ...speakersIn(fields),
  ...actorsIn([...(fields.participants ?? []), ...(fields.addressees ?? []), ...fields.attributedBy]),
  ...(fields.about ?? []),
];

function partitionsOf({ topic, kind }: TimelineFilter): string[] {
  if (topic !== undefined) return [`topic/${topic}`];
  return (kind === undefined ? ['meeting', 'statement', 'opinion'] : [kind]).map((each) => `kind/${each}`);
}

/** What is only speculated stays out of a speaker's own list unless it is asked for; it is shown under the guesser. */
function passesPlace({ kind, certainty, speaker }: TimelineFilter, { sort, body }: Row<PlaceRow>): boolean {
  if (kind !== undefined && !sort.includes(`~${kind}-`)) return false;
  if (certainty !== undefined) return body.certainty === certainty;
  return speaker === undefined || body.certainty !== 'speculated';
}

type Window = Pick<Span, 'earliest' | 'latest'>;

function windowOf({ from, to }: TimelineFilter): Window {
  const earliest = from === undefined ? undefined : span(from).earliest;
  const latest = to === undefined ? undefined : span(to).latest;
  return { ...(earliest === undefined ? {} : { earliest }), ...(latest === undefined ? {} : { latest }) };
}
