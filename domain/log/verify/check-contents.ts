// Checks that each content is in the passages of its evidence, when it was recorded and after every correction. Contents
// that only earlier, more lenient rules accept are counted apart.
import type { RecordedEvent } from '../../../events/envelope.ts';
import { supports, type Evidence } from '../../../events/shared-pieces.ts';
import { missingFrom, MAX_SEGMENTS, segmentCount } from '../../evidence/content.ts';
import { clipText } from '../../projections/state/clip.ts';
import { MAX_QUOTED } from './faults.ts';
import { isFoundLeniently } from './lenient-comparison.ts';
import { revisions, type Revisions } from './last-revisions.ts';

export interface ContentCounts {
  /** Contents that were checked, of statements, opinions and their originals. */
  checked: number;
  /** Of these, the ones that today's rules would refuse and earlier rules accepted. */
  earlierRules: number;
}

/** The words of a statement or an opinion, at some time in its life. */
export interface Words {
  readonly content?: string | undefined;
  readonly original?: { readonly content: string; readonly evidence: Evidence } | undefined;
}

export interface Contents {
  /** Checks the event, or notes that it can be checked only with the earlier events of its stream. */
  readonly next: (position: number, event: RecordedEvent, report: (what: string) => void) => void;
  readonly check: (
    event: RecordedEvent,
    words: Words,
    evidence: readonly Evidence[],
    report: (what: string) => void,
  ) => void;
  /** By stream, 1 more than the position of its last event that needs the earlier ones. */
  readonly later: Revisions;
  readonly counts: Readonly<ContentCounts>;
}

export function contents(): Contents {
  const counts: ContentCounts = { checked: 0, earlierRules: 0 };
  const later = revisions();

  const check: Contents['check'] = ({ id }, { content, original }, evidence, report) => {
    const each = [
      { field: 'content', content, evidence: evidence.filter(bearsContent) },
      {
        field: 'original.content',
        content: original?.content,
        evidence: original ? [original.evidence] : [],
      },
    ];
    for (const { field, content: words, evidence: bearing } of each) {
      if (words === undefined) continue;
      counts.checked++;
      const passages = bearing.map(({ exact }) => exact);
      const missing = missingToday(words, passages);
      if (missing === undefined) continue;
      if (isFoundLeniently(words, passages)) counts.earlierRules++;
      else
        report(
          `event ${id}: ${field} is not in the passages of its evidence, which lack: ${clipText(missing, MAX_QUOTED)}`,
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

const bearsContent = (piece: Evidence): boolean =>
  supports(piece) && (piece.for?.includes('content') ?? true);

const missingToday = (content: string, passages: readonly string[]): string | undefined =>
  segmentCount(content) > MAX_SEGMENTS ? content : missingFrom(content, passages);

/** True if the event changes a content, or the passages that it must be in. */
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
