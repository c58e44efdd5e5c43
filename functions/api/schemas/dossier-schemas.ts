// What read models answer beside lists of things, for the description of the API: directories, the network, dossiers,
// and what changed.
import { z } from '@hono/zod-openapi';
import { actorFields } from '../../../events/actor-events.ts';
import { actorId, articleId, topic } from '../../../events/shared-pieces.ts';
import { changeNames } from '../../../domain/queries/changes/comparison.ts';
import { asOfFields, namesSchema, positionSchema, summarySchema } from './resource-schemas.ts';

const changes = z.array(z.enum(changeNames)).describe('With changedSince: what became of it');
const edtf = z.string().describe('EDTF');
const counts = z
  .object({ meetings: z.int(), statements: z.int(), opinions: z.int() })
  .partial()
  .describe('What it has a part in; retracted things are not counted');
const since = z.int().nullable().optional().describe('With changedSince: the position that it means');

const pageOf = <T extends z.ZodType>(item: T) =>
  z.looseObject({ items: z.array(item), changedSince: since, ...asOfFields });

const actorSchema = z.looseObject({
  id: actorId,
  kind: actorFields.kind,
  name: z.string(),
  aliases: z.array(z.looseObject({ name: z.string() })).describe('The first 35'),
  moreAliases: z.int().optional(),
  mergedFrom: z.array(z.looseObject({ id: actorId, name: z.string() })).optional(),
  mergedInto: actorId.optional().describe('With changedSince: the actor that is shown for it now'),
  counts,
  lastSeen: edtf.optional(),
  position: z.int().describe('Of its latest event'),
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
  meetings: z.int().describe('Held, not retracted, and more than a guess'),
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
      position: z.int().describe('Of its latest event'),
      changes: z.array(z.enum(changeNames)),
      before: z.looseObject({}).optional().describe('Absent where it was not there yet'),
      after: z.looseObject({}),
    }),
  ),
  actors: namesSchema,
  from: positionSchema,
  ...asOfFields,
});

const address = z.string().describe('Path and query of a list, as of the same position');

const sides = z.array(z.looseObject({ party: z.looseObject({}), entries: z.array(summarySchema) }));

export const dossierSchemas = {
  meeting: z.looseObject({
    meeting: summarySchema,
    meetings: z.array(summarySchema).describe('That were part of it'),
    sides: sides.describe(
      'What each side said; each entry has the responses to it. What several said stands on the side of each: with its responses on that of the first, and `repeated` on the others',
    ),
    speculation: sides.describe('What somebody guessed was said, by the guesser'),
    opinions: sides.describe('What others made of it'),
    sources: z.array(z.looseObject({ id: articleId, title: z.string(), publisher: z.string() })),
    more: z
      .object({
        meetings: address,
        sides: address,
        speculation: address,
        opinions: address,
        responses: z
          .record(z.string(), address)
          .describe('By the id of an entry with `moreResponses`: all that belongs to it or regards it'),
      })
      .partial()
      .optional()
      .describe('If there is a next page: where each part is by itself'),
    actors: namesSchema,
    position: positionSchema,
  }),
  actor: z.looseObject({
    actor: actorSchema,
    items: z.array(summarySchema),
    counterparts: z
      .array(z.looseObject({ actor: actorId, ...encounters }))
      .optional()
      .describe('On the first page: the first 20 of those whom it met, the most often first'),
    moreCounterparts: z.int().optional().describe('How many others'),
    stances: z
      .array(
        z.looseObject({
          topic,
          items: z.array(z.looseObject({ id: z.string() })),
          more: z
            .literal(true)
            .optional()
            .describe('It said more before: GET /topics/{topic}?speaker= has the whole line'),
        }),
      )
      .optional()
      .describe('On the first page: by topic, of the first 20, the 3 things that it said last, oldest first'),
    moreStances: z.int().optional().describe('How many other topics; 5 if there are 5 or more'),
    more: z
      .object({ counterparts: address, stances: address })
      .partial()
      .optional()
      .describe('Where all counterparts and all topics are, if some are not shown'),
    actors: namesSchema,
    position: positionSchema,
  }),
  topic: topicSchema.extend({
    items: z.array(summarySchema),
    speakers: z
      .array(z.looseObject({ actor: actorId, last: edtf.optional() }))
      .optional()
      .describe(
        'On the first page, without speaker: the first 50 of those who said or think something on it, and when last',
      ),
    moreSpeakers: z
      .literal(true)
      .optional()
      .describe('GET /actors?topic= has them all, but for those of whom everything is retracted'),
    more: z
      .object({ speakers: address })
      .optional()
      .describe('Where all speakers are, if some are not shown'),
    actors: namesSchema,
    position: positionSchema,
  }),
} as const;
