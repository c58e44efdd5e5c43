// Reads the JSON body of a request from its raw bytes: bounded in bytes and depth, fatal where it isn't UTF-8.
import type { Context } from 'hono';
import { Problem } from './problem.ts';

/** The most bytes that a body can have: an article's text, or a batch of records. */
export const MAX_BODY_BYTES = 4 * 1_024 * 1_024;
/** How deep its arrays and objects may be nested; a correction within a batch needs eight. */
export const MAX_BODY_DEPTH = 32;

export async function readJson(c: Context): Promise<unknown> {
  rejectCompressed(c);
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/(?:json|[\w.+-]+\+json)\s*(?:;|$)/i.test(type)) {
    throw new Problem(
      'unsupported-media-type',
      'send the body as application/json',
      {},
      { Accept: 'application/json' },
    );
  }
  const body = parse(decode(await readBytes(c)));
  rejectOdd(body);
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new Problem('malformed-json', `the body is not JSON: ${error.message}`);
    throw error;
  }
}

/**
 * What follows walks a body by recursion, and copies objects member by member: neither ends well for a body that is
 * nested without bound, or for a member that names the prototype.
 */
function rejectOdd(body: unknown): void {
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth++) {
    const nested = level.filter((value) => typeof value === 'object' && value !== null);
    if (nested.length > 0 && depth === MAX_BODY_DEPTH) {
      const detail = `a body is nested at most ${MAX_BODY_DEPTH} levels deep`;
      throw new Problem('invalid', detail, { limit: MAX_BODY_DEPTH, errors: [{ pointer: '', detail }] });
    }
    if (nested.some((value) => Object.hasOwn(value, '__proto__'))) {
      const detail = 'unknown field "__proto__"';
      throw new Problem('invalid', `the body: ${detail}`, { errors: [{ pointer: '', detail }] });
    }
    level = nested.flatMap((value) => Object.values(value) as unknown[]);
  }
}

/** A small compressed body can become gigabytes; and Node leaves other transfer codings than chunked undecoded. */
function rejectCompressed(c: Context): void {
  const codings = [c.req.header('content-encoding'), c.req.header('transfer-encoding')].join().toLowerCase();
  const coding = codings.split(/[\s,]+/).find((each) => !['', 'identity', 'chunked'].includes(each));
  if (coding === undefined) return;
  throw new Problem(
    'unsupported-media-type',
    `the body is compressed (${coding}): send it as it is, without Content-Encoding`,
    {},
    { 'Accept-Encoding': 'identity' },
  );
}

/** Reads it at once if Content-Length says how much there is; else in pieces, and no further than the limit. */
async function readBytes(c: Context): Promise<Uint8Array> {
  const announced = c.req.header('content-length');
  if (Number(announced ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  try {
    return await (announced === undefined ? readPieces(c) : c.req.arrayBuffer().then(asBytes));
  } catch (error) {
    if (error instanceof Problem) throw error;
    // Only the connection can fail here. Its client has gone, so there is no error to report.
    throw new Problem('invalid-request', 'the body ended before it was whole: send it again');
  }
}

async function readPieces(c: Context): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (c.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function asBytes(buffer: ArrayBuffer): Uint8Array {
  if (buffer.byteLength > MAX_BODY_BYTES) throw tooLarge();
  return new Uint8Array(buffer);
}

const tooLarge = (): Problem =>
  new Problem(
    'body-too-large',
    `a body has at most ${MAX_BODY_BYTES} bytes: send fewer records at once, or a shorter text`,
    {
      limit: MAX_BODY_BYTES,
    },
  );

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError)
      throw new Problem('not-utf-8', 'the body is not UTF-8: encode it as UTF-8');
    throw error;
  }
}
