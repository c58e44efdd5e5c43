// Derives the command that leads to a recorded event from the state before it, to check that the aggregate decides the
// same event.
import type { RecordedEvent } from '../../../events/envelope.ts';

/** Returns the command, for the aggregate of the event's stream. */
export function commandOf({ type, data }: RecordedEvent, state: object): unknown {
  switch (type) {
    case 'ArticleArchived': {
      const { sha256, bytes, characters, ...fields } = data;
      return { type: 'archive', text: { sha256, bytes, characters }, fields };
    }
    case 'AppearanceAdded':
      return { type: 'add-appearance', appearance: data };
    case 'ArticleCorrected':
      return { type: 'correct', correction: data };
    case 'ArticleWithdrawn':
      return { type: 'withdraw', withdrawal: data };
    case 'ActorIntroduced':
      return { type: 'introduce', actor: data };
    case 'ActorAliased':
      return { type: 'add-aliases', aliases: data.aliases };
    case 'ActorCorrected':
      return { type: 'correct', correction: data };
    case 'ActorsMerged':
      return { type: 'merge', ...data };
    case 'ActorsUnmerged':
      return { type: 'unmerge', actor: data.actor, reason: data.reason };
    case 'MeetingAnnounced':
      return { type: 'announce', meeting: data };
    case 'MeetingHeld': {
      const { evidence, ...fields } = data;
      if (!('fields' in state)) return { type: 'record', meeting: data };
      const gone = Object.keys(state.fields as object).filter((name) => !(name in fields));
      return {
        type: 'hold',
        changes: { ...fields, ...Object.fromEntries(gone.map((name) => [name, null])) },
        evidence,
      };
    }
    case 'MeetingCalledOff':
      return { type: 'call-off', data };
    case 'StatementMade':
      return { type: 'record', statement: data };
    case 'ExpertOpinionPublished':
      return { type: 'record', opinion: data };
    case 'MeetingCorrected':
    case 'StatementCorrected':
    case 'ExpertOpinionCorrected':
      return { type: 'correct', correction: data };
    case 'MeetingRetracted':
    case 'StatementRetracted':
    case 'ExpertOpinionRetracted':
      return { type: 'retract', reason: data.reason };
    case 'MeetingEvidenceAdded':
    case 'StatementEvidenceAdded':
    case 'ExpertOpinionEvidenceAdded':
      return { type: 'add-evidence', evidence: data.evidence };
    case 'MeetingEvidenceWithdrawn':
    case 'StatementEvidenceWithdrawn':
    case 'ExpertOpinionEvidenceWithdrawn':
      return { type: 'withdraw-evidence', withdrawal: data };
    default:
      return type satisfies never;
  }
}
