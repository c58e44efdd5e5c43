// One archive behind both of its HTTP entries. The embedded server gets raw bytes. The handler of the function `api`
// gets events as API Gateway or a function URL makes them from the same request.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { httpServer } from '../../../bin/server/http-server.ts';
import { createApi } from '../../../functions/api/create-api.ts';
import { gatewayHandler, type GatewayEvent } from '../../../functions/runtime/gateway.ts';
import { apiEvent } from '../bundles.ts';
import type { TestArchive } from '../archives/test-archive.ts';

export interface Sent {
  readonly method?: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** Headers in the order in which they are sent. Each character is one byte. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array;
}

export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The source of an event. An HTTP API decodes the path, a function URL does not. */
export type Ingress = 'http-api' | 'function-url';

export interface HttpPair {
  readonly port: number;
  readonly alarms: string[];
  readonly embedded: (sent: Sent) => Promise<Received>;
  readonly lambda: (sent: Sent, ingress: Ingress) => Promise<Received>;
  readonly handle: ReturnType<typeof gatewayHandler>;
  readonly close: () => Promise<void>;
}

const LAMBDA_HOST = 'archive.example.org';

export async function openHttpPair({ embedded: { api, archive } }: TestArchive): Promise<HttpPair> {
  const alarms: string[] = [];
  const alarm = (what: string, error: unknown) => void alarms.push(`${what} ${String(error)}`);
  const server = httpServer(api, alarm).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const handle = gatewayHandler(createApi({ ...archive, streams: false, report: alarm }), alarm);
  return {
    port,
    alarms,
    handle,
    embedded: (sent) => readAnswer(port, wireOf(sent)),
    lambda: async (sent, ingress) => {
      const { statusCode, headers, body } = await handle(eventOf(sent, ingress));
      return { status: statusCode, headers, body: Buffer.from(body, 'base64').toString() };
    },
    close: async () => {
      server.close().closeAllConnections();
      await once(server, 'close');
    },
  };
}

function wireOf({ method = 'GET', target, headers = [], body = '' }: Sent): Buffer {
  const bytes = Buffer.from(body);
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const lines = [
    ...(names.has('host') ? [] : [['Host', 'localhost'] as const]),
    ...headers,
    ...(names.has('content-length') || (bytes.length === 0 && method === 'GET')
      ? []
      : [['Content-Length', String(bytes.length)] as const]),
    ['Connection', 'close'] as const,
  ].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'),
    bytes,
  ]);
}

/** Sends bytes, and reads until the server closes the connection. */
export async function exchange(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

export async function readAnswer(port: number, bytes: string | Buffer): Promise<Received> {
  const answer = await exchange(port, bytes);
  const end = answer.indexOf('\r\n\r\n');
  const [first = '', ...lines] = answer.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(first.split(' ')[1]), headers, body: answer.slice(end + 4) };
}

/** Returns the Lambda event for a request. */
export function eventOf(
  { method = 'GET', target, headers = [], body }: Sent,
  ingress: Ingress,
): GatewayEvent {
  const [path = '', ...query] = target.split('?');
  const joined: Record<string, string> = { host: LAMBDA_HOST };
  for (const [name, values] of Map.groupBy(headers, ([each]) => each.toLowerCase()))
    joined[name] = values.map(([, value]) => value).join(',');
  return {
    ...(apiEvent(method, '/') as GatewayEvent),
    rawPath: ingress === 'http-api' ? decodeURIComponent(path) : path,
    rawQueryString: query.join('?'),
    headers: joined,
    ...(body === undefined ? {} : { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }),
  };
}

/** Headers that belong to one connection. */
const HOP = new Set(['connection', 'keep-alive', 'date', 'transfer-encoding', 'content-length']);

/** Returns the parts of an answer that both entries must have in common: all except host and connection headers. */
export function gistOf({ status, headers, body }: Received): unknown {
  const kept = Object.entries(headers).filter(([name]) => !HOP.has(name));
  return {
    status,
    headers: Object.fromEntries(kept.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    body: body.replaceAll('http://localhost', '').replaceAll(`https://${LAMBDA_HOST}`, ''),
  };
}
