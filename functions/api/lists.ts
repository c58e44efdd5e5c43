// Lists: the timeline, meetings, statements, opinions, directories, the network. Each answer says as of which position
// it holds.
import { z } from '@hono/zod-openapi';
import { actorId, certainty, date, topic } from '../../events/pieces.ts';
import { actorViews, listActors, namesIn } from '../../domain/queries/actors.ts';
import { listEdges, networkViews } from '../../domain/queries/network.ts';
import type { PageRequest } from '../../domain/queries/pages.ts';
import type { Reading } from '../../domain/queries/reading.ts';
import { listTimeline, timelineViews } from '../../domain/queries/timeline.ts';
import { listTopics, topicViews } from '../../domain/queries/topics.ts';
import type { SummaryKind } from '../../domain/views/facts.ts';
import type { View } from '../../domain/views/view.ts';
import type { ApiArchive } from './archive.ts';
import { answerPage, openPage, pageQuery } from './page.ts';
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

const timelineQuery = z.object({ ...filters, ...roles, kind: kind.optional(), ...pageQuery });

export function listRoutes(app: App, archive: ApiArchive): void {
  const lists = [
    ['/timeline', 'Everything by the day on which it happened', timelineQuery],
    ['/meetings', 'Meetings by date', listOf('meeting')],
    ['/statements', 'Statements by date', listOf('statement')],
    ['/opinions', 'Opinions by date', listOf('opinion')],
  ] as const;
  for (const [path, summary, query] of lists) {
    route(
      app,
      { method: 'get', path, tag: 'lists', summary, query: query as typeof timelineQuery, answers },
      async (c, input) => {
        const { limit: _, cursor: __, order: ___, asOf: ____, ...filter } = input.query;
        const { reading, request } = await openPage(archive, timelineViews, input.query);
        const page = await listTimeline(reading, given(filter), request);
        return answerPage(c, reading, { ...page, actors: await namesIn(reading, page.items) });
      },
    );
  }

  const actorKinds = z.enum(['person', 'state', 'organization', 'group']);
  list(app, archive, {
    path: '/actors',
    summary: 'The directory of actors by name',
    query: z.object({ kind: actorKinds.optional(), ...pageQuery }),
    needed: actorViews,
    read: (reading, request, query) =>
      listActors(reading, { ...request, ...(query.kind ? { kind: query.kind } : {}) }),
  });
  list(app, archive, {
    path: '/topics',
    summary: 'The directory of topics',
    query: z.object(pageQuery),
    needed: topicViews,
    read: (reading, request) => listTopics(reading, request),
  });
  list(app, archive, {
    path: '/network',
    summary: 'Who met whom, how often and when',
    query: z.object({ from: filters.from, to: filters.to, ...pageQuery }),
    needed: networkViews,
    read: (reading, request, { from, to }) => listEdges(reading, given({ from, to }), request),
  });
}

const answers = { 200: { description: 'A page; Link leads to the next one' } };

const listOf = (kind: SummaryKind) =>
  z.object({ ...filters, ...roles, kind: z.literal(kind).default(kind), ...pageQuery });

interface List<Q extends z.ZodObject<typeof pageQuery>> {
  readonly path: string;
  readonly summary: string;
  readonly query: Q;
  readonly needed: readonly View[];
  readonly read: (
    reading: Reading,
    request: PageRequest,
    query: z.output<Q>,
  ) => Promise<object & { next?: string }>;
}

function list<Q extends z.ZodObject<typeof pageQuery>>(
  app: App,
  archive: ApiArchive,
  { path, summary, query, needed, read }: List<Q>,
): void {
  route(app, { method: 'get', path, tag: 'lists', summary, query, answers }, async (c, input) => {
    const { reading, request } = await openPage(archive, needed, input.query);
    return answerPage(c, reading, await read(reading, request, input.query));
  });
}

/** A parameter that is not given is absent, not undefined. */
function given<F extends object>(filter: F): { [K in keyof F]: Exclude<F[K], undefined> } {
  const entries = Object.entries(filter).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof F]: Exclude<F[K], undefined> };
}
