// Replays the history in log order: as pages, as NDJSON to the end where the platform can stream, or as server-sent
// events that go on with what comes.
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
import { messages, whenThere } from '../support/live-events.ts';
import { wholeNumber } from '../schemas/parameter.ts';
import { waitOf } from '../support/prefer.ts';
import { Problem } from '../support/problem.ts';
import { reported } from '../support/reported.ts';
import { route, type App } from '../support/define-route.ts';

/** A page reads at most so many entries, whatever passes the filter. */
const MAX_READ = 10_000;
/** A page carries at most so many bytes, well below what a Lambda function may answer. */
const MAX_BYTES = 3_000_000;
/** How long an event stream waits where the platform can't stream: it ends then, and its reader asks again. */
const MESSAGE_WAIT_SECONDS = 20;

const JSON_TYPE = 'application/json';
const NDJSON = 'application/x-ndjson';
const POSITION = 'Chancery-Position';
const EVENT_STREAM = 'text/event-stream';

const query = z.object({
  after: wholeNumber(0, 1e12)
    .optional()
    .describe(
      'The position to go on after; from the first without it. Beyond the end it means the end: Chancery-Position is below it then',
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
    .describe('wait=20: where nothing has come since `after`, answers when something does, or after so long'),
  'Last-Event-ID': z
    .string()
    .optional()
    .describe('With Accept: text/event-stream, in place of `after`, and as that is: the position read last'),
});

export function replayRoutes(app: App, archive: ApiContext): void {
  route(
    app,
    {
      method: 'get',
      path: '/events',
      tag: 'history',
      summary:
        'Every event in log order: a page; one JSON object a line, to the end where the platform streams; or server-sent events, which go on with what comes',
      query,
      headers,
      answers: {
        200: {
          description:
            'Events with their positions; Link leads on while there is more. Chancery-Position is the last position that the answer covers, whether that event is in it or left out',
          schema: historySchema,
          types: [NDJSON, EVENT_STREAM],
        },
      },
    },
    async (c, { query: { after, limit, type, stream } }) => {
      const passes = filterOf(type, stream);
      const as = negotiated(c, [JSON_TYPE, NDJSON, EVENT_STREAM]);
      const asked = as === EVENT_STREAM ? lastEventOf(c) : undefined;
      const start = (asked ?? after ?? -1) + 1;
      const wait = as === EVENT_STREAM ? (archive.streams ? 0 : MESSAGE_WAIT_SECONDS) : waitOf(c);
      const { from, published } = await whenThere(c, archive, start, passes, wait);
      c.header('Content-Type', as);

      if (as !== JSON_TYPE && archive.streams && limit === undefined) {
        const report = (error: unknown) => void reported(error, c.req, archive.report);
        if (as === EVENT_STREAM) {
          c.header('Cache-Control', 'no-store');
          return c.body(streamed((gone) => messages(archive, from, passes, gone), report));
        }
        c.header(POSITION, positionOf(published));
        return c.body(
          streamed((gone) => chunksOf(replay(archive.log, from, published), passes, lineOf, gone), report),
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

/** Of the last event before this one; none before the first. */
const positionOf = (next: number): string | undefined => (next === 0 ? undefined : String(next - 1));

function lastEventOf(c: Context): number | undefined {
  const id = c.req.header('last-event-id');
  if (id === undefined || id === '') return undefined;
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new Problem('invalid-request', 'Last-Event-ID must be the id of an event of this stream: a position');
}

/** `next` is where to go on: past all that was read, whether it passed or not. */
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
