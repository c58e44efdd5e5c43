// What lists and dossiers show of a meeting, a statement or an opinion.
import type { Party } from '../../../events/shared-pieces.ts';
import type { EventType } from '../../../events/vocabulary.ts';

export type ThingKind = 'meeting' | 'statement' | 'opinion';

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
  readonly kind: ThingKind;
  readonly status: 'announced' | 'held' | 'called-off' | 'made' | 'published';
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

/** EDTF date of a thing, whatever it is called there. */
export const dateOf = ({ heldOn, madeOn, publishedOn }: SummaryFields): string =>
  heldOn ?? madeOn ?? publishedOn ?? '';
