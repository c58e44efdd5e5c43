// Checks that each content is in the passages of its evidence, as recorded and after every correction.
// Contents that only earlier, more lenient rules accept are counted separately.
import type { RecordedEvent } from '../../../events/envelope.ts';
import { supports, type Evidence } from '../../../events/shared-pieces.ts';
import { missingFrom, MAX_SEGMENTS, segmentCount } from '../../evidence/content.ts';
import { clipText } from '../../projections/state/clip.ts';
import { MAX_QUOTED } from './faults.ts';
import { isFoundLeniently } from './lenient-comparison.ts';
import { revisionMap, type Revisions } from './last-revisions.ts';

export interface ContentCounts {
  /** The checked contents of statements and opinions, including original contents. */
  checked: number;
  /** The checked contents that today's rules refuse and earlier rules accepted. */
  earlierRules: number;
}

/** The content of a statement or an opinion after one of its events. */
export interface Words {
  readonly content?: string | undefined;
  readonly original?: { readonly content: string; readonly evidence: Evidence } | undefined;
}

export interface Contents {
  /** Checks an event, or marks its stream for a later pass if the check needs the earlier events of the stream. */
  readonly next: (position: number, event: RecordedEvent, report: (what: string) => void) => void;
  readonly check: (
    event: RecordedEvent,
    words: Words,
    evidence: readonly Evidence[],
    report: (what: string) => void,
  ) => void;
  /** The position of the last event that needs earlier events, plus 1, by stream. */
  readonly later: Revisions;
  readonly counts: Readonly<ContentCounts>;
}

export function contents(): Contents {
  const counts: ContentCounts = { checked: 0, earlierRules: 0 };
  const later = revisionMap();

  const check: Contents['check'] = ({ id }, { content, original }, evidence, report) => {
    const each = [
      { field: 'content', content, evidence: evidence.filter(supportsContent) },
      {
        field: 'original.content',
        content: original?.content,
        evidence: original ? [original.evidence] : [],
      },
    ];
    for (const { field, content: words, evidence: supporting } of each) {
      if (words === undefined) continue;
      counts.checked++;
      const passages = supporting.map(({ exact }) => exact);
      const missing = missingToday(words, passages);
      if (missing === undefined) continue;
      if (isFoundLeniently(words, passages)) counts.earlierRules++;
      else
        report(
          `event ${id}: ${field} is not in the passages of its evidence; they do not contain: ${clipText(missing, MAX_QUOTED)}`,
        );
    }
  };

  const next: Contents['next'] = (position, event, report) => {
    if (event.type === 'StatementMade' || event.type === 'ExpertOpinionPublished')
      check(event, event.data, event.data.evidence, report);
    else if (changesWords(event)) later.set(event.subject, position + 1);
  };

  return { next, check, later, counts };
}

const supportsContent = (piece: Evidence): boolean =>
  supports(piece) && (piece.for?.includes('content') ?? true);

const missingToday = (content: string, passages: readonly string[]): string | undefined =>
  segmentCount(content) > MAX_SEGMENTS ? content : missingFrom(content, passages);

/** Returns true if the event changes a content, or the passages that must contain it. */
export function changesWords(event: RecordedEvent): boolean {
  switch (event.type) {
    case 'StatementCorrected':
    case 'ExpertOpinionCorrected':
      return ['content', 'original', 'act'].some((field) => field in event.data.changes);
    case 'StatementEvidenceWithdrawn':
    case 'ExpertOpinionEvidenceWithdrawn':
      return true;
    default:
      return false;
  }
}
