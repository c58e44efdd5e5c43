// The summary of a record in lists and dossiers.
import type { Party } from '../../../events/shared-pieces.ts';
import type { EventType } from '../../../events/vocabulary.ts';

export type RecordKind = 'meeting' | 'statement' | 'opinion';

/** Fields of a meeting, a statement or an opinion, as recorded. Texts have at most 600 code points. */
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
  readonly kind: RecordKind;
  readonly status: 'announced' | 'held' | 'called-off' | 'made' | 'published';
  readonly fields: SummaryFields;
  /** Number of list members that the summary leaves out, by field. */
  readonly more?: Readonly<Record<string, number>>;
  readonly postponedTo?: string;
  readonly retracted?: { readonly reason: string };
  readonly corrections: number;
  /** The first ten articles that support it and that dispute it. `more` has the number of the others. */
  readonly supportedBy: readonly string[];
  readonly disputedBy: readonly string[];
  readonly recordedBy: string;
  /** RFC 3339 time of its first event. */
  readonly recordedAt: string;
  /** Its latest revision. */
  readonly revision: number;
  /** Type and time of its latest event. */
  readonly latest: { readonly type: EventType; readonly time: string };
  /** Position of its latest event. */
  readonly position: number;
}

/** Returns the EDTF date of a record, from the field that its kind has. */
export const recordDateOf = ({ heldOn, madeOn, publishedOn }: SummaryFields): string =>
  heldOn ?? madeOn ?? publishedOn ?? '';
