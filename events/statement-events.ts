// Events of a statement: made, corrected, retracted, and evidence added or withdrawn.
import { z } from 'zod';
import { lifeOf } from './lifecycle-events.ts';
import {
  about,
  attributedBy,
  certainty,
  date,
  evidence,
  evidenceInput,
  evidenceList,
  line,
  meetingId,
  parties,
  place,
  regardings,
  topics,
  words,
  type EvidenceSchema,
} from './shared-pieces.ts';

export const acts = [
  'said',
  'asked',
  'answered',
  'demanded',
  'proposed',
  'promised',
  'threatened',
  'denied',
  'declined',
  'ruled',
] as const;

export const channels = [
  'meeting',
  'press',
  'speech',
  'interview',
  'written',
  'social',
  'parliament',
  'court',
  'other',
  'unstated',
] as const;

const fieldsWith = <E extends EvidenceSchema>(piece: E) => {
  const { content, form, language, ...others } = words(piece);
  return {
    speakers: parties.min(1, 'a statement needs at least one speaker: name or describe each'),
    act: z.enum(acts),
    addressees: parties.default([]),
    channel: z.enum(channels),
    meetingId: meetingId.exactOptional(),
    madeOn: date,
    datePrinted: line(100).exactOptional(),
    place: place.exactOptional(),
    occasion: line(300).exactOptional(),
    content: content.exactOptional(),
    form: form.exactOptional(),
    language: language.exactOptional(),
    ...others,
    certainty,
    attributedBy: attributedBy.default([]),
    about: about.default([]),
    regarding: regardings.default([]),
    topics: topics.default([]),
  };
};

/** The fields of a statement without its evidence. Only a refusal to speak (`declined`) may lack content. */
export const statementFields = fieldsWith(evidence);
export const statementFieldsInput = fieldsWith(evidenceInput);
export const statementInput = z.strictObject({
  ...statementFieldsInput,
  evidence: evidenceList(evidenceInput),
});

export const statementEvents = {
  StatementMade: z.strictObject({ ...statementFields, evidence: evidenceList(evidence) }),
  ...lifeOf('Statement', statementFields),
};
