// Reads the JSON body of a request: checks its media type, size, encoding and depth.
import type { Context } from 'hono';
import { Problem } from './problem.ts';

/** The largest body in bytes: an article's text, or a bulk request. */
export const MAX_BODY_BYTES = 4 * 1_024 * 1_024;
/** How many levels deep its arrays and objects may nest; a correction in a bulk request needs eight. */
export const MAX_BODY_DEPTH = 32;

/**
 * Returns the parsed body.
 *
 * @throws Problem if the body is not uncompressed UTF-8 JSON, or is larger or deeper than the limits
 */
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
  rejectUnsafe(body);
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
 * Refuses bodies that are nested too deep, because validation is recursive, and members named `__proto__`, because
 * validation copies objects member by member.
 */
function rejectUnsafe(body: unknown): void {
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth++) {
    const nested = level.filter((value) => typeof value === 'object' && value !== null);
    if (nested.length > 0 && depth === MAX_BODY_DEPTH) {
      const detail = `the body is nested more than ${MAX_BODY_DEPTH} levels deep: send a flatter one`;
      throw new Problem('invalid', detail, { limit: MAX_BODY_DEPTH, errors: [{ pointer: '', detail }] });
    }
    if (nested.some((value) => Object.hasOwn(value, '__proto__'))) {
      const detail = 'unknown field "__proto__"';
      throw new Problem('invalid', `the body: ${detail}`, { errors: [{ pointer: '', detail }] });
    }
    level = nested.flatMap((value) => Object.values(value) as unknown[]);
  }
}

/**
 * Refuses compressed bodies, because a small one can expand to gigabytes. Node also leaves transfer codings other than
 * chunked undecoded.
 */
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

/** Reads the body at once if Content-Length announces its size; otherwise in chunks, up to the limit. */
async function readBytes(c: Context): Promise<Uint8Array> {
  const announced = c.req.header('content-length');
  if (Number(announced ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  try {
    return await (announced === undefined ? readChunks(c) : c.req.arrayBuffer().then(asBytes));
  } catch (error) {
    if (error instanceof Problem) throw error;
    // Only a lost connection fails here, so the operator needs no report.
    throw new Problem('invalid-request', 'the body ended early: send it again');
  }
}

async function readChunks(c: Context): Promise<Uint8Array> {
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
    `the body has more than ${MAX_BODY_BYTES} bytes: send fewer records at once, or a shorter text`,
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
