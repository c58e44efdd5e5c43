// Routes of the lists: timeline, meetings, statements, opinions, directories, network. With `changedSince` a list has
// only changed items, each with its `changes`.
import { z } from '@hono/zod-openapi';
import { actorId, topic } from '../../../events/shared-pieces.ts';
import { actorViews, listActors } from '../../../domain/queries/actors/actor-list.ts';
import { namesIn } from '../../../domain/queries/actors/actor-names.ts';
import { listChangedActors } from '../../../domain/queries/actors/changed-actors.ts';
import { listChangedEdges } from '../../../domain/queries/network/changed-edges.ts';
import { listChangedRecords, shownWithChanges } from '../../../domain/queries/changes/archive-diff.ts';
import { listEdges, networkViews } from '../../../domain/queries/network/network-edges.ts';
import type { TimelineFilter } from '../../../domain/queries/timeline/timeline-filter.ts';
import type { PageRequest } from '../../../domain/queries/paging.ts';
import type { Reading } from '../../../domain/projections/rows/reading.ts';
import { listTimeline, timelineViews } from '../../../domain/queries/timeline/timeline-list.ts';
import { listTopics, topicViews } from '../../../domain/queries/topics/topic-list.ts';
import type { RecordKind } from '../../../domain/projections/state/summary-shape.ts';
import type { ReadModel } from '../../../domain/projections/views/read-model.ts';
import { summariesSchema } from '../schemas/resource-schemas.ts';
import type { ApiContext } from '../api-context.ts';
import { changedSinceQuery } from '../support/as-of.ts';
import { dates, given, recordFilterOf, recordFilters, recordKind } from '../schemas/filter-schemas.ts';
import { linkFeed } from '../feeds/feed-routes.ts';
import { answerPage, openChanges, pageQuery, shownPosition } from '../support/pagination.ts';
import { route, type App } from '../support/define-route.ts';
import { actorsSchema, networkSchema, topicsSchema } from '../schemas/dossier-schemas.ts';

const listQuery = { ...pageQuery, changedSince: changedSinceQuery };
const timelineQuery = z.object({ ...recordFilters, ...listQuery });

export function listRoutes(app: App, archive: ApiContext): void {
  const lists = [
    ['/timeline', 'All records by the day on which they happened', timelineQuery],
    ['/meetings', 'Meetings by date', listOf('meeting')],
    ['/statements', 'Statements by date', listOf('statement')],
    ['/opinions', 'Opinions by date', listOf('opinion')],
  ] as const;
  for (const [path, summary, query] of lists) {
    list(app, archive, {
      path,
      summary,
      query: query as typeof timelineQuery,
      feedFilter: recordFilterOf,
      schema: summariesSchema,
      needed: timelineViews,
      read: async (reading, request, query, since) => {
        const filter = recordFilterOf(query);
        const { items, ...page } =
          since === undefined
            ? await listTimeline(reading, filter, request)
            : shownWithChanges(await listChangedRecords(reading, since, filter, request));
        return { items, ...page, actors: await namesIn(reading, items) };
      },
    });
  }
  list(app, archive, {
    path: '/actors',
    summary: 'The directory of actors by name; with topic, its speakers by id',
    query: z.object({
      kind: z.enum(['person', 'state', 'organization', 'group']).optional(),
      topic: topic.optional().describe('Only actors with a statement or opinion on it'),
      ...dates,
      ...listQuery,
    }),
    schema: actorsSchema,
    needed: actorViews,
    read: (reading, request, { kind, topic, from, to }, since) => {
      const filter = given({ kind, topic, from, to });
      return since === undefined
        ? listActors(reading, filter, request)
        : listChangedActors(reading, since, filter, request);
    },
  });
  list(app, archive, {
    path: '/topics',
    summary: 'The directory of topics',
    query: z.object({
      actor: actorId.optional().describe('Only topics with a statement or opinion of this actor'),
      kind: recordKind.optional(),
      ...dates,
      ...listQuery,
    }),
    schema: topicsSchema,
    needed: topicViews,
    read: (reading, request, { actor, kind, from, to }, since) => {
      const filter = given({ actor, kind, from, to });
      return listTopics(reading, filter, request, since);
    },
  });
  list(app, archive, {
    path: '/network',
    summary: 'The network of actors who met: how often, first and last',
    query: z.object({
      actor: actorId.optional().describe('Only encounters of this actor'),
      topic: topic.optional(),
      ...dates,
      ...listQuery,
    }),
    schema: networkSchema,
    needed: networkViews,
    read: (reading, request, { actor, topic, from, to }, since) => {
      const filter = given({ actor, topic, from, to });
      return since === undefined
        ? listEdges(reading, filter, request)
        : listChangedEdges(reading, since, filter, request);
    },
  });
}

const listOf = (kind: RecordKind) =>
  z.object({ ...recordFilters, kind: z.literal(kind).default(kind), ...listQuery });

interface List<Q extends z.ZodObject<typeof listQuery>> {
  readonly path: string;
  readonly summary: string;
  readonly query: Q;
  /** The schema of a page. */
  readonly schema: z.ZodType;
  readonly needed: readonly ReadModel[];
  /** Returns the filter of the list's feed; absent if it has no feed. */
  readonly feedFilter?: (query: z.output<Q>) => TimelineFilter;
  /** Returns a page; with `since`, only items that changed after that position. */
  readonly read: (
    reading: Reading,
    request: PageRequest,
    query: z.output<Q>,
    since: number | undefined,
  ) => Promise<object & { next?: string }>;
}

function list<Q extends z.ZodObject<typeof listQuery>>(
  app: App,
  archive: ApiContext,
  { path, summary, query, schema, needed, feedFilter, read }: List<Q>,
): void {
  const answers = { 200: { description: 'A page; Link leads to the next one', schema } };
  route(app, { method: 'get', path, tag: 'lists', summary, query, answers }, async (c, input) => {
    const { changedSince } = input.query;
    const asked = ['changedSince', changedSince] as const;
    const { reading, request, ...opened } = await openChanges(archive, needed, input.query, asked);
    const since = changedSince === undefined ? undefined : opened.since;
    if (feedFilter) linkFeed(c, '/timeline/feed', feedFilter(input.query));
    const page = await read(reading, request, input.query, since);
    return answerPage(
      c,
      reading,
      since === undefined ? page : { ...page, changedSince: shownPosition(since) },
    );
  });
}
