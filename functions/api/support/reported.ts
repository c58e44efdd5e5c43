// Reports server errors to the operator. The response and the log line carry one request id.
import { randomUUID } from 'node:crypto';
import { Refusal } from '../../../domain/errors.ts';
import { problemOf, type ProblemDocument } from './problem.ts';

interface Failed {
  readonly method: string;
  readonly path: string;
}

/**
 * Returns the problem document of an error. Reports the error if the status is 500 or higher, except `not-ready`, which
 * all reads return until the first generation is complete.
 */
export function reported(
  error: unknown,
  { method, path }: Failed,
  report: (what: string, error: unknown) => void,
): ProblemDocument {
  const problem = problemOf(error);
  if (problem.status < 500 || (error instanceof Refusal && error.code === 'not-ready')) return problem;
  const requestId = randomUUID();
  report(`${method} ${path} failed (request ${requestId})`, error);
  return { ...problem, body: { ...problem.body, requestId } };
}
