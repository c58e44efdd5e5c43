// Read models: the timeline and its lists, directories, dossiers. Each answer says up to which position it holds.
import { z } from '@hono/zod-openapi';
import { actorId, certainty, date, meetingId, topic } from '../../events/pieces.ts';
import { Refusal } from '../../domain/errors.ts';
import { listActors, namesIn } from '../../domain/queries/actors.ts';
import { actorDossier, listTopics, meetingDossier, topicDossier } from '../../domain/queries/dossiers.ts';
import { positionOfView, type PageRequest } from '../../domain/queries/rows.ts';
import { listTimeline } from '../../domain/queries/timeline.ts';
import { actors } from '../../domain/views/actors.ts';
import { meeting } from '../../domain/views/meeting.ts';
import { timeline } from '../../domain/views/timeline.ts';
import { topics } from '../../domain/views/topics.ts';
import type { View } from '../../domain/views/view.ts';
import type { ApiArchive } from './archive.ts';
import { Problem } from './problem.ts';
import { route, type App, type Handled } from './route.ts';

const page = {
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(1_000).optional().describe('From the Link of the page before'),
  order: z.enum(['asc', 'desc']).default('asc'),
};

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
      z.object({ ...filters, ...roles, kind: kind.optional(), ...page }),
    ],
    [
      '/meetings',
      'Meetings by date',
      z.object({ ...filters, ...roles, kind: z.literal('meeting').default('meeting'), ...page }),
    ],
    [
      '/statements',
      'Statements by date',
      z.object({ ...filters, ...roles, kind: z.literal('statement').default('statement'), ...page }),
    ],
    [
      '/opinions',
      'Opinions by date',
      z.object({ ...filters, ...roles, kind: z.literal('opinion').default('opinion'), ...page }),
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
          await listTimeline(views, given(filter), requestOf(input.query)),
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
      query: z.object({ kind: z.enum(['person', 'state', 'organization', 'group']).optional(), ...page }),
      answers,
    },
    async (c, { query }) => {
      const listed = await listActors(views, {
        ...requestOf(query),
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
      query: z.object(page),
      answers,
    },
    async (c, { query }) => answerPage(c, archive, topics, await listTopics(views, requestOf(query))),
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
      { method: 'get', path, tag: 'dossiers', summary, params, query: z.object(page), answers },
      async (c, input) => {
        const id = String(input.params[name]);
        const dossier = await read(views, id, requestOf(input.query));
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

type PageQuery = z.output<z.ZodObject<typeof page>>;

function requestOf({ limit, cursor, order }: PageQuery): PageRequest {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  return { limit, descending: order === 'desc', ...(after === undefined ? {} : { after }) };
}

/** A parameter that is not given is absent, not undefined. */
function given<F extends object>(filter: F): { [K in keyof F]: Exclude<F[K], undefined> } {
  const entries = Object.entries(filter).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof F]: Exclude<F[K], undefined> };
}

async function answerPage<P extends { next?: string }>(
  c: Handled,
  { views }: ApiArchive,
  view: View,
  answered: P,
  more: (page: P) => Promise<object> = async () => ({}),
): Promise<Response> {
  const { next, ...shown } = answered;
  if (next !== undefined) {
    const link = new URL(c.req.url);
    link.searchParams.set('cursor', encodeCursor(next));
    c.header('Link', `<${link.pathname}${link.search}>; rel="next"`);
  }
  return c.json({
    ...shown,
    ...(await more(answered)),
    position: (await positionOfView(views, view)) ?? null,
  });
}

const encodeCursor = (sort: string): string => Buffer.from(JSON.stringify([sort])).toString('base64url');

function decodeCursor(cursor: string): string {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return z.tuple([z.string()]).parse(parsed)[0];
  } catch {
    throw new Problem('invalid-request', 'cursor must be taken from the Link of the page before, as it is');
  }
}
