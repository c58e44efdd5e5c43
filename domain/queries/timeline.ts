// Lists of meetings, statements and opinions: the timeline, filtered.
import { daysBefore, overlaps, span, type Span } from '../../events/date.ts';
import type { Party } from '../../events/pieces.ts';
import type { Table } from '../ports.ts';
import { dateOf, type Summary, type SummaryFields, type SummaryKind } from '../views/summary.ts';
import { timeline, WIDE_DAYS } from '../views/timeline.ts';
import { groupOf, weighSummary } from './actors.ts';
import { readPage, type Page, type PageRequest, type Source } from './rows.ts';

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

type Passes = (summary: Summary) => boolean;

export async function listTimeline(
  views: Table,
  filter: TimelineFilter,
  request: PageRequest,
): Promise<Page<Summary>> {
  const window = windowOf(filter);
  const roles = await rolesOf(views, filter);
  const driver = roles[0]?.ids.map((id) => `actor/${id}`) ?? [partitionOf(filter)];
  const passes = [...roles.map(({ passes }) => passes), ...plainFilters(filter), inWindow(window)];
  const keep: Passes = (summary) => passes.every((each) => each(summary));
  return readPage(
    views,
    timeline,
    driver.flatMap((partition) => sourcesOf(partition, window)),
    request,
    keep,
    weighSummary,
  );
}

/** The days asked for and those before from which a thing may reach into them, and all the wide things. */
function sourcesOf(partition: string, { earliest, latest }: Window): Source[] {
  const from = earliest === undefined ? {} : { from: daysBefore(earliest, WIDE_DAYS) };
  const below = latest === undefined ? {} : { below: `${latest}U` };
  return [{ partition, ...from, ...below }, { partition: `${partition}/wide` }];
}

interface Role {
  readonly ids: readonly string[];
  readonly passes: Passes;
}

async function rolesOf(views: Table, filter: TimelineFilter): Promise<Role[]> {
  const named: [string | undefined, (fields: SummaryFields) => readonly (string | undefined)[]][] = [
    [filter.speaker, ({ speakers = [], by }) => actorsIn([...speakers, ...(by ? [by] : [])])],
    [filter.addressee, ({ addressees = [] }) => actorsIn(addressees)],
    [filter.about, ({ about = [] }) => about],
    ...(filter.actor ?? []).map(
      (id): [string, (fields: SummaryFields) => readonly (string | undefined)[]] => [id, everyone],
    ),
  ];
  const roles = named.map(async ([id, inRole]): Promise<Role | undefined> => {
    if (id === undefined) return undefined;
    const ids = await groupOf(views, id);
    return {
      ids,
      passes: ({ fields }) => inRole(fields).some((actor) => actor !== undefined && ids.includes(actor)),
    };
  });
  return (await Promise.all(roles)).filter((role) => role !== undefined);
}

const actorsIn = (parties: readonly Party[]) => parties.flatMap((party) => [party.actor, party.for]);

const everyone = ({
  participants = [],
  speakers = [],
  addressees = [],
  attributedBy,
  by,
  about = [],
}: SummaryFields) => [
  ...actorsIn([...participants, ...speakers, ...addressees, ...attributedBy, ...(by ? [by] : [])]),
  ...about,
];

const partitionOf = ({ topic, kind }: TimelineFilter): string =>
  topic !== undefined ? `topic/${topic}` : kind !== undefined ? `kind/${kind}` : 'all';

/** What is only speculated stays out of a speaker's own list unless it is asked for; it is shown under the guesser. */
function plainFilters({ kind, topic, certainty, recordedBy, speaker }: TimelineFilter): Passes[] {
  return [
    ({ kind: its }) => kind === undefined || its === kind,
    ({ fields }) => topic === undefined || fields.topics.includes(topic),
    ({ fields }) =>
      certainty === undefined
        ? speaker === undefined || fields.certainty !== 'speculated'
        : fields.certainty === certainty,
    ({ recordedBy: by }) => recordedBy === undefined || by === recordedBy,
  ];
}

type Window = Pick<Span, 'earliest' | 'latest'>;

function windowOf({ from, to }: TimelineFilter): Window {
  const earliest = from === undefined ? undefined : span(from).earliest;
  const latest = to === undefined ? undefined : span(to).latest;
  return { ...(earliest === undefined ? {} : { earliest }), ...(latest === undefined ? {} : { latest }) };
}

const inWindow =
  (window: Window): Passes =>
  ({ fields }) =>
    overlaps(span(dateOf(fields)), window);
