// Reports server errors to the operator, and gives the response and the log line one request id.
import type { ApiArchive } from './archive.ts';
import { failureOf, problemOf, withRequestId, type ProblemDocument } from './problem.ts';
import type { Handled } from './route.ts';

/** Returns the problem document of an error. Reports it if it is a server error. */
export function reported(
  c: Handled,
  { ids, report }: Pick<ApiArchive, 'ids' | 'report'>,
  error: unknown,
): ProblemDocument {
  const problem = problemOf(error);
  if (problem.status < 500) return problem;
  const requestId = c.get('requestId') ?? ids.fresh();
  c.set('requestId', requestId);
  report(failureOf(c.req.method, c.req.path, requestId), error);
  return withRequestId(problem, requestId);
}
