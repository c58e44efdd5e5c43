// What reads answer, for the description of the API: the fields of things are the schemas that they were recorded with.
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
  revision: z.int().describe('Of its latest commit'),
  recordedBy: z.string().describe('Who recorded it first'),
  recordedAt: z.iso.datetime().describe('When the archive learnt it'),
};
const life = {
  evidence: z.array(evidence),
  withdrawnEvidence: z.array(z.looseObject({ articleId, reason: z.string() })),
  corrections: z.int(),
  retracted: reason.optional(),
  ...recorded,
};

/** One thing, by its kind. */
export const thingSchemas = {
  meeting: z.object({
    id: meetingId,
    status: z.enum(['announced', 'held', 'called-off']),
    ...meetingFields,
    postponedTo: date.optional(),
    calledOff: z.string().optional().describe('Why, where the source says so'),
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

/** A thing as lists show it, with long texts clipped. */
export const summarySchema = z.looseObject({
  id: z.string(),
  kind: z.enum(['meeting', 'statement', 'opinion']),
  status: z.enum(['announced', 'held', 'called-off', 'made', 'published']),
  fields: z.looseObject({}).describe('As recorded, texts over 600 characters clipped'),
  retracted: reason.optional(),
  corrections: z.int(),
  supportedBy: z.array(articleId),
  disputedBy: z.array(articleId),
  ...recorded,
  latest: z.object({ type: z.string(), time: z.iso.datetime() }).describe('What happened to it last'),
  position: z.int().describe('Of its latest event'),
});

export const namesSchema = z.record(actorId, z.object({ name: z.string(), shownAs: actorId.optional() }));
export const positionSchema = z.int().nullable().describe('As of which position of the history it holds');

/** As of when a list holds. */
export const asOfFields = {
  position: positionSchema,
  firstEvent: z.iso
    .datetime()
    .optional()
    .describe('With asOf before the first event, where the list is empty: when that event was recorded'),
};

/** Of a list of things: the things, and the names of the actors that they mention. */
export const summariesSchema = z.looseObject({
  items: z.array(
    summarySchema.extend({
      changes: z.array(z.enum(changeNames)).optional().describe('With changedSince: what became of it'),
    }),
  ),
  actors: namesSchema,
  changedSince: z.int().nullable().optional().describe('With changedSince: the position that it means'),
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
  size: z.int().describe('How many events the history has'),
});
