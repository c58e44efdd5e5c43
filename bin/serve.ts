// Starts the embedded archive and serves it on loopback, where nobody needs to sign in.
import { serve, type ServerType } from '@hono/node-server';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { Problem, problemOf } from '../functions/api/problem.ts';
import { openEmbedded, type Embedded } from './embedded.ts';

export interface Serving {
  readonly url: string;
  readonly home: string;
  readonly embedded: Embedded;
  readonly stop: () => Promise<void>;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** `port` 0 takes a free one. Throws DatabaseInUse where another process serves this folder. */
export async function startServing(options: {
  home: string;
  port: number;
  host: string;
  subject: string;
}): Promise<Serving> {
  if (!LOOPBACK.has(options.host) && options.host !== '::1') {
    throw new Error(
      `refusing to listen on ${options.host}: without an identity provider, anyone who reaches it could write; use 127.0.0.1`,
    );
  }
  const home = resolve(options.home);
  const log = pino({ name: 'chancery' }, pino.destination({ dest: 2, sync: true }));
  const embedded = await openEmbedded({
    home,
    subject: options.subject,
    alarm: (what, error) => log.error({ err: error }, what),
  });
  const server = serve({ fetch: onlyLoopback(embedded), port: options.port, hostname: options.host });
  try {
    await listening(server);
  } catch (error) {
    await embedded.close();
    throw error;
  }
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  const url = `http://${options.host === '::1' ? '[::1]' : options.host}:${port}`;
  return {
    url,
    home,
    embedded,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
      await embedded.close();
    },
  };
}

async function listening(server: ServerType): Promise<void> {
  if (server.listening) return;
  await once(server, 'listening');
}

/** A page of another site that resolves its own name to this machine must not reach the archive. */
function onlyLoopback({ api }: Embedded): (request: Request) => Response | Promise<Response> {
  return (request) => {
    if (LOOPBACK.has(new URL(request.url).hostname)) return api.fetch(request);
    const { status, body } = problemOf(new Problem('misdirected', 'this archive answers to localhost only'));
    return Response.json(body, { status, headers: { 'Content-Type': 'application/problem+json' } });
  };
}
