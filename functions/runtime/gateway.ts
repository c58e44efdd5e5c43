// Translates events of API Gateway or a function URL (payload format 2.0) to requests, and responses to results.
import type { Alarm } from './alarm.ts';
import { checkHost } from '../api/support/host.ts';
import { Problem, problemResponse } from '../api/support/problem.ts';
import { reported } from '../api/support/reported.ts';

/** The fields of an event that the API reads. */
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

/** Returns the function's handler, which answers every failure with a problem document. */
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

/** @throws Problem if the embedded server would not accept the event as a request. */
function requestOf(event: GatewayEvent): Request {
  const { rawPath, rawQueryString = '', requestContext } = event;
  const { method } = requestContext.http;
  checkHost(event.headers['host'] ?? requestContext.domainName);
  const query = rawQueryString === '' ? '' : `?${rawQueryString.replaceAll('#', '%23')}`;
  const headers = headersOf(event.headers);
  // As on a server, the body of a GET is ignored.
  const body = method === 'GET' || method === 'HEAD' ? undefined : bytesOf(event);
  if (body) headers.set('content-length', String(body.length));
  const url = `https://${requestContext.domainName}${escaped(rawPath)}${query}`;
  try {
    return new Request(url, { method, headers, ...(body ? { body } : {}) });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Problem('invalid-request', `this is not a valid HTTP request: ${error.message}`);
  }
}

/**
 * Returns the path with `#`, `?` and `\` encoded again, because an HTTP API decodes the path and a function URL does not.
 * A decoded `#` or `?` would hide the query or become one.
 */
const escaped = (path: string): string => path.replaceAll(/[#?\\]/g, encodeURIComponent);

function headersOf(input: GatewayEvent['headers']): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue;
    try {
      headers.append(name, octetsOf(value));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new Problem(
        'invalid-request',
        `the header ${JSON.stringify(name)} has a name or value that HTTP does not allow: correct it`,
      );
    }
  }
  return headers;
}

/** Returns a header's octets, each as one character, as Node's server represents them. */
const octetsOf = (value: string): string => Buffer.from(value).toString('latin1');

function bytesOf({ body, isBase64Encoded = false }: GatewayEvent): Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined || body === '') return undefined;
  if (!isBase64Encoded) return new TextEncoder().encode(body);
  // Buffer.from skips characters that are not base64.
  if (body.length % 4 !== 0 || !/^[a-z\d+/]*={0,2}$/i.test(body))
    throw new Problem(
      'invalid-request',
      'isBase64Encoded is true, but the body is not base64: send valid base64',
    );
  return Uint8Array.from(Buffer.from(body, 'base64'));
}

/** Encodes the body as base64, because escaped text could exceed the 6 MB that a function may return. */
async function resultOf(response: Response): Promise<GatewayResult> {
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: bytes.toString('base64'),
    isBase64Encoded: true,
  };
}
