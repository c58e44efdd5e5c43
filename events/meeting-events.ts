// Events of a meeting: announced, held, cancelled, corrected, retracted, and evidence added or withdrawn.
import { z } from 'zod';
import { changesWithEvidence, lifeOf } from './lifecycle-events.ts';
import {
  atLeastTwoParties,
  attributedBy,
  certainty,
  date,
  evidence,
  evidenceInput,
  evidenceList,
  line,
  meetingId,
  place,
  text,
  topics,
} from './shared-pieces.ts';

/** The fields of a meeting without its evidence. */
export const meetingFields = {
  title: line(300).describe('In the archive’s own words; not checked against a source'),
  participants: atLeastTwoParties,
  heldOn: date,
  datePrinted: line(100).exactOptional(),
  place: place.exactOptional(),
  occasion: line(300).exactOptional(),
  within: meetingId.exactOptional(),
  format: z.enum(['in-person', 'telephone', 'video', 'other', 'unstated']),
  durationMinutes: z.int().min(1).max(100_000).exactOptional(),
  outcome: text(2_000).exactOptional(),
  certainty,
  attributedBy: attributedBy.default([]),
  topics: topics.default([]),
};

export const meetingInput = z.strictObject({ ...meetingFields, evidence: evidenceList(evidenceInput) });
export const meetingRecorded = z.strictObject({ ...meetingFields, evidence: evidenceList(evidence) });

/** Input of `/held`. Omitted fields keep their announced values. */
export const heldInput = changesWithEvidence(meetingFields, evidenceInput);
const calledOff = { reason: line(1_000).exactOptional(), postponedTo: date.exactOptional() };
export const calledOffInput = z.strictObject({ ...calledOff, evidence: evidenceList(evidenceInput) });

export const meetingEvents = {
  MeetingAnnounced: meetingRecorded,
  MeetingHeld: meetingRecorded,
  MeetingCalledOff: z.strictObject({ ...calledOff, evidence: evidenceList(evidence) }),
  ...lifeOf('Meeting', meetingFields),
};
