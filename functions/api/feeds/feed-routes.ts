// Routes of the Atom feeds: by filter, actor or topic. The latest change is first, and each record appears once.
import { z } from '@hono/zod-openapi';
import { dateInWords } from '../../../events/date-words.ts';
import { actorId, topic } from '../../../events/shared-pieces.ts';
import { originOf } from '../../../domain/log/log-identity.ts';
import { firstEventTime } from '../../../domain/log/time-index.ts';
import { shownActor } from '../../../domain/queries/actors/actor-names.ts';
import { feedOf, feedViews } from '../../../domain/queries/timeline/timeline-feed.ts';
import type { TimelineFilter } from '../../../domain/queries/timeline/timeline-filter.ts';
import type { Reading } from '../../../domain/projections/rows/reading.ts';
import { absentFrom } from '../support/absent.ts';
import type { ApiContext } from '../api-context.ts';
import { atomText } from './atom.ts';
import { entriesOf } from './feed-entries.ts';
import { dates, searchOf, recordFilterOf, recordFilters } from '../schemas/filter-schemas.ts';
import { openPage, pageAfter, pageQuery } from '../support/pagination.ts';
import { wholeNumber } from '../schemas/parameter.ts';
import { route, type App, type Handled } from '../support/define-route.ts';

const { order: _, ...paging } = pageQuery;
const { topic: _topic, ...otherFilters } = recordFilters;
const pages = { ...paging, limit: wholeNumber(1, 100).default(50) };
const query = z.object({ ...recordFilters, ...pages });
/** The feed of a topic has no filter by topic, because its path names the topic. */
const topicQuery = z.object({ ...otherFilters, ...pages });

const ATOM = 'application/atom+xml';

/** Adds a Link to the feed with the same filter (RFC 8288). */
export function linkFeed(c: Handled, path: string, filter: TimelineFilter): void {
  c.header('Link', `<${path}${searchOf(filter)}>; rel="alternate"; type="${ATOM}"`, { append: true });
}

interface Feed<P extends z.ZodObject> {
  readonly path: string;
  readonly summary: string;
  readonly params: P;
  readonly query: typeof topicQuery;
  /** Returns title, list and filter of the feed, or undefined if its subject does not exist. */
  readonly about: (
    reading: Reading,
    params: z.output<P>,
  ) => Promise<
    { readonly title: string; readonly list: string; readonly filter: TimelineFilter } | undefined
  >;
}

export function feedRoutes(app: App, archive: ApiContext): void {
  const idOf = feedIds(archive);
  feed(app, archive, idOf, {
    path: '/timeline/feed',
    summary: 'The latest changes of all records, as an Atom feed',
    params: z.object({}),
    query,
    about: async () => ({ title: 'Timeline', list: '/timeline', filter: {} }),
  });
  feed(app, archive, idOf, {
    path: '/actors/{id}/feed',
    summary: 'The latest changes of all records in which an actor takes part, as an Atom feed',
    params: z.object({ id: actorId }),
    query,
    about: async (reading, { id }) => {
      const shown = await shownActor(reading, id);
      return shown && { title: shown.name, list: `/actors/${shown.id}/dossier`, filter: { actor: [id] } };
    },
  });
  feed(app, archive, idOf, {
    path: '/topics/{topic}/feed',
    summary: 'The latest changes of all records on a topic, as an Atom feed',
    params: z.object({ topic }),
    query: topicQuery,
    about: async (_reading, params) => ({
      title: params.topic,
      list: `/topics/${params.topic}`,
      filter: { topic: params.topic },
    }),
  });
}

function feed<P extends z.ZodObject>(
  app: App,
  archive: ApiContext,
  idOf: (feed: string) => Promise<string>,
  { path, summary, params, query, about }: Feed<P>,
): void {
  const answers = {
    200: { description: 'Records by their latest change', schema: z.string(), type: ATOM },
  };
  route(app, { method: 'get', path, tag: 'feeds', summary, params, query, answers }, async (c, input) => {
    const address = new URL(c.req.url);
    const { reading, request } = await openPage(archive, feedViews, { ...input.query, order: 'desc' });
    const subject = await about(reading, input.params);
    if (!subject) throw await absentFrom(archive, feedViews, reading, input.params, input.query.asOf);
    const own = subject.filter.actor ?? [];
    // The actor of the feed is left out of the query, so that equal feeds have equal addresses.
    const requested = withActors(recordFilterOf(input.query), (actor) => !own.includes(actor));
    const actor = [...own, ...(requested.actor ?? [])];
    const filter = { ...requested, ...subject.filter, ...(actor.length > 0 ? { actor } : {}) };
    const { items, actors, next } = await feedOf(reading, filter, request);
    const entries = await entriesOf(archive, address, items, actors);
    const updated =
      entries
        .map((entry) => entry.updated)
        .toSorted()
        .at(-1) ?? (await firstTimeOf(archive, reading));
    const search = searchOf(requested);
    const feedPath = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(input.params[name]));
    c.header('Content-Type', `${ATOM}; charset=utf-8`);
    c.header('Last-Modified', new Date(updated).toUTCString());
    return c.body(
      await atomText({
        id: await idOf(`${feedPath}${search}`),
        title: `Chancery: ${subject.title}${search === '' ? '' : ` (${inWords(search)})`}`,
        updated,
        links: [
          { rel: 'self', href: address.href, type: ATOM },
          {
            rel: 'alternate',
            href: new URL(`${subject.list}${search}`, address).href,
            type: 'application/json',
          },
          ...(next === undefined
            ? []
            : [{ rel: 'next' as const, href: pageAfter(address, next, reading.at).href, type: ATOM }]),
        ],
        entries,
      }),
    );
  });
}

/** Returns the query with days written as words. */
const inWords = (search: string): string =>
  [...new URLSearchParams(search)]
    .map(([name, value]) => `${name}=${name in dates ? dateInWords(value) : value}`)
    .join('&');

const withActors = (filter: TimelineFilter, isKept: (actor: string) => boolean): TimelineFilter => ({
  ...filter,
  ...(filter.actor ? { actor: filter.actor.filter(isKept) } : {}),
});

/** Returns a function that derives a feed's id from the log's origin, so that feeds of different archives differ. */
function feedIds({ log }: ApiContext): (feed: string) => Promise<string> {
  // Cached, because a log never changes its origin.
  let origin: string | undefined;
  return async (feed) => {
    origin ??= await originOf(log);
    return `urn:chancery:feed:${[origin ?? '', feed].map(encodeURIComponent).join(':')}`;
  };
}

/** Returns `updated` of an empty feed: the time of the first event, so that polls do not see a change. */
async function firstTimeOf(archive: ApiContext, { at }: Reading): Promise<string> {
  return (at < 0 ? undefined : await firstEventTime(archive)) ?? NEVER;
}

const NEVER = '1970-01-01T00:00:00.000Z';
