// Errors as RFC 9457 problem details. Each has a stable `type`, urn:chancery:problem:<code>, and says what to do.
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import { isThrottling } from '../../../adapters/throttling.ts';
import { faultsOf, sentencesFor } from '../../../events/problem-sentences.ts';
import { Damaged, Refusal, type RefusalCode } from '../../../domain/errors.ts';

/** The codes of the domain's refusals, and of errors of the HTTP layer. */
export type ProblemCode =
  | RefusalCode
  | 'malformed-json'
  | 'not-utf-8'
  | 'invalid-request'
  | 'unusable-subject'
  | 'no-such-path'
  | 'method-not-allowed'
  | 'body-too-large'
  | 'head-too-large'
  | 'request-timeout'
  | 'unsupported-media-type'
  | 'misdirected'
  | 'not-published'
  | 'damaged'
  | 'internal-error';

export const problems: Readonly<Record<ProblemCode, { readonly status: number; readonly title: string }>> = {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'not-utf-8': { status: 400, title: 'The body is not UTF-8' },
  'invalid-request': { status: 400, title: 'A parameter or a header is not valid' },
  'unusable-subject': { status: 401, title: 'Events cannot keep this subject' },
  'no-such-path': { status: 404, title: 'The path does not exist' },
  'not-found': { status: 404, title: 'The archive has nothing with this name' },
  'method-not-allowed': { status: 405, title: 'The path does not accept this method' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'already-exists': { status: 409, title: 'It already exists with other content' },
  'not-possible-now': { status: 409, title: 'Its current state does not allow this' },
  'not-published': { status: 409, title: 'The log does not have the event yet' },
  'rebuild-running': { status: 409, title: 'A rebuild of the read models has not ended' },
  'rebuild-not-waiting': { status: 409, title: 'The rebuild has no drift to accept' },
  'rebuild-over': { status: 409, title: 'The rebuild has ended' },
  'no-way-back': { status: 409, title: 'The rollback target is unavailable' },
  'article-withdrawn': { status: 410, title: 'The article was withdrawn' },
  'revision-mismatch': { status: 412, title: 'Its revision is not the expected one' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'too-large': { status: 413, title: 'The event would be too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be uncompressed JSON' },
  'head-too-large': { status: 431, title: 'The address or the headers are too large' },
  misdirected: { status: 421, title: 'The request names another host' },
  invalid: { status: 422, title: 'The body is not valid' },
  'unknown-reference': { status: 422, title: 'A reference names something that the archive does not have' },
  'reference-retracted': { status: 422, title: 'A reference names something that is retracted' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used with another body' },
  loop: { status: 422, title: 'The references would form a cycle' },
  'passage-not-found': { status: 422, title: 'The passage is not in its source' },
  'passage-ambiguous': { status: 422, title: 'The passage is in its source more than once' },
  'content-not-in-evidence': { status: 422, title: 'The content is not in its evidence' },
  'not-in-source': { status: 422, title: 'A field is not printed in its source' },
  'not-quoted': { status: 422, title: 'The words are not direct speech in their source' },
  'in-the-future': { status: 422, title: 'The date is in the future' },
  'last-evidence': { status: 422, title: 'The last supporting evidence cannot be withdrawn' },
  behind: { status: 503, title: 'The read model is behind the requested position' },
  'not-ready': { status: 503, title: 'The first generation of read models is not complete' },
  busy: { status: 503, title: 'The archive is busy' },
  damaged: { status: 500, title: 'Stored bytes are damaged' },
  'internal-error': { status: 500, title: 'The archive failed internally' },
};

/** An error that the API answers with a problem document. */
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

/** Seconds after which a client should retry, for errors that are temporary. */
const RETRY_SECONDS: Partial<Record<ProblemCode, number>> = { busy: 1, behind: 1, 'not-ready': 5 };

function retryAfter(code: ProblemCode): Record<string, string> {
  const seconds = RETRY_SECONDS[code];
  return seconds === undefined ? {} : { 'Retry-After': String(seconds) };
}

/** Advice for a failure that may have happened after a commit: a retry without the key could write twice. */
const AFTER_FAILURE =
  'A write may or may not have been applied: retry with the same Idempotency-Key, or read first if you sent no key';

export interface ProblemDocument {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** Returns the problem document of an error. The details of an unexpected error stay in the log. */
export function problemOf(error: unknown): ProblemDocument {
  if (error instanceof Problem) return describe(error.code, error.message, error.details, error.headers);
  if (error instanceof Refusal)
    return describe(error.code, error.message, error.details, retryAfter(error.code));
  if (error instanceof HTTPException) return describe('invalid-request', error.message, {}, {});
  if (error instanceof Damaged) return describe('damaged', error.message, {}, {});
  if (isThrottling(error))
    return describe(
      'busy',
      `The store throttles requests; try again. ${AFTER_FAILURE}`,
      {},
      retryAfter('busy'),
    );
  return describe(
    'internal-error',
    `The archive failed; the request id leads to the cause in its log. ${AFTER_FAILURE}`,
    {},
    {},
  );
}

function describe(
  code: ProblemCode,
  detail: string,
  details: object,
  headers: Readonly<Record<string, string>>,
): ProblemDocument {
  const { status, title } = problems[code];
  return {
    status,
    headers,
    body: { type: `urn:chancery:problem:${code}`, title, status, detail, ...details },
  };
}

export function answerProblem(c: Context, { status, headers, body }: ProblemDocument): Response {
  return c.body(JSON.stringify(body), { status: status as 400, headers: { ...headers, ...PROBLEM_TYPE } });
}

/** Returns a problem as a new response, for requests that failed before they reached the API. */
export const problemResponse = ({ status, headers, body }: ProblemDocument): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, ...PROBLEM_TYPE, 'X-Content-Type-Options': 'nosniff' },
  });

const PROBLEM_TYPE = { 'Content-Type': 'application/problem+json' };

/**
 * Returns the parsed value.
 *
 * @throws Problem that lists every fault with its JSON Pointer
 */
export function validated<S extends z.ZodType>(
  schema: S,
  value: unknown,
  code: 'invalid' | 'invalid-request',
): z.output<S> {
  const parsed = schema.safeParse(value, {
    error: sentencesFor(code === 'invalid' ? 'field' : 'parameter'),
  });
  if (parsed.success) return parsed.data;
  const errors = faultsOf(parsed.error);
  const [first] = errors;
  throw new Problem(
    code,
    `${first?.pointer || (code === 'invalid' ? 'the body' : 'the query')}: ${first?.detail}`,
    { errors },
  );
}
