// Errors as RFC 9457 problem details. Each has a stable `type`, urn:chancery:problem:<code>, and says what to do.
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import { Damaged, Refusal, type RefusalCode } from '../../domain/errors.ts';

/** What HTTP itself refuses, beside what the domain refuses. */
export type ProblemCode =
  | RefusalCode
  | 'malformed-json'
  | 'not-utf-8'
  | 'invalid-request'
  | 'no-such-path'
  | 'method-not-allowed'
  | 'body-too-large'
  | 'head-too-large'
  | 'unsupported-media-type'
  | 'misdirected'
  | 'not-published'
  | 'damaged'
  | 'internal-error';

export const problems: Readonly<Record<ProblemCode, { readonly status: number; readonly title: string }>> = {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'not-utf-8': { status: 400, title: 'The body is not UTF-8' },
  'invalid-request': { status: 400, title: 'A parameter or a header is not valid' },
  'no-such-path': { status: 404, title: 'There is nothing at this path' },
  'not-found': { status: 404, title: 'The archive has no such thing' },
  'method-not-allowed': { status: 405, title: 'This path does not take this method' },
  'already-exists': { status: 409, title: 'It exists already and says something else' },
  'not-possible-now': { status: 409, title: 'Its history does not allow this now' },
  'not-published': { status: 409, title: 'The log does not have it yet' },
  'rebuild-running': { status: 409, title: 'A rebuild of this read model is not over' },
  'rebuild-not-waiting': { status: 409, title: 'The rebuild does not wait for anybody' },
  'rebuild-over': { status: 409, title: 'The rebuild is over' },
  'no-way-back': { status: 409, title: 'Readers cannot go back to this now' },
  'article-withdrawn': { status: 410, title: 'The article was withdrawn' },
  'revision-mismatch': { status: 412, title: 'It is at another revision' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'too-large': { status: 413, title: 'The event would be too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON' },
  'head-too-large': { status: 431, title: 'The address or the headers are too large' },
  misdirected: { status: 421, title: 'This server does not answer to that name' },
  invalid: { status: 422, title: 'The body is not valid' },
  'unknown-reference': { status: 422, title: 'It refers to something that the archive does not have' },
  'reference-retracted': { status: 422, title: 'It refers to something that is retracted' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key came with another body before' },
  loop: { status: 422, title: 'It would be part of itself' },
  'passage-not-found': { status: 422, title: 'The passage is not in its source' },
  'passage-ambiguous': { status: 422, title: 'The passage is in its source more than once' },
  'content-not-in-evidence': { status: 422, title: 'The content is not in its evidence' },
  'last-evidence': { status: 422, title: 'It is the last evidence that supports this' },
  behind: { status: 503, title: 'The read model is not as far yet' },
  busy: { status: 503, title: 'Too many write this at once' },
  damaged: { status: 500, title: 'Stored bytes are damaged' },
  'internal-error': { status: 500, title: 'The archive failed' },
};

/** An error that HTTP answers as a problem. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    code: ProblemCode,
    detail: string,
    details: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ) {
    super(detail);
    this.code = code;
    this.details = details;
    this.headers = headers;
  }
}

/** What may well succeed a moment later. */
const RETRY: ReadonlySet<string> = new Set(['busy', 'behind']);

/** The members of a problem document for an error; anything unforeseen is a 500 that gives nothing away. */
export function problemOf(error: unknown): {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: object;
} {
  if (!(error instanceof Problem) && !(error instanceof Refusal)) {
    if (error instanceof Damaged) return describe('damaged', error.message, {}, {});
    if (error instanceof HTTPException) return describe('invalid-request', error.message, {}, {});
    return describe(
      'internal-error',
      'nothing is known to be written; try again, with an Idempotency-Key',
      {},
      {},
    );
  }
  const headers =
    error instanceof Problem ? error.headers : RETRY.has(error.code) ? { 'Retry-After': '1' } : {};
  return describe(error.code, error.message, error.details, headers);
}

function describe(
  code: ProblemCode,
  detail: string,
  details: object,
  headers: Readonly<Record<string, string>>,
) {
  const { status, title } = problems[code];
  return {
    status,
    headers,
    body: { type: `urn:chancery:problem:${code}`, title, status, detail, ...details },
  };
}

export function answerProblem(c: Context, error: unknown): Response {
  const { status, headers, body } = problemOf(error);
  return c.body(JSON.stringify(body), {
    status: status as 400,
    headers: { ...headers, 'Content-Type': 'application/problem+json' },
  });
}

/** Throws a Problem that lists every fault, each with its JSON Pointer. */
export function validated<S extends z.ZodType>(
  schema: S,
  value: unknown,
  code: 'invalid' | 'invalid-request',
): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({
    pointer: pointerOf(issue.path),
    detail: detailOf(issue, value, code === 'invalid' ? 'field' : 'parameter'),
  }));
  const [first] = errors;
  throw new Problem(
    code,
    `${first?.pointer || (code === 'invalid' ? 'the body' : 'the query')}: ${first?.detail}`,
    { errors },
  );
}

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** In the caller's words: a schema's own speak of JavaScript where a field or a parameter is unknown or missing. */
function detailOf(issue: z.core.$ZodIssue, value: unknown, member: string): string {
  if (issue.code === 'unrecognized_keys')
    return `unknown ${member} ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
  const isMissing = issue.path.length > 0 && memberAt(value, issue.path) === undefined;
  if (!isMissing) return issue.message;
  return issue.code === 'invalid_value'
    ? `is missing: one of ${issue.values.map((each) => JSON.stringify(each)).join(', ')}`
    : 'is missing';
}

const memberAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
