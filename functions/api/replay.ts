// Replays the history in log order: as pages, or as NDJSON to the end where the platform can stream.
import { z } from '@hono/zod-openapi';
import { readPlace } from '../../events/envelope.ts';
import { ACTOR_MERGES, streamId } from '../../events/pieces.ts';
import { eventTypes } from '../../events/vocabulary.ts';
import { replay, type Entry } from '../../domain/replay.ts';
import { readHead } from '../../domain/sequence.ts';
import type { ApiArchive } from './archive.ts';
import { route, type App } from './route.ts';

/** A page reads at most so many entries, whatever passes the filter. */
const MOST_READ = 10_000;
/** A page carries at most so many bytes, well below what a Lambda function may answer. */
const MOST_BYTES = 3_000_000;

export function replayRoutes(app: App, archive: ApiArchive): void {
  route(
    app,
    {
      method: 'get',
      path: '/events',
      tag: 'history',
      summary:
        'Every event in log order; Accept: application/x-ndjson for one line each, streamed to the end where possible',
      query: z.object({
        after: z.coerce
          .number()
          .int()
          .min(0)
          .optional()
          .describe('The position to go on after; from the first without it'),
        limit: z.coerce.number().int().min(1).max(1_000).optional(),
        type: z.preprocess(
          (value) => (value === undefined ? value : [value].flat()),
          z.array(z.enum(eventTypes)).optional(),
        ),
        stream: streamId.or(z.literal(ACTOR_MERGES)).optional(),
      }),
      answers: { 200: { description: 'Events with their positions; Link leads on' } },
    },
    async (c, { query: { after, limit, type, stream } }) => {
      const { published } = await readHead(archive.state);
      const from = after === undefined ? 0 : Math.min(after + 1, published);
      const passes = filterOf(type, stream);
      const ndjson = (c.req.header('accept') ?? '').includes('application/x-ndjson');
      if (ndjson && archive.streams && limit === undefined) {
        c.header('Content-Type', 'application/x-ndjson');
        return c.body(ReadableStream.from(linesOf(replay(archive.log, from, published), passes)));
      }
      const page = await pageOf(
        replay(archive.log, from, published),
        limit ?? (ndjson ? 1_000 : 100),
        passes,
      );
      if (page.last !== undefined && page.last < published - 1) {
        const link = new URL(c.req.url);
        link.searchParams.set('after', String(page.last));
        c.header('Link', `<${link.pathname}${link.search}>; rel="next"`);
      }
      if (ndjson) {
        c.header('Content-Type', 'application/x-ndjson');
        return c.body(page.entries.map(lineOf).join(''));
      }
      c.header('Content-Type', 'application/json');
      // The events' own canonical bytes, not a copy that another serialiser has been through.
      return c.body(
        `{"events":[${page.entries.map((entry) => lineOf(entry).trimEnd()).join(',')}],"size":${published}}`,
      );
    },
  );
}

type Passes = (entry: Entry) => boolean;

function filterOf(types: readonly string[] | undefined, stream: string | undefined): Passes {
  if (types === undefined && stream === undefined) return () => true;
  return ({ bytes }) => {
    const { type, subject } = readPlace(bytes);
    return (types?.includes(type) ?? true) && (stream === undefined || subject === stream);
  };
}

const lineOf = ({ position, bytes }: Entry): string =>
  `{"position":${position},"event":${new TextDecoder().decode(bytes)}}\n`;

async function* linesOf(entries: AsyncIterable<Entry>, passes: Passes): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const entry of entries) if (passes(entry)) yield encoder.encode(lineOf(entry));
}

async function pageOf(
  entries: AsyncIterable<Entry>,
  limit: number,
  passes: Passes,
): Promise<{ entries: Entry[]; last?: number }> {
  const found: Entry[] = [];
  let last: number | undefined;
  let [read, bytes] = [0, 0];
  for await (const entry of entries) {
    if (found.length >= limit || read >= MOST_READ || bytes + entry.bytes.length > MOST_BYTES) break;
    read++;
    last = entry.position;
    if (!passes(entry)) continue;
    found.push(entry);
    bytes += entry.bytes.length;
  }
  return { entries: found, ...(last === undefined ? {} : { last }) };
}
