// A proxy between a client and an emulator that lets chosen requests fail as they may fail on AWS. It throttles,
// answers with errors or half an answer, or disconnects before or after the effect.
import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export const faults = [
  /** Throttled; the request has no effect. */
  'throttle',
  /** An internal error; the request has no effect. */
  'error',
  /** An internal error after the request had its effect. */
  'error-after',
  /** The connection is closed; the request has no effect. */
  'cut',
  /** The request has its effect, and the connection is closed before the answer. */
  'lose',
  /** The request has its effect, and the connection is closed in the middle of the answer. */
  'half',
  /** No answer; the request has its effect after the client gives up. */
  'late',
  /** The request has its effect, but gets no answer. */
  'stall',
] as const;
export type Fault = (typeof faults)[number];

export interface ProxyCall {
  /** `PutItem` for DynamoDB, `PUT /bucket/key` for S3. */
  readonly operation: string;
  readonly body: Buffer;
}

export interface FaultProxy {
  readonly endpoint: string;
  /** Resolves when all requests have had their effect, also those that clients gave up. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** The fate of a request. Undefined forwards it; a promise delays it until the promise resolves. */
export type Fate = Fault | Promise<void> | undefined;

/** Starts a proxy to `target`. `plan` decides the fate of each request. */
export async function startFaultProxy(target: string, plan: (call: ProxyCall) => Fate): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const running = new Set<Promise<unknown>>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const forward = () => forwarded(agent, target, request, body);
    const clientLeft = new Promise<void>((resolve) => response.once('close', resolve));
    const fate = plan({ operation: operationOf(request), body });
    const fault = fate instanceof Promise ? await fate : fate;
    switch (fault) {
      case undefined:
        return relay(await forward(), response);
      case 'throttle':
        return refuse(request, response, true);
      case 'error':
        return refuse(request, response, false);
      case 'error-after':
        await forward();
        return refuse(request, response, false);
      case 'cut':
        response.destroy();
        return;
      case 'lose':
        await forward();
        response.destroy();
        return;
      case 'half':
        return half(await forward(), response);
      case 'late':
        await clientLeft;
        return void (await forward());
      case 'stall':
        await forward();
        return clientLeft;
    }
  }

  const server = createServer((request, response) => {
    const handling = handle(request, response).catch(() => response.destroy());
    running.add(handling);
    void handling.then(() => running.delete(handling));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    settled: async () => void (await Promise.all(running)),
    close: async () => {
      server.closeAllConnections();
      await Promise.all(running);
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const forwarded = (agent: Agent, target: string, { url, method, headers }: IncomingMessage, body: Buffer) =>
  new Promise<Answer>((resolve, reject) => {
    const { expect: _, 'transfer-encoding': __, ...kept } = headers;
    const onward = send(new URL(url ?? '/', target), { agent, method, headers: kept }, (answer) => {
      buffer(answer).then(
        (bytes) => resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: bytes }),
        reject,
      );
    });
    onward.on('error', reject).end(body);
  });

function relay({ status, headers, body }: Answer, response: ServerResponse): void {
  // An answer to HEAD has the length of the body that it leaves out.
  const length = headers['content-length'] ?? String(body.length);
  response.writeHead(status, { ...endToEnd(headers), 'content-length': length }).end(body);
}

/** Returns the headers without those that belong to one connection. */
function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const { 'transfer-encoding': _, connection: __, ...kept } = headers;
  return kept;
}

function half({ status, headers, body }: Answer, response: ServerResponse): void {
  // The announced length is one byte too large, so that an empty answer is incomplete, too.
  response.writeHead(status, { ...endToEnd(headers), 'content-length': String(body.length + 1) });
  response.flushHeaders();
  response.write(body.subarray(0, body.length / 2), () => response.destroy());
}

function operationOf({ headers, method, url }: IncomingMessage): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.slice(target.indexOf('.') + 1);
  return `${method} ${new URL(url ?? '/', 'http://s3').pathname}`;
}

function refuse({ headers }: IncomingMessage, response: ServerResponse, throttled: boolean): void {
  if (headers['x-amz-target'] === undefined) {
    const code = throttled ? 'SlowDown' : 'InternalError';
    response.writeHead(throttled ? 503 : 500, { 'Content-Type': 'application/xml' });
    response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
    return;
  }
  const name = throttled ? 'ProvisionedThroughputExceededException' : 'InternalServerError';
  response.writeHead(throttled ? 400 : 500, { 'Content-Type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: name }));
}
