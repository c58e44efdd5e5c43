// Refusals: what the domain says no to, by code. Nothing of HTTP; functions/problem.ts gives each code its status.

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

/** Stored bytes are missing or differ from what was recorded. The archive answers 500, and nothing was written. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}

/** Why a command was refused and what the caller should do; nothing was written. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  /** Members that a program can act on: candidates, the current revision, limits. */
  readonly details: Readonly<Record<string, unknown>>;
  constructor(code: RefusalCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
