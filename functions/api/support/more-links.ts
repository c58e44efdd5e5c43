// Builds `more` of a dossier: addresses of the complete lists of its parts, as of the same position.
import { sourceUriOf } from '../../../events/envelope.ts';
import type { ActorDossier } from '../../../domain/queries/actors/actor-dossier.ts';
import type { TimelineFilter } from '../../../domain/queries/timeline/timeline-filter.ts';
import { entriesIn, type MeetingDossier } from '../../../domain/queries/meetings/meeting-dossier.ts';
import type { TopicDossier } from '../../../domain/queries/topics/topic-dossier.ts';
import { searchOf } from '../schemas/filter-schemas.ts';

/** Addresses by part of the dossier; those of responses by the id of their target. */
type More = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** Returns the dossier, with `more` if a part is incomplete. */
export const withMore = <D extends object>(dossier: D, more: More): D & { readonly more?: More } =>
  Object.keys(more).length === 0 ? dossier : { ...dossier, more };

function addressOf(path: string, filter: TimelineFilter, at: number): string {
  const search = searchOf(filter);
  return `${path}${search}${search === '' ? '?' : '&'}asOf=${at}`;
}

/** Returns the address of each part if there is a next page, and of all responses to a target if some are not shown. */
export function moreOfMeeting(dossier: MeetingDossier, filter: TimelineFilter, at: number): More {
  const partOf = (part: TimelineFilter) =>
    addressOf(`/meetings/${dossier.meeting.id}/dossier`, { ...filter, ...part }, at);
  const parts =
    dossier.next === undefined || filter.kind !== undefined
      ? {}
      : {
          meetings: partOf({ kind: 'meeting' }),
          sides: partOf({ kind: 'statement' }),
          ...(filter.certainty === undefined
            ? { speculation: partOf({ kind: 'statement', certainty: 'speculated' }) }
            : {}),
          opinions: partOf({ kind: 'opinion' }),
        };
  const cut = entriesIn(dossier).filter(({ moreResponses }) => moreResponses);
  const responses = Object.fromEntries(
    cut.map(({ id }) => [id, addressOf(`${sourceUriOf(id)}/${id}/responses`, {}, at)]),
  );
  return { ...parts, ...(cut.length > 0 ? { responses } : {}) };
}

export const moreOfActor = (
  { actor: { id }, moreCounterparts, moreStances }: ActorDossier,
  at: number,
): More => ({
  ...(moreCounterparts === undefined ? {} : { counterparts: addressOf('/network', { actor: [id] }, at) }),
  ...(moreStances === undefined ? {} : { stances: addressOf('/topics', { actor: [id] }, at) }),
});

export const moreOfTopic = ({ topic, moreSpeakers }: TopicDossier, at: number): More =>
  moreSpeakers ? { speakers: addressOf('/actors', { topic }, at) } : {};
