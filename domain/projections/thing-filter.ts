// What a list of meetings, statements and opinions is filtered by: what the row of a list and a summary must say.
import { isWithin } from '../../events/date.ts';
import type { Party } from '../../events/pieces.ts';
import type { TimelineFilter } from '../queries/filter.ts';
import { windowOf, type Window } from '../queries/window.ts';
import { dateOf, type SummaryFields } from '../views/summary.ts';
import type { Directory } from './directory.ts';
import type { Row } from './reading.ts';
import type { Summary } from './summary.ts';
import type { ListRow } from './timeline.ts';

/** One of these actors, which are shown as one, must be named in one of these fields. */
export interface Role {
  readonly actors: readonly string[];
  readonly fields: readonly (keyof typeof IDS_IN)[];
}

export interface ThingFilter {
  readonly window: Window;
  readonly roles: readonly Role[];
  /** False if the row alone tells that its thing does not pass. */
  readonly mayPass: (row: Row<ListRow>) => boolean;
  readonly passes: (summary: Summary) => boolean;
}

/** The filter; actors count together with those that are merged into them. */
export function thingFilter(directory: Directory, given: TimelineFilter): ThingFilter {
  const { kind, speaker, addressee, about, actor = [], topic, recordedBy } = given;
  const window = windowOf(given);
  const role = (id: string | undefined, fields: Role['fields']): Role[] =>
    id === undefined ? [] : [{ actors: directory.group(id), fields }];
  const roles = [
    ...role(speaker, ['speakers', 'by']),
    ...role(addressee, ['addressees']),
    ...role(about, ['about']),
    ...actor.flatMap((id) => role(id, ANY_FIELD)),
  ];
  // What is only speculated is in no speaker's list unless it is asked for.
  const hasCertainty = (own: string): boolean =>
    given.certainty === undefined ? speaker === undefined || own !== 'speculated' : own === given.certainty;
  return {
    window,
    roles,
    mayPass: ({ sort, body: { until, certainty } }) =>
      (window.earliest === undefined || (until ?? sort) >= window.earliest) &&
      (kind === undefined || sort.includes(`~${kind}-`)) &&
      hasCertainty(certainty),
    passes: (summary) =>
      (kind === undefined || summary.kind === kind) &&
      (topic === undefined || summary.fields.topics.includes(topic)) &&
      (recordedBy === undefined || summary.recordedBy === recordedBy) &&
      hasCertainty(summary.fields.certainty) &&
      isWithin(dateOf(summary.fields), window) &&
      roles.every(({ actors, fields }) =>
        fields.some((field) => IDS_IN[field](summary.fields).some((id) => actors.includes(id))),
      ),
  };
}

const IDS_IN = {
  participants: ({ participants = [] }: SummaryFields) => idsOf(participants),
  speakers: ({ speakers = [] }: SummaryFields) => idsOf(speakers),
  addressees: ({ addressees = [] }: SummaryFields) => idsOf(addressees),
  attributedBy: ({ attributedBy }: SummaryFields) => idsOf(attributedBy),
  by: ({ by }: SummaryFields) => idsOf(by ? [by] : []),
  about: ({ about = [] }: SummaryFields) => about,
} as const satisfies Record<string, (fields: SummaryFields) => readonly string[]>;

const ANY_FIELD = Object.keys(IDS_IN) as (keyof typeof IDS_IN)[];

const idsOf = (parties: readonly Party[]): string[] =>
  parties.flatMap((party) => [party.actor, party.for].filter((id) => id !== undefined));
