// Serves the API over HTTP on loopback. Requests that never reach the API are answered with a problem document, too.
import { getRequestListener, RequestError } from '@hono/node-server';
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import type { Alarm } from '../../functions/runtime/alarm.ts';
import { checkHost } from '../../functions/api/support/host.ts';
import {
  Problem,
  problemOf,
  problemResponse,
  type ProblemDocument,
} from '../../functions/api/support/problem.ts';
import { reported } from '../../functions/api/support/reported.ts';
import { isLoopback } from '../../functions/settings/loopback.ts';

interface Api {
  readonly fetch: (request: Request) => Response | Promise<Response>;
}

/** Creates the server, which does not listen yet. */
export function httpServer(api: Api, alarm: Alarm): Server {
  const answered = async (request: Request): Promise<Response> => {
    try {
      // DNS rebinding: a site whose name resolves to this machine must not reach the archive.
      if (!isLoopback(new URL(request.url).hostname))
        throw new Problem('misdirected', 'this archive answers to localhost only');
      return await api.fetch(request);
    } catch (error) {
      const path = new URL(request.url).pathname;
      return problemResponse(reported(error, { method: request.method, path }, alarm));
    }
  };
  const listener = getRequestListener(answered, {
    errorHandler: (error) =>
      problemResponse(reported(unread(error), { method: 'a', path: 'request' }, alarm)),
  });
  const guarded = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    try {
      checkTarget(incoming);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      answerAtOnce(outgoing, problemOf(error));
      return;
    }
    void listener(incoming, outgoing);
  };
  // By default Node answers a missing Host and an unknown expectation without a body.
  return createServer({ requireHostHeader: false }, guarded)
    .on('checkExpectation', guarded)
    .on('connect', (_, socket) => endWith(socket, NO_TUNNEL))
    .on('clientError', answerUnparsed);
}

/** Turns the adapter's RequestError into a problem. */
const unread = (error: unknown): unknown =>
  error instanceof RequestError
    ? new Problem('invalid-request', `the address of the request cannot be read: ${error.message}`)
    : error;

function checkTarget({ url = '', rawHeaders }: IncomingMessage): void {
  const hosts = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'host');
  checkHost(hosts.join(','));
  if (!url.includes('#')) return;
  throw new Problem('invalid-request', 'the request target contains "#"; write it as %23');
}

function answerAtOnce(outgoing: ServerResponse, { status, body }: ProblemDocument): void {
  const json = JSON.stringify(body);
  outgoing.writeHead(status, headersFor(json)).end(json);
}

const headersFor = (json: string) => ({
  'Content-Type': 'application/problem+json',
  'X-Content-Type-Options': 'nosniff',
  'Content-Length': Buffer.byteLength(json),
  Connection: 'close',
});

const NO_TUNNEL = new Problem(
  'method-not-allowed',
  'the archive is not a proxy and does not support CONNECT',
);

const PARSE_PROBLEMS: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: new Problem(
    'head-too-large',
    'the request target and headers exceed 16 KiB; request less at once',
  ),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(
    'request-timeout',
    'the request did not arrive in time; send it again, over a faster connection or in smaller parts',
  ),
};

/** Answers a request that Node could not parse and ends the connection. Ignores connections that the client closed. */
function answerUnparsed({ code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
  const problem =
    PARSE_PROBLEMS[code] ??
    (code.startsWith('HPE_') && new Problem('invalid-request', 'this is not a valid HTTP/1.1 request'));
  if (problem && socket.writable) endWith(socket, problem);
  else socket.destroy();
}

function endWith(socket: Duplex, error: Problem): void {
  const { status, body } = problemOf(error);
  const json = JSON.stringify(body);
  // A client that has disconnected is not an error.
  socket.on('error', () => {});
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      ...Object.entries(headersFor(json)).map(([name, value]) => `${name}: ${value}`),
      '',
      json,
    ].join('\r\n'),
  );
}
