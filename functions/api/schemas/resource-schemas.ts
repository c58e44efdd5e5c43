// Schemas of the answers of reads. The fields of records have the schemas of their events.
import { z } from '@hono/zod-openapi';
import { actorFields } from '../../../events/actor-events.ts';
import { appearance, articleFields } from '../../../events/article-events.ts';
import { recordedEvent } from '../../../events/envelope.ts';
import { meetingFields } from '../../../events/meeting-events.ts';
import { opinionFields } from '../../../events/opinion-events.ts';
import {
  actorId,
  articleId,
  date,
  evidence,
  meetingId,
  opinionId,
  statementId,
} from '../../../events/shared-pieces.ts';
import { statementFields } from '../../../events/statement-events.ts';
import { changeNames } from '../../../domain/queries/changes/comparison.ts';

const reason = z.object({ reason: z.string() });
const recorded = {
  revision: z.int().describe('The revision of its latest commit'),
  recordedBy: z.string().describe('The subject that recorded it first'),
  recordedAt: z.iso.datetime().describe('The time at which it was recorded first'),
};
const life = {
  evidence: z.array(evidence),
  withdrawnEvidence: z.array(z.looseObject({ articleId, reason: z.string() })),
  corrections: z.int(),
  retracted: reason.optional(),
  ...recorded,
};

/** The schemas of single resources, by kind. */
export const resourceSchemas = {
  meeting: z.object({
    id: meetingId,
    status: z.enum(['announced', 'held', 'called-off']),
    ...meetingFields,
    postponedTo: date.optional(),
    calledOff: z.string().optional().describe('The reason, if the source gives one'),
    ...life,
  }),
  statement: z.object({ id: statementId, status: z.literal('made'), ...statementFields, ...life }),
  opinion: z.object({ id: opinionId, status: z.literal('published'), ...opinionFields, ...life }),
  actor: z.object({
    id: actorId,
    status: z.literal('introduced'),
    ...actorFields,
    corrections: z.int(),
    mergedInto: actorId.optional(),
    ...recorded,
  }),
} as const;

/** A record as lists show it, with long texts clipped. */
export const summarySchema = z.looseObject({
  id: z.string(),
  kind: z.enum(['meeting', 'statement', 'opinion']),
  status: z.enum(['announced', 'held', 'called-off', 'made', 'published']),
  fields: z.looseObject({}).describe('As recorded; texts over 600 characters are clipped'),
  retracted: reason.optional(),
  corrections: z.int(),
  supportedBy: z.array(articleId),
  disputedBy: z.array(articleId),
  ...recorded,
  latest: z.object({ type: z.string(), time: z.iso.datetime() }).describe('Its latest event'),
  position: z.int().describe('The position of its latest event'),
});

export const namesSchema = z.record(actorId, z.object({ name: z.string(), shownAs: actorId.optional() }));
export const positionSchema = z.int().nullable().describe('The position of the state that the answer shows');

/** The position of the state that a list shows. */
export const asOfFields = {
  position: positionSchema,
  firstEvent: z.iso
    .datetime()
    .optional()
    .describe('If asOf is before the first event: the time of that event'),
};

/** A list of records, with the names of the actors that they mention. */
export const summariesSchema = z.looseObject({
  items: z.array(
    summarySchema.extend({
      changes: z.array(z.enum(changeNames)).optional().describe('With changedSince: how it changed'),
    }),
  ),
  actors: namesSchema,
  changedSince: z.int().nullable().optional().describe('With changedSince: the position that it resolves to'),
  ...asOfFields,
});

export const articleSchema = z.object({
  id: articleId,
  ...articleFields,
  text: z.object({ sha256: z.string(), bytes: z.int(), characters: z.int() }),
  appearances: z.array(appearance),
  corrections: z.int(),
  withdrawn: z.object({ reason: z.string(), authority: z.string().optional() }).optional(),
  passages: z.array(z.looseObject({ start: z.int(), end: z.int(), exact: z.string(), id: z.string() })),
  uncoded: z.array(z.object({ start: z.int(), end: z.int(), text: z.string() })).optional(),
  uncodedCount: z.int().optional(),
  revision: z.int(),
  position: z.int().nullable(),
});

export const streamSchema = z.object({ id: z.string(), events: z.array(recordedEvent), revision: z.int() });

export const historySchema = z.object({
  events: z.array(z.object({ position: z.int(), event: recordedEvent })),
  size: z.int().describe('The number of events in the log'),
});
