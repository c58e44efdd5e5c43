// HTTP between API Gateway, or a function URL, and the API: events of payload format 2.0 to requests, responses to results.
import type { Alarm } from './alarm.ts';
import { checkHost } from '../api/support/host.ts';
import { Problem, problemResponse } from '../api/support/problem.ts';
import { reported } from '../api/support/reported.ts';

/** What the API reads of an event. */
export interface GatewayEvent {
  readonly rawPath: string;
  readonly rawQueryString?: string;
  /** Names in lower case; values of a header that was sent more than once are joined with commas. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly requestContext: {
    readonly domainName: string;
    readonly http: { readonly method: string };
    readonly authorizer?: {
      readonly jwt?: { readonly claims: { readonly sub?: unknown } };
      readonly iam?: { readonly userArn?: string };
    };
  };
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

export interface GatewayResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

interface Api {
  readonly fetch: (request: Request, env: { readonly event: GatewayEvent }) => Response | Promise<Response>;
}

/** Makes the function's handler, which answers every failure as a problem. */
export const gatewayHandler =
  (api: Api, alarm: Alarm) =>
  async (event: GatewayEvent): Promise<GatewayResult> => {
    try {
      return await resultOf(await api.fetch(requestOf(event), { event }));
    } catch (error) {
      const { method } = event.requestContext.http;
      return resultOf(problemResponse(reported(error, { method, path: event.rawPath }, alarm)));
    }
  };

/** Throws Problem if the event is no request that the embedded server would accept. */
function requestOf(event: GatewayEvent): Request {
  const { rawPath, rawQueryString = '', requestContext } = event;
  const { method } = requestContext.http;
  checkHost(event.headers['host'] ?? requestContext.domainName);
  const query = rawQueryString === '' ? '' : `?${rawQueryString.replaceAll('#', '%23')}`;
  const headers = headersOf(event.headers);
  // As on a server: a GET may come with a body, which means nothing.
  const body = method === 'GET' || method === 'HEAD' ? undefined : bytesOf(event);
  if (body) headers.set('content-length', String(body.length));
  const url = `https://${requestContext.domainName}${escaped(rawPath)}${query}`;
  try {
    return new Request(url, { method, headers, ...(body ? { body } : {}) });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Problem('invalid-request', `this is no request that the archive can read: ${error.message}`);
  }
}

/**
 * An HTTP API decodes the path, a function URL does not. What would end a path is encoded again, so that a decoded `#` or
 * `?` neither hides the query nor becomes one.
 */
const escaped = (path: string): string => path.replaceAll(/[#?\\]/g, encodeURIComponent);

function headersOf(given: GatewayEvent['headers']): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    try {
      headers.append(name, octetsOf(value));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new Problem('invalid-request', `the header ${JSON.stringify(name)} is not one that HTTP allows`);
    }
  }
  return headers;
}

/** A header is octets, each written as one character, as Node's own server has them. */
const octetsOf = (value: string): string => Buffer.from(value).toString('latin1');

function bytesOf({ body, isBase64Encoded = false }: GatewayEvent): Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined || body === '') return undefined;
  if (!isBase64Encoded) return new TextEncoder().encode(body);
  // Node skips what is not base64.
  if (body.length % 4 !== 0 || !/^[a-z\d+/]*={0,2}$/i.test(body))
    throw new Problem('invalid-request', 'the body is said to be base64, and is not');
  return Uint8Array.from(Buffer.from(body, 'base64'));
}

/** Sent as base64, so that no text is escaped past the 6 MB that a function may answer. */
async function resultOf(response: Response): Promise<GatewayResult> {
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: bytes.toString('base64'),
    isBase64Encoded: true,
  };
}
