// Events of a published opinion by an expert, an institution, a party or the publisher.
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
  party,
  regardings,
  topics,
  words,
  type EvidenceSchema,
} from './shared-pieces.ts';

export const standings = ['expert', 'institution', 'party', 'publisher'] as const;

const fieldsWith = <E extends EvidenceSchema>(piece: E) => ({
  by: party,
  standing: z.enum(standings),
  publishedOn: date,
  datePrinted: line(100).exactOptional(),
  ...words(piece),
  certainty,
  attributedBy: attributedBy.default([]),
  about: about.default([]),
  regarding: regardings.default([]),
  topics: topics.default([]),
});

/** The fields of an opinion without its evidence. */
export const opinionFields = fieldsWith(evidence);
export const opinionFieldsInput = fieldsWith(evidenceInput);
export const opinionInput = z.strictObject({ ...opinionFieldsInput, evidence: evidenceList(evidenceInput) });

export const opinionEvents = {
  ExpertOpinionPublished: z.strictObject({ ...opinionFields, evidence: evidenceList(evidence) }),
  ...lifeOf('ExpertOpinion', opinionFields),
};
