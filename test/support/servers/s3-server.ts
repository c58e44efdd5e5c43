// An S3 server with objects in memory and path-style addresses. It honours conditional writes, which no S3 emulator on
// npm does. It accepts plain and aws-chunked bodies, and checks checksums.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';

export interface S3Server {
  readonly endpoint: string;
  /** Returns `/bucket/key` of each object. */
  keys(): string[];
  close(): Promise<void>;
}

interface Stored {
  readonly bytes: Buffer;
  readonly etag: string;
  /** Content type, cache control and x-amz-meta-…, as received. */
  readonly headers: Record<string, string>;
}

/** Starts the server. Each bucket exists already. */
export async function startS3Server(port = 0): Promise<S3Server> {
  const objects = new Map<string, Stored>();
  const server = createServer((request, response) => {
    void answer(objects, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys: () => [...objects.keys()],
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  objects: Map<string, Stored>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://s3');
  const path = decodeURIComponent(url.pathname);
  const body = bodyOf(request, await buffer(request));
  // Nothing is awaited from here on, so each write is atomic and its conditions hold when it is made.
  const key = /^\/[^/]+\/(.+)$/s.test(path);
  if (!key && request.method === 'GET') return list(objects, path.replaceAll('/', ''), url, response);
  // Each bucket exists, and creating it changes nothing.
  if (!key)
    return void response.writeHead(request.method === 'HEAD' || request.method === 'PUT' ? 200 : 405).end();
  const existing = objects.get(path);
  switch (request.method) {
    case 'PUT':
      return put(objects, path, request, body, response);
    case 'GET':
    case 'HEAD':
      if (!existing) return refuse(response, 404, request.method === 'GET' ? 'NoSuchKey' : undefined);
      return give(request, existing, response);
    case 'DELETE':
      objects.delete(path);
      return void response.writeHead(204).end();
    default:
      return refuse(response, 405, 'MethodNotAllowed');
  }
}

function put(
  objects: Map<string, Stored>,
  path: string,
  request: IncomingMessage,
  body: Body | undefined,
  response: ServerResponse,
): void {
  if (!body) return refuse(response, 400, 'IncompleteBody');
  if (body.crc32 !== undefined && body.crc32 !== crc32Of(body.bytes))
    return refuse(response, 400, 'BadDigest');
  const existing = objects.get(path);
  const { 'if-none-match': ifNoneMatch, 'if-match': ifMatch } = request.headers;
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') return refuse(response, 501, 'NotImplemented');
  if (ifNoneMatch === '*' && existing) return refuse(response, 412, 'PreconditionFailed');
  if (ifMatch !== undefined && !existing) return refuse(response, 404, 'NoSuchKey');
  if (ifMatch !== undefined && ifMatch !== existing?.etag) return refuse(response, 412, 'PreconditionFailed');
  const etag = `"${createHash('md5').update(body.bytes).digest('hex')}"`;
  const kept = Object.entries(request.headers).filter(
    ([name]) => name === 'content-type' || name === 'cache-control' || name.startsWith('x-amz-meta-'),
  );
  objects.set(path, { bytes: body.bytes, etag, headers: Object.fromEntries(kept) as Record<string, string> });
  response.writeHead(200, { ETag: etag, 'x-amz-checksum-crc32': crc32Of(body.bytes) }).end();
}

function give(
  { method, headers }: IncomingMessage,
  { bytes, etag, headers: kept }: Stored,
  response: ServerResponse,
): void {
  if (headers['if-none-match'] === etag) return void response.writeHead(304, { ETag: etag }).end();
  const checksum =
    headers['x-amz-checksum-mode'] === 'ENABLED' ? { 'x-amz-checksum-crc32': crc32Of(bytes) } : {};
  response.writeHead(200, { ...kept, ...checksum, ETag: etag, 'Content-Length': bytes.length });
  response.end(method === 'HEAD' ? undefined : bytes);
}

/** Answers ListObjectsV2 with all keys of a prefix, on one page. */
function list(objects: Map<string, Stored>, bucket: string, url: URL, response: ServerResponse): void {
  const start = `/${bucket}/${url.searchParams.get('prefix') ?? ''}`;
  const found = [...objects]
    .filter(([path]) => path.startsWith(start))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const contents = found.map(([path, { bytes, etag }]) => {
    const key = escape(path.slice(bucket.length + 2));
    return `<Contents><Key>${key}</Key><Size>${bytes.length}</Size><ETag>${escape(etag)}</ETag></Contents>`;
  });
  response.writeHead(200, { 'Content-Type': 'application/xml' });
  response.end(
    `<ListBucketResult><Name>${bucket}</Name><KeyCount>${found.length}</KeyCount><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`,
  );
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

function refuse(response: ServerResponse, status: number, code: string | undefined): void {
  response.writeHead(status, { 'Content-Type': 'application/xml' });
  response.end(code && `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

interface Body {
  readonly bytes: Buffer;
  /** Base64, from a header or a trailer. */
  readonly crc32: string | undefined;
}

/** Decodes a body; undefined if it is incomplete. */
function bodyOf({ headers }: IncomingMessage, raw: Buffer): Body | undefined {
  const header = headers['x-amz-checksum-crc32'] as string | undefined;
  if (!/aws-chunked/.test(headers['content-encoding'] ?? '')) return { bytes: raw, crc32: header };
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const end = raw.indexOf('\r\n', at);
    if (end === -1) return undefined;
    const size = Number.parseInt(raw.toString('latin1', at, end), 16);
    if (size === 0) {
      const trailer = /x-amz-checksum-crc32:\s*(\S+)/i.exec(raw.toString('latin1', end))?.[1];
      return { bytes: Buffer.concat(chunks), crc32: trailer ?? header };
    }
    if (Number.isNaN(size) || end + size + 4 > raw.length) return undefined;
    chunks.push(raw.subarray(end + 2, end + 2 + size));
    at = end + size + 4;
  }
}

function crc32Of(bytes: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString('base64');
}
