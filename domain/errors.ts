// The errors of the domain. functions/api/support/problem.ts maps each refusal code to an HTTP status.

export type RefusalCode =
  | 'invalid'
  | 'not-found'
  | 'unknown-reference'
  | 'reference-retracted'
  | 'revision-mismatch'
  | 'idempotency-key-reused'
  | 'already-exists'
  | 'not-possible-now'
  | 'loop'
  | 'passage-not-found'
  | 'passage-ambiguous'
  | 'content-not-in-evidence'
  | 'not-in-source'
  | 'not-quoted'
  | 'in-the-future'
  | 'last-evidence'
  | 'article-withdrawn'
  | 'too-large'
  | 'behind'
  | 'not-ready'
  | 'rebuild-running'
  | 'rebuild-not-waiting'
  | 'rebuild-over'
  | 'no-way-back'
  | 'busy';

/** Reports stored bytes that are missing or altered. The API answers 500. Nothing was written. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}

/** Reports why a command or a query is refused and what the caller can do. Nothing was written. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  /** Values that a client can act on, such as candidates, the current revision or a limit. */
  readonly details: Readonly<Record<string, unknown>>;
  constructor(code: RefusalCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
