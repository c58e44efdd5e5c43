// Schemas of the answers from read models, except lists of records: directories, network, dossiers, diffs.
import { z } from '@hono/zod-openapi';
import { actorFields } from '../../../events/actor-events.ts';
import { actorId, articleId, topic } from '../../../events/shared-pieces.ts';
import { changeNames } from '../../../domain/queries/changes/comparison.ts';
import { asOfFields, namesSchema, positionSchema, summarySchema } from './resource-schemas.ts';

const changes = z.array(z.enum(changeNames)).describe('With changedSince: how it changed');
const edtf = z.string().describe('EDTF');
const counts = z
  .object({ meetings: z.int(), statements: z.int(), opinions: z.int() })
  .partial()
  .describe('Records in which it takes part, without retracted ones');
const since = z.int().nullable().optional().describe('With changedSince: the position that it resolves to');

const pageOf = <T extends z.ZodType>(item: T) =>
  z.looseObject({ items: z.array(item), changedSince: since, ...asOfFields });

const actorSchema = z.looseObject({
  id: actorId,
  kind: actorFields.kind,
  name: z.string(),
  aliases: z.array(z.looseObject({ name: z.string() })).describe('The first 35'),
  moreAliases: z.int().optional(),
  mergedFrom: z.array(z.looseObject({ id: actorId, name: z.string() })).optional(),
  mergedInto: actorId.optional().describe('With changedSince: the actor that is shown in its place now'),
  counts,
  lastSeen: edtf.optional(),
  position: z.int().describe('The position of its latest event'),
  changes: changes.optional(),
});

export const actorsSchema = pageOf(actorSchema);

const topicSchema = z.looseObject({
  topic,
  counts,
  lastSeen: edtf.optional(),
  changes: changes.optional(),
  before: counts.optional(),
});

export const topicsSchema = pageOf(topicSchema);

const encounters = {
  meetings: z.int().describe('Meetings that were held, are not retracted and not only speculated'),
  first: edtf.optional(),
  last: edtf.optional(),
};

export const networkSchema = pageOf(
  z.looseObject({
    between: z.tuple([actorId, actorId]),
    ...encounters,
    changes: changes.optional(),
    before: z.looseObject(encounters).optional(),
  }),
).extend({ actors: namesSchema });

export const diffSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      id: z.string(),
      kind: z.enum(['meeting', 'statement', 'opinion', 'actor', 'article']),
      position: z.int().describe('The position of its latest event'),
      changes: z.array(z.enum(changeNames)),
      before: z.looseObject({}).optional().describe('Absent if it did not exist then'),
      after: z.looseObject({}),
    }),
  ),
  actors: namesSchema,
  from: positionSchema,
  ...asOfFields,
});

const address = z.string().describe('Path and query of a complete list, as of the same position');

const sides = z.array(z.looseObject({ party: z.looseObject({}), entries: z.array(summarySchema) }));

export const dossierSchemas = {
  meeting: z.looseObject({
    meeting: summarySchema,
    meetings: z.array(summarySchema).describe('Meetings within this meeting'),
    sides: sides.describe(
      'Statements by side, each with its responses. A statement of several sides appears under each: with its responses under the first, and `repeated` under the others',
    ),
    speculation: sides.describe('Speculation about what was said, by the party that speculated'),
    opinions: sides.describe('Opinions about the meeting'),
    sources: z.array(z.looseObject({ id: articleId, title: z.string(), publisher: z.string() })),
    more: z
      .object({
        meetings: address,
        sides: address,
        speculation: address,
        opinions: address,
        responses: z
          .record(z.string(), address)
          .describe(
            'By the id of an entry with `moreResponses`: all records that belong to it or respond to it',
          ),
      })
      .partial()
      .optional()
      .describe('If there is a next page: the address of each part'),
    actors: namesSchema,
    position: positionSchema,
  }),
  actor: z.looseObject({
    actor: actorSchema,
    items: z.array(summarySchema),
    counterparts: z
      .array(z.looseObject({ actor: actorId, ...encounters }))
      .optional()
      .describe('On the first page: the 20 actors that it met most often'),
    moreCounterparts: z.int().optional().describe('The number of other counterparts'),
    stances: z
      .array(
        z.looseObject({
          topic,
          items: z.array(z.looseObject({ id: z.string() })),
          more: z
            .literal(true)
            .optional()
            .describe('There are earlier records: GET /topics/{topic}?speaker= has all'),
        }),
      )
      .optional()
      .describe(
        'On the first page: its latest 3 statements and opinions on each of the first 20 topics, oldest first',
      ),
    moreStances: z.int().optional().describe('The number of other topics; 5 means 5 or more'),
    more: z
      .object({ counterparts: address, stances: address })
      .partial()
      .optional()
      .describe('Addresses of all counterparts and all topics, if some are not shown'),
    actors: namesSchema,
    position: positionSchema,
  }),
  topic: topicSchema.extend({
    items: z.array(summarySchema),
    speakers: z
      .array(z.looseObject({ actor: actorId, last: edtf.optional() }))
      .optional()
      .describe(
        'On the first page, without `speaker`: the first 50 speakers on it, with the date of their latest record',
      ),
    moreSpeakers: z
      .literal(true)
      .optional()
      .describe('GET /actors?topic= lists all speakers, except those with only retracted records'),
    more: z
      .object({ speakers: address })
      .optional()
      .describe('The address of all speakers, if some are not shown'),
    actors: namesSchema,
    position: positionSchema,
  }),
} as const;
