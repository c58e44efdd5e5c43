// Stands between a client and an emulator and lets chosen requests fail as they fail in the world: throttled, broken,
// cut off before or after they took effect, answered by half, or not answered while the client waits.
import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export const faults = [
  /** Refused as too much: nothing is done. */
  'throttle',
  /** An internal error: nothing is done. */
  'error',
  /** Unavailable, and all the same done: a server may fail after it has written. */
  'error-after',
  /** The connection is cut: nothing is done. */
  'cut',
  /** It is done, and the connection cut before an answer. */
  'lose',
  /** It is done, and the answer breaks off in the middle. */
  'half',
  /** No answer until the client gives up; then it is done. */
  'late',
  /** It is done, and no answer until the client gives up. */
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
  /** All requests that clients gave up on have had their effect. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What becomes of a request: undefined, nothing out of the ordinary. One with a promise is held until that resolves. */
export type Fate = Fault | Promise<void> | undefined;

/** `plan` decides the fate of each request. */
export async function startFaultProxy(target: string, plan: (call: ProxyCall) => Fate): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const under = new Set<Promise<unknown>>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const forward = () => forwarded(agent, target, request, body);
    const given = new Promise<void>((resolve) => response.once('close', resolve));
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
        await given;
        return void (await forward());
      case 'stall':
        await forward();
        return given;
    }
  }

  const server = createServer((request, response) => {
    const handling = handle(request, response).catch(() => response.destroy());
    under.add(handling);
    void handling.then(() => under.delete(handling));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    settled: async () => void (await Promise.all(under)),
    close: async () => {
      server.closeAllConnections();
      await Promise.all(under);
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
  // An answer to HEAD has the length of what it leaves out.
  const length = headers['content-length'] ?? String(body.length);
  response.writeHead(status, { ...endToEnd(headers), 'content-length': length }).end(body);
}

/** What each connection says for itself is not passed on. */
function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const { 'transfer-encoding': _, connection: __, ...kept } = headers;
  return kept;
}

function half({ status, headers, body }: Answer, response: ServerResponse): void {
  // One byte more than there is, so that an empty answer breaks off too.
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
