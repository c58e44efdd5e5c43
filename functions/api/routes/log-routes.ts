// Routes of the public log's files in the layout of C2SP tlog-tiles, which a CDN over the bucket would serve, too.
import { z } from '@hono/zod-openapi';
import { packEntries, unpackEntries } from '../../../events/log/entries.ts';
import { HASH_BYTES } from '../../../events/log/merkle.ts';
import {
  CHECKPOINT_PATH,
  entriesPath,
  parsePath,
  tilePath,
  TILE_WIDTH,
  VKEY_PATH,
} from '../../../events/log/paths.ts';
import { servedAs } from '../../../events/log/served.ts';
import type { BlobStore } from '../../../domain/ports.ts';
import type { ApiContext } from '../api-context.ts';
import { Problem } from '../support/problem.ts';
import { route, type App, type Handled } from '../support/define-route.ts';

const ROOT = '/log/';

export function logRoutes(app: App, { log }: ApiContext): void {
  const text = (path: string, summary: string, description: string): void =>
    route(
      app,
      {
        method: 'get',
        path: `${ROOT}${path}`,
        tag: 'log',
        summary,
        answers: { 200: { description, type: 'text/plain', schema: z.string() } },
      },
      (c) => answerFile(c, log, path),
    );
  text(
    CHECKPOINT_PATH,
    "The log's newest signed checkpoint",
    'A signed note (C2SP tlog-checkpoint): origin, size, root, and signatures',
  );
  text(
    VKEY_PATH,
    "The log's verifier keys, one a line",
    'name+key ID+base64 (C2SP signed-note). Compare them with the keys that you have from another channel',
  );
  route(
    app,
    {
      method: 'get',
      path: `${ROOT}tile/{path}`,
      rest: true,
      tag: 'log',
      summary: 'A tile of hashes (0/x001/234, 1/000.p/17) or a bundle of entries (entries/000)',
      params: z.object({ path: z.string() }),
      answers: {
        200: {
          description: 'The bytes of the file, which never change',
          type: 'application/octet-stream',
          schema: z.string(),
        },
      },
    },
    // The path as sent: each file has exactly one spelling.
    (c) => answerFile(c, log, new URL(c.req.url).pathname.slice(ROOT.length)),
  );
}

async function answerFile(c: Handled, log: BlobStore, path: string): Promise<Response> {
  const served = servedAs(path);
  const bytes = served && (await readFile(log, path));
  if (!served || !bytes)
    throw new Problem(
      'no-such-path',
      served
        ? 'the log has no such file yet'
        : 'this is not the name of a file of the log: see C2SP tlog-tiles',
      {},
      { 'Cache-Control': 'no-store' },
    );
  c.header('Content-Type', served.contentType);
  c.header('Cache-Control', served.cacheControl);
  return c.body(new Uint8Array(bytes));
}

/** Reads a file. If a partial file was removed, cuts it from the full one. */
async function readFile(log: BlobStore, path: string): Promise<Uint8Array | undefined> {
  const own = await log.get(path);
  const parsed = parsePath(path);
  if (own || !parsed || parsed.width === TILE_WIDTH) return own?.bytes;
  if ('bundle' in parsed) {
    const full = await log.get(entriesPath(parsed.bundle));
    return full && packEntries(unpackEntries(full.bytes).slice(0, parsed.width));
  }
  const full = await log.get(tilePath({ ...parsed, width: TILE_WIDTH }));
  return full?.bytes.subarray(0, parsed.width * HASH_BYTES);
}
