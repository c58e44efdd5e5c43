// What views keep of a meeting, a statement or an opinion: its fields, long texts clipped, and what became of it.
// Corrections, retractions and evidence flow through it.
import type { RecordedEvent } from '../../events/envelope.ts';
import type { Party } from '../../events/pieces.ts';
import type { EventType } from '../../events/vocabulary.ts';
import { changed } from '../aggregate.ts';
import { clip } from './clip.ts';
import { fit } from './fit.ts';
import type { Facts, SummaryKind } from './facts.ts';
import type { Grounds } from './grounds.ts';

/** The fields of any of the three, as recorded, with texts over 600 characters clipped. */
export interface SummaryFields {
  readonly title?: string;
  readonly heldOn?: string;
  readonly madeOn?: string;
  readonly publishedOn?: string;
  readonly participants?: readonly Party[];
  readonly speakers?: readonly Party[];
  readonly addressees?: readonly Party[];
  readonly by?: Party;
  readonly attributedBy: readonly Party[];
  readonly about?: readonly string[];
  readonly regarding?: readonly { readonly id: string; readonly relation: string }[];
  readonly meetingId?: string;
  readonly within?: string;
  readonly topics: readonly string[];
  readonly certainty: string;
  readonly act?: string;
  readonly standing?: string;
  readonly form?: string;
  readonly channel?: string;
  readonly format?: string;
  readonly durationMinutes?: number;
  readonly content?: string;
  readonly summary?: string;
  readonly outcome?: string;
  readonly place?: { readonly printed: string };
  readonly occasion?: string;
}

export interface Summary {
  readonly id: string;
  readonly kind: SummaryKind;
  readonly status: Facts['status'];
  readonly fields: SummaryFields;
  /** How many members of a list the summary leaves out, by field. */
  readonly more?: Readonly<Record<string, number>>;
  readonly postponedTo?: string;
  readonly retracted?: { readonly reason: string };
  readonly corrections: number;
  /** Articles that support it and that dispute it: the first ten of each; `more` says how many others. */
  readonly supportedBy: readonly string[];
  readonly disputedBy: readonly string[];
  readonly recordedBy: string;
  /** When the archive learnt it, and its latest revision. */
  readonly recordedAt: string;
  readonly revision: number;
  /** What happened to it last, and when the archive learnt that. */
  readonly latest: { readonly type: EventType; readonly time: string };
  /** Of its latest event in the log. */
  readonly position: number;
}

/** The summary after an event of the thing's own stream. */
export function summarise(
  before: Summary | undefined,
  event: RecordedEvent,
  position: number,
  { supports, disputes }: Grounds,
): Summary {
  const { revision, type, time } = event;
  const [supportedBy, disputedBy] = [Object.keys(supports), Object.keys(disputes)];
  const summary = {
    ...step(before, event),
    supportedBy,
    disputedBy,
    revision,
    latest: { type, time },
    position,
  };
  const isShort = supportedBy.length <= MOST_SOURCES && disputedBy.length <= MOST_SOURCES;
  return fit(isShort && !summary.more ? summary : withFewerSources(summary));
}

const MOST_SOURCES = 10;

function withFewerSources({ more, ...summary }: Summary): Summary {
  const { supportedBy, disputedBy } = summary;
  const { supportedBy: _, disputedBy: __, ...counts }: Record<string, number> = more ?? {};
  if (supportedBy.length > MOST_SOURCES) counts['supportedBy'] = supportedBy.length - MOST_SOURCES;
  if (disputedBy.length > MOST_SOURCES) counts['disputedBy'] = disputedBy.length - MOST_SOURCES;
  return {
    ...summary,
    supportedBy: supportedBy.slice(0, MOST_SOURCES),
    disputedBy: disputedBy.slice(0, MOST_SOURCES),
    ...(Object.keys(counts).length > 0 ? { more: counts } : {}),
  };
}

function step(before: Summary | undefined, event: RecordedEvent): Summary {
  switch (event.type) {
    case 'MeetingAnnounced':
      return begin(event, 'meeting', 'announced', event.data);
    case 'MeetingHeld':
      return before
        ? { ...held(before, event.data), status: 'held' }
        : begin(event, 'meeting', 'held', event.data);
    case 'StatementMade':
      return begin(event, 'statement', 'made', event.data);
    case 'ExpertOpinionPublished':
      return begin(event, 'opinion', 'published', event.data);
    default:
      if (!before) throw new Error(`${event.id}: ${event.type} of something that was not recorded before`);
      return live(before, event);
  }
}

function live(before: Summary, event: RecordedEvent): Summary {
  switch (event.type) {
    case 'MeetingCalledOff': {
      const { postponedTo } = event.data;
      return { ...before, status: 'called-off', ...(postponedTo === undefined ? {} : { postponedTo }) };
    }
    case 'MeetingCorrected':
    case 'StatementCorrected':
    case 'ExpertOpinionCorrected': {
      const { retracted, more, ...others } = before;
      const left = Object.entries(more ?? {}).filter(([name]) => !(name in event.data.changes));
      const still = left.length > 0 ? { ...others, more: Object.fromEntries(left) } : others;
      const kept = retracted && !event.data.reinstates ? { ...still, retracted } : still;
      const fields = changed(before.fields, clip(event.data.changes));
      return { ...kept, fields, corrections: before.corrections + 1 };
    }
    case 'MeetingRetracted':
    case 'StatementRetracted':
    case 'ExpertOpinionRetracted':
      return { ...before, retracted: { reason: event.data.reason } };
    case 'MeetingEvidenceAdded':
    case 'StatementEvidenceAdded':
    case 'ExpertOpinionEvidenceAdded':
    case 'MeetingEvidenceWithdrawn':
    case 'StatementEvidenceWithdrawn':
    case 'ExpertOpinionEvidenceWithdrawn':
      return before;
    default:
      throw new Error(`${event.id}: ${event.type} is not about a meeting, a statement or an opinion`);
  }
}

function begin(
  { subject, recordedby, type, time }: RecordedEvent,
  kind: SummaryKind,
  status: Summary['status'],
  data: object,
): Summary {
  return {
    id: subject,
    kind,
    status,
    fields: fieldsOf(data),
    corrections: 0,
    supportedBy: [],
    disputedBy: [],
    recordedBy: recordedby,
    recordedAt: time,
    revision: 1,
    latest: { type, time },
    position: 0,
  };
}

/** What was announced, or called off, is held after all. */
function held({ postponedTo: _, more: __, ...before }: Summary, data: object): Summary {
  return { ...before, fields: fieldsOf(data) };
}

const fieldsOf = (data: object): SummaryFields => clip(data) as SummaryFields;

/** EDTF date of a thing, whatever it is called there. */
export const dateOf = ({ heldOn, madeOn, publishedOn }: SummaryFields): string =>
  heldOn ?? madeOn ?? publishedOn ?? '';
