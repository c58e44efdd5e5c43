// Routes of the dossiers of meetings, actors and topics. A dossier shows the first items of each part; `more` has the
// addresses of the complete lists.
import { z } from '@hono/zod-openapi';
import { actorId, meetingId, topic } from '../../../events/shared-pieces.ts';
import type { ReadModel } from '../../../domain/projections/views/read-model.ts';
import type { Reading } from '../../../domain/projections/rows/reading.ts';
import { actorDossier, actorDossierViews } from '../../../domain/queries/actors/actor-dossier.ts';
import type { TimelineFilter } from '../../../domain/queries/timeline/timeline-filter.ts';
import { namesIn } from '../../../domain/queries/actors/actor-names.ts';
import { meetingDossier, meetingDossierViews } from '../../../domain/queries/meetings/meeting-dossier.ts';
import type { PageRequest } from '../../../domain/queries/paging.ts';
import { listResponses, responseViews } from '../../../domain/queries/meetings/responses.ts';
import { topicDossier } from '../../../domain/queries/topics/topic-dossier.ts';
import { topicViews } from '../../../domain/queries/topics/topic-list.ts';
import { absentFrom } from '../support/absent.ts';
import { summariesSchema } from '../schemas/resource-schemas.ts';
import type { ApiContext } from '../api-context.ts';
import { idOf } from './command-routes.ts';
import { recordFilterOf, recordFilters } from '../schemas/filter-schemas.ts';
import { linkFeed } from '../feeds/feed-routes.ts';
import { moreOfActor, moreOfMeeting, moreOfTopic, withMore } from '../support/more-links.ts';
import { answerPage, openPage, pageQuery } from '../support/pagination.ts';
import { route, type App } from '../support/define-route.ts';
import { dossierSchemas } from '../schemas/dossier-schemas.ts';

const { topic: _topic, ...otherFilters } = recordFilters;
const query = z.object({ ...recordFilters, ...pageQuery });
/** The dossier of a topic has no filter by topic, because its path names the topic. */
const topicQuery = z.object({ ...otherFilters, ...pageQuery });

interface Dossier<P extends z.ZodObject> {
  readonly path: string;
  readonly summary: string;
  readonly params: P;
  readonly query: typeof topicQuery;
  readonly schema: z.ZodType;
  readonly needed: readonly ReadModel[];
  /** Returns the path of its feed; absent if it has no feed. */
  readonly feed?: (params: z.output<P>) => string;
  readonly read: (
    reading: Reading,
    params: z.output<P>,
    filter: TimelineFilter,
    request: PageRequest,
  ) => Promise<(object & { next?: string }) | undefined>;
}

export function dossierRoutes(app: App, archive: ApiContext): void {
  dossierRoute(app, archive, {
    path: '/meetings/{id}/dossier',
    summary: 'A meeting: statements by side, opinions about it, and the sources',
    params: z.object({ id: meetingId }),
    query,
    schema: dossierSchemas.meeting,
    needed: meetingDossierViews,
    read: async (reading, { id }, filter, request) => {
      const dossier = await meetingDossier(reading, id, filter, request);
      return dossier && withMore(dossier, moreOfMeeting(dossier, filter, reading.at));
    },
  });
  dossierRoute(app, archive, {
    path: '/actors/{id}/dossier',
    summary: 'An actor: names, counts, records in which it takes part, counterparts, and stances by topic',
    params: z.object({ id: actorId }),
    query,
    schema: dossierSchemas.actor,
    needed: actorDossierViews,
    feed: ({ id }) => `/actors/${id}/feed`,
    read: async (reading, { id }, filter, request) => {
      const dossier = await actorDossier(reading, id, filter, request);
      return dossier && withMore(dossier, moreOfActor(dossier, reading.at));
    },
  });
  dossierRoute(app, archive, {
    path: '/topics/{topic}',
    summary: 'A topic: all records by date; with speaker, the line of that speaker',
    params: z.object({ topic }),
    query: topicQuery,
    schema: dossierSchemas.topic,
    needed: topicViews,
    feed: (params) => `/topics/${params.topic}/feed`,
    read: async (reading, params, filter, request) => {
      const dossier = await topicDossier(reading, params.topic, filter, request);
      return dossier && withMore(dossier, moreOfTopic(dossier, reading.at));
    },
  });
  for (const kind of ['meeting', 'statement', 'opinion'] as const)
    dossierRoute(app, archive, {
      path: `/${kind}s/{id}/responses`,
      summary: `Records that belong to a ${kind} or respond to it, by date`,
      params: z.object({ id: idOf[kind] }),
      query,
      schema: summariesSchema,
      needed: responseViews,
      read: async (reading, { id }, filter, request) => {
        const page = await listResponses(reading, id, filter, request);
        return page && { ...page, actors: await namesIn(reading, page.items) };
      },
    });
}

function dossierRoute<P extends z.ZodObject>(
  app: App,
  archive: ApiContext,
  { path, summary, params, query, schema, needed, feed, read }: Dossier<P>,
): void {
  const answers = { 200: { description: 'A page; Link leads to the next one', schema } };
  route(app, { method: 'get', path, tag: 'dossiers', summary, params, query, answers }, async (c, input) => {
    const { reading, request } = await openPage(archive, needed, input.query);
    const dossier = await read(reading, input.params, recordFilterOf(input.query), request);
    if (dossier) {
      if (feed) linkFeed(c, feed(input.params), recordFilterOf(input.query));
      return answerPage(c, reading, dossier);
    }
    throw await absentFrom(archive, needed, reading, input.params, input.query.asOf);
  });
}
