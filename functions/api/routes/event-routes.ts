// Route of `GET /events`: replays the log in order as pages, as NDJSON, or as server-sent events that continue with
// new events.
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { stream } from '../../../events/shared-pieces.ts';
import { eventTypes } from '../../../events/vocabulary.ts';
import { replay, type LogEntry } from '../../../domain/log/replay.ts';
import { negotiated } from '../support/accept.ts';
import { historySchema } from '../schemas/resource-schemas.ts';
import type { ApiContext } from '../api-context.ts';
import {
  chunksOf,
  filterOf,
  lineOf,
  markOf,
  messageOf,
  streamed,
  type Passes,
} from '../support/event-lines.ts';
import { messages, waitForEvents } from '../support/live-events.ts';
import { wholeNumber } from '../schemas/parameter.ts';
import { waitOf } from '../support/prefer.ts';
import { Problem } from '../support/problem.ts';
import { reported } from '../support/reported.ts';
import { route, type App } from '../support/define-route.ts';

/** The largest number of entries that a page reads, including those that the filter excludes. */
const MAX_READ = 10_000;
/** The largest size of a page in bytes, well below the limit of a Lambda function. */
const MAX_BYTES = 3_000_000;
/** Seconds that an event stream waits if the platform cannot stream. It then ends, and the client reconnects. */
const MESSAGE_WAIT_SECONDS = 20;

const JSON_TYPE = 'application/json';
const NDJSON = 'application/x-ndjson';
const POSITION = 'Chancery-Position';
const EVENT_STREAM = 'text/event-stream';

const query = z.object({
  after: wholeNumber(0, 1e12)
    .optional()
    .describe(
      'Events after this position; default from the first. A position beyond the end means the end; Chancery-Position is then smaller',
    ),
  limit: wholeNumber(1, 1_000).optional(),
  type: z.preprocess(
    (value) => (value === undefined ? value : [value].flat()),
    z.array(z.enum(eventTypes)).optional(),
  ),
  stream: stream.optional(),
});

const headers = z.object({
  Prefer: z
    .string()
    .optional()
    .describe('wait=20: if there are no events after `after`, answers on the next one, or after 20 seconds'),
  'Last-Event-ID': z
    .string()
    .optional()
    .describe(
      'With Accept: text/event-stream, replaces `after`: the position of the last event that was read',
    ),
});

export function eventRoutes(app: App, archive: ApiContext): void {
  route(
    app,
    {
      method: 'get',
      path: '/events',
      tag: 'history',
      summary:
        'All events in log order: as a page, as NDJSON (to the end if the platform streams), or as server-sent events that continue with new ones',
      query,
      headers,
      answers: {
        200: {
          description:
            'Events with their positions; Link leads to the next page. Chancery-Position is the last position that the answer covers, even if the filter excludes that event',
          schema: historySchema,
          types: [NDJSON, EVENT_STREAM],
        },
      },
    },
    async (c, { query: { after, limit, type, stream } }) => {
      const passes = filterOf(type, stream);
      const as = negotiated(c, [JSON_TYPE, NDJSON, EVENT_STREAM]);
      const lastRead = as === EVENT_STREAM ? lastEventOf(c) : undefined;
      const start = (lastRead ?? after ?? -1) + 1;
      const wait = as === EVENT_STREAM ? (archive.streams ? 0 : MESSAGE_WAIT_SECONDS) : waitOf(c);
      const { from, published } = await waitForEvents(c, archive, start, passes, wait);
      c.header('Content-Type', as);

      if (as !== JSON_TYPE && archive.streams && limit === undefined) {
        const report = (error: unknown) => void reported(error, c.req, archive.report);
        if (as === EVENT_STREAM) {
          c.header('Cache-Control', 'no-store');
          return c.body(streamed((disconnected) => messages(archive, from, passes, disconnected), report));
        }
        c.header(POSITION, positionOf(published));
        return c.body(
          streamed(
            (disconnected) => chunksOf(replay(archive.log, from, published), passes, lineOf, disconnected),
            report,
          ),
        );
      }

      const page = await pageOf(archive, from, published, limit ?? (as === NDJSON ? 1_000 : 100), passes);
      c.header(POSITION, positionOf(page.next));
      if (page.next < published) {
        const link = new URL(c.req.url);
        link.searchParams.set('after', String(page.next - 1));
        c.header('Link', `<${link.pathname}${link.search}>; rel="next"`);
      }
      if (as === NDJSON) return c.body(page.entries.map(lineOf).join(''));
      if (as === EVENT_STREAM) return c.body(page.entries.map(messageOf).join('') + markOf(page.next));
      const events = page.entries.map((entry) => lineOf(entry).trimEnd()).join(',');
      return c.body(`{"events":[${events}],"size":${published}}`);
    },
  );
}

/** Returns the position of the last event before `next`, or undefined before the first. */
const positionOf = (next: number): string | undefined => (next === 0 ? undefined : String(next - 1));

function lastEventOf(c: Context): number | undefined {
  const id = c.req.header('last-event-id');
  if (id === undefined || id === '') return undefined;
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new Problem(
    'invalid-request',
    'Last-Event-ID must be the id of an event of this stream, which is a position',
  );
}

/** Returns the entries that pass. `next` is the position after the last entry that was read, whether it passed or not. */
async function pageOf(
  { log }: ApiContext,
  from: number,
  published: number,
  limit: number,
  passes: Passes | undefined,
): Promise<{ readonly entries: readonly LogEntry[]; readonly next: number }> {
  const entries: LogEntry[] = [];
  let [next, bytes] = [from, 0];
  for await (const entry of replay(log, from, published)) {
    if (passes?.(entry) ?? true) {
      bytes += entry.bytes.length;
      if (bytes > MAX_BYTES && entries.length > 0) break;
      entries.push(entry);
    }
    next = entry.position + 1;
    if (entries.length === limit || next - from === MAX_READ) break;
  }
  return { entries, next };
}
