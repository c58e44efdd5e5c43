// What views keep of a meeting, a statement or an opinion: its fields, long texts clipped, and what became of it.
// One fold for all views that show things in a list; corrections, retractions and evidence flow through it.
import { span } from '../../events/date.ts';
import type { RecordedEvent } from '../../events/envelope.ts';
import { supports, type Evidence, type Party } from '../../events/pieces.ts';
import { changed } from '../aggregate.ts';
import type { ReadRow, RowChange } from './view.ts';

export type SummaryKind = 'meeting' | 'statement' | 'opinion';

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
  readonly content?: string;
  readonly summary?: string;
  readonly outcome?: string;
  readonly place?: { readonly printed: string };
  readonly occasion?: string;
}

export interface Summary {
  readonly id: string;
  readonly kind: SummaryKind;
  readonly status: 'announced' | 'held' | 'called-off' | 'made' | 'published';
  readonly fields: SummaryFields;
  /** How many members of a list the summary leaves out, by field. */
  readonly more?: Readonly<Record<string, number>>;
  readonly postponedTo?: string;
  readonly retracted?: { readonly reason: string };
  readonly corrections: number;
  /** Passages that support it and that dispute it, counted by article. */
  readonly supportedBy: Readonly<Record<string, number>>;
  readonly disputedBy: Readonly<Record<string, number>>;
  readonly recordedBy: string;
  /** When the archive learnt it, and its latest revision. */
  readonly recordedAt: string;
  readonly revision: number;
  /** Of its first event in the log. */
  readonly position: number;
}

/** Is it about one of the three kinds of things that views list? */
export const isSummarised = (event: RecordedEvent): boolean =>
  /^(?:Meeting|Statement|ExpertOpinion)/.test(event.type);

/** The summary after an event of the thing's own stream. */
export function summarise(before: Summary | undefined, event: RecordedEvent, position: number): Summary {
  const next = step(before, event, before?.position ?? position);
  return fit({ ...next, revision: event.revision });
}

function step(before: Summary | undefined, event: RecordedEvent, position: number): Summary {
  switch (event.type) {
    case 'MeetingAnnounced':
      return begin(event, position, 'meeting', 'announced', event.data);
    case 'MeetingHeld':
      return before
        ? { ...held(before, event.data), status: 'held' }
        : begin(event, position, 'meeting', 'held', event.data);
    case 'StatementMade':
      return begin(event, position, 'statement', 'made', event.data);
    case 'ExpertOpinionPublished':
      return begin(event, position, 'opinion', 'published', event.data);
    default:
      if (!before) throw new Error(`${event.id}: ${event.type} of something that was not recorded before`);
      return live(before, event);
  }
}

function live(before: Summary, event: RecordedEvent): Summary {
  switch (event.type) {
    case 'MeetingCalledOff': {
      const { evidence, postponedTo } = event.data;
      const next = count({ ...before, status: 'called-off' }, evidence, 1);
      return postponedTo === undefined ? next : { ...next, postponedTo };
    }
    case 'MeetingCorrected':
    case 'StatementCorrected':
    case 'ExpertOpinionCorrected': {
      const { retracted, more, ...others } = before;
      const left = Object.entries(more ?? {}).filter(([name]) => !(name in event.data.changes));
      const still = left.length > 0 ? { ...others, more: Object.fromEntries(left) } : others;
      const kept = retracted && !event.data.reinstates ? { ...still, retracted } : still;
      const fields = changed(before.fields, clip(event.data.changes));
      return count({ ...kept, fields, corrections: before.corrections + 1 }, event.data.evidence, 1);
    }
    case 'MeetingRetracted':
    case 'StatementRetracted':
    case 'ExpertOpinionRetracted':
      return { ...before, retracted: { reason: event.data.reason } };
    case 'MeetingEvidenceAdded':
    case 'StatementEvidenceAdded':
    case 'ExpertOpinionEvidenceAdded':
      return count(before, event.data.evidence, 1);
    case 'MeetingEvidenceWithdrawn':
    case 'StatementEvidenceWithdrawn':
    case 'ExpertOpinionEvidenceWithdrawn':
      return count(before, [event.data], -1);
    default:
      throw new Error(`${event.id}: ${event.type} is not about a meeting, a statement or an opinion`);
  }
}

type Given = { evidence: Evidence[] } & object;

function begin(
  event: RecordedEvent,
  position: number,
  kind: SummaryKind,
  status: Summary['status'],
  data: Given,
): Summary {
  const nothing = {
    supportedBy: {},
    disputedBy: {},
    fields: { attributedBy: [], topics: [], certainty: '' },
  };
  const base = {
    id: event.subject,
    kind,
    status,
    corrections: 0,
    recordedBy: event.recordedby,
    recordedAt: event.time,
    revision: 1,
    position,
  };
  const { supportedBy, disputedBy, fields } = recorded({ ...base, ...nothing }, data);
  return { ...base, supportedBy, disputedBy, fields };
}

/** What was announced, or called off, is held after all. */
function held({ postponedTo: _, more: __, ...before }: Summary, data: Given): Summary {
  return recorded(before, data);
}

function recorded(before: Summary, { evidence, ...fields }: Given): Summary {
  return count({ ...before, fields: clip(fields) as SummaryFields }, evidence, 1);
}

function count(
  summary: Summary,
  evidence: readonly { articleId: string; stance?: 'supports' | 'disputes' }[],
  by: 1 | -1,
): Summary {
  const supportedBy = { ...summary.supportedBy };
  const disputedBy = { ...summary.disputedBy };
  for (const piece of evidence) {
    const counts = supports(piece) ? supportedBy : disputedBy;
    const next = (counts[piece.articleId] ?? 0) + by;
    if (next > 0) counts[piece.articleId] = next;
    else delete counts[piece.articleId];
  }
  return { ...summary, supportedBy, disputedBy };
}

const CLIP = 600;
const CLIP_WITHIN = 100;

function clip(fields: object): object {
  const { original: _, ...shown } = fields as { original?: unknown };
  return Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, clipValue(value, CLIP)]));
}

function clipValue(value: unknown, most: number): unknown {
  if (typeof value === 'string') return clipText(value, most);
  if (Array.isArray(value)) return value.map((member) => clipValue(member, CLIP_WITHIN));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, clipValue(member, CLIP_WITHIN)]),
  );
}

/** At most so many code points, the last one an ellipsis where some are left out. */
export function clipText(text: string, most: number): string {
  if (text.length <= most) return text;
  const points = Array.from(text);
  return points.length <= most ? text : `${points.slice(0, most - 1).join('')}…`;
}

const MOST_BYTES = 28_000;
const FEW = 20;

/** Keeps a row under its limit: where it would be over, parties keep only their ids, and of mere descriptions a few. */
function fit(summary: Summary): Summary {
  const json = JSON.stringify(summary);
  if (json.length * 3 <= MOST_BYTES || new TextEncoder().encode(json).length <= MOST_BYTES) return summary;
  const fields: Record<string, unknown> = { ...summary.fields };
  const more: Record<string, number> = { ...summary.more };
  for (const name of ['participants', 'speakers', 'addressees', 'attributedBy'] as const) {
    const parties = summary.fields[name] ?? [];
    const kept = parties
      .filter((party, index) => party.actor !== undefined || index < FEW)
      .map(({ printed: _, capacity: __, ...party }) => party);
    if (kept.length < parties.length) more[name] = (more[name] ?? 0) + parties.length - kept.length;
    if (parties.length > 0) fields[name] = kept;
  }
  return { ...summary, fields: fields as unknown as SummaryFields, more };
}

/** EDTF date of a thing, whatever it is called there. */
export const dateOf = ({ heldOn, madeOn, publishedOn }: SummaryFields): string =>
  heldOn ?? madeOn ?? publishedOn ?? '';

/**
 * Where a thing stands in a list: by date, and on the same date in the order in which it was recorded. Unique. The
 * point sorts before digits and colons, so a day comes before its hours, 14:00 before 14:00:30.
 */
export const sortOf = (summary: Summary): string =>
  `${span(dateOf(summary.fields)).sort}.${String(summary.position).padStart(12, '0')}`;

/** Whom and what a thing names, whole lists by field: what it is found by. */
export interface Named {
  /** Ids of actors by the field that names them. The guesser of a speculated statement is among its attributedBy. */
  readonly actors: Readonly<Record<string, readonly string[]>>;
  readonly topics: readonly string[];
  /** Ids of the meetings, statements and opinions that it belongs to or regards, by field. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
}

const nobody: Named = { actors: {}, topics: [], targets: {} };

/** What a thing names after an event of its own stream. */
export function named(before: Named | undefined, event: RecordedEvent): Named {
  const data: object = 'changes' in event.data ? event.data.changes : event.data;
  return Object.entries(data).reduce(
    (names, [field, value]) => nameField(names, field, value),
    before ?? nobody,
  );
}

function nameField(names: Named, field: string, value: unknown): Named {
  switch (field) {
    case 'participants':
    case 'speakers':
    case 'addressees':
    case 'attributedBy':
    case 'by': {
      const parties = [value].flat() as Party[];
      const ids = parties.flatMap((party) => [party.actor, party.for]).filter((id) => id !== undefined);
      return { ...names, actors: { ...names.actors, [field]: [...new Set(ids)] } };
    }
    case 'about':
      return { ...names, actors: { ...names.actors, about: value as string[] } };
    case 'topics':
      return { ...names, topics: value as string[] };
    case 'meetingId':
    case 'within':
      return { ...names, targets: { ...names.targets, [field]: value === null ? [] : [value as string] } };
    case 'regarding': {
      const ids = (value as { id: string }[]).map(({ id }) => id);
      return { ...names, targets: { ...names.targets, regarding: [...new Set(ids)] } };
    }
    default:
      return names;
  }
}

export const actorsNamed = ({ actors }: Named): string[] => [...new Set(Object.values(actors).flat())];
export const targetsNamed = ({ targets }: Named): string[] => [...new Set(Object.values(targets).flat())];

export interface Thing {
  readonly summary: Summary;
  readonly named: Named;
}

/** Folds an event into the thing's own two rows, and gives what they were and are. */
export function foldThing(
  event: RecordedEvent,
  row: ReadRow,
  position: number,
): { before?: Thing; after: Thing; changes: RowChange[] } {
  const partition = `thing/${event.subject}`;
  const summary = row<Summary>(partition, 'summary');
  const names = row<Named>(partition, 'named');
  const after = { summary: summarise(summary, event, position), named: named(names, event) };
  return {
    ...(summary && names ? { before: { summary, named: names } } : {}),
    after,
    changes: [
      { partition, sort: 'summary', body: after.summary },
      { partition, sort: 'named', body: after.named },
    ],
  };
}
