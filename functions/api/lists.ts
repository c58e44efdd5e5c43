// Read models: the timeline and its lists, directories, dossiers. Each answer says up to which position it holds.
import { z } from '@hono/zod-openapi';
import { actorId, certainty, date, meetingId, topic } from '../../events/pieces.ts';
import { Refusal } from '../../domain/errors.ts';
import { listActors, namesIn } from '../../domain/queries/actors.ts';
import { actorDossier, listTopics, meetingDossier, topicDossier } from '../../domain/queries/dossiers.ts';
import { listTimeline } from '../../domain/queries/timeline.ts';
import { actors } from '../../domain/views/actors.ts';
import { meeting } from '../../domain/views/meeting.ts';
import { timeline } from '../../domain/views/timeline.ts';
import { topics } from '../../domain/views/topics.ts';
import type { ApiArchive } from './archive.ts';
import { answerPage, pageQuery, pageRequestOf } from './page.ts';
import { route, type App } from './route.ts';

const many = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (value === undefined ? value : [value].flat()), z.array(schema).max(20).optional());

const filters = {
  actor: many(actorId).describe('Has a part in it; repeat it: all of them'),
  topic: topic.optional(),
  from: date.optional().describe('EDTF: on or after its first day'),
  to: date.optional().describe('EDTF: on or before its last day'),
};
const kind = z.enum(['meeting', 'statement', 'opinion']);
const roles = {
  speaker: actorId
    .optional()
    .describe(
      'Who said it, or whose opinion it is; what was only speculated is left out unless certainty asks for it',
    ),
  addressee: actorId.optional(),
  about: actorId.optional(),
  certainty: certainty.optional(),
  recordedBy: z.string().max(200).optional(),
};

export function listRoutes(app: App, archive: ApiArchive): void {
  const answers = { 200: { description: 'A page; Link leads to the next one' } };
  const views = archive.views;

  const lists = [
    [
      '/timeline',
      'Everything by the day on which it happened',
      z.object({ ...filters, ...roles, kind: kind.optional(), ...pageQuery }),
    ],
    [
      '/meetings',
      'Meetings by date',
      z.object({ ...filters, ...roles, kind: z.literal('meeting').default('meeting'), ...pageQuery }),
    ],
    [
      '/statements',
      'Statements by date',
      z.object({ ...filters, ...roles, kind: z.literal('statement').default('statement'), ...pageQuery }),
    ],
    [
      '/opinions',
      'Opinions by date',
      z.object({ ...filters, ...roles, kind: z.literal('opinion').default('opinion'), ...pageQuery }),
    ],
  ] as const;
  for (const [path, summary, query] of lists) {
    route(
      app,
      { method: 'get', path, tag: 'lists', summary, query: query as (typeof lists)[0][2], answers },
      async (c, input) => {
        const { limit: _, cursor: __, order: ___, ...filter } = input.query;
        return answerPage(
          c,
          archive,
          timeline,
          await listTimeline(views, given(filter), pageRequestOf(input.query)),
          async ({ items }) => ({
            actors: await namesIn(views, items),
          }),
        );
      },
    );
  }

  route(
    app,
    {
      method: 'get',
      path: '/actors',
      tag: 'lists',
      summary: 'The directory of actors by name',
      query: z.object({
        kind: z.enum(['person', 'state', 'organization', 'group']).optional(),
        ...pageQuery,
      }),
      answers,
    },
    async (c, { query }) => {
      const listed = await listActors(views, {
        ...pageRequestOf(query),
        ...(query.kind ? { kind: query.kind } : {}),
      });
      return answerPage(c, archive, actors, listed);
    },
  );

  route(
    app,
    {
      method: 'get',
      path: '/topics',
      tag: 'lists',
      summary: 'The directory of topics',
      query: z.object(pageQuery),
      answers,
    },
    async (c, { query }) => answerPage(c, archive, topics, await listTopics(views, pageRequestOf(query))),
  );

  const dossiers = [
    [
      '/meetings/{id}/dossier',
      'id',
      meetingId,
      meeting,
      meetingDossier,
      'A meeting: what each side said, what others made of it, and the sources',
    ],
    [
      '/actors/{id}/dossier',
      'id',
      actorId,
      timeline,
      actorDossier,
      'An actor: names, counts, and everything that it has a part in',
    ],
    ['/topics/{topic}', 'topic', topic, timeline, topicDossier, 'A topic: who said what, in order'],
  ] as const;
  for (const [path, name, schema, view, read, summary] of dossiers) {
    const params = z.object({ [name]: schema });
    route(
      app,
      { method: 'get', path, tag: 'dossiers', summary, params, query: z.object(pageQuery), answers },
      async (c, input) => {
        const id = String(input.params[name]);
        const dossier = await read(views, id, pageRequestOf(input.query));
        if (!dossier)
          throw new Refusal(
            'not-found',
            `the read model has no ${id} (yet): it may lag behind; Prefer: wait=5 on a write waits for it`,
          );
        return answerPage(c, archive, view, dossier);
      },
    );
  }
}

/** A parameter that is not given is absent, not undefined. */
function given<F extends object>(filter: F): { [K in keyof F]: Exclude<F[K], undefined> } {
  const entries = Object.entries(filter).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof F]: Exclude<F[K], undefined> };
}
