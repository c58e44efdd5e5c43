// Determines the subject of a request.
import type { Context } from 'hono';
import { isSubject, MAX_SUBJECT } from '../../../events/envelope.ts';
import type { ApiContext } from '../api-context.ts';
import { Problem } from './problem.ts';

/**
 * Returns the subject of a request.
 *
 * @throws Problem if events cannot hold the subject, so that the request fails before it writes
 */
export function subjectOf({ identify }: Pick<ApiContext, 'identify'>, c: Context): string {
  const subject = identify(c);
  if (isSubject(subject)) return subject;
  throw new Problem(
    'unusable-subject',
    `the subject that you signed in with has ${subject.length} characters; every event keeps who recorded it, as 1 to ${MAX_SUBJECT} characters of well-formed Unicode: sign in with another identity`,
    { limit: MAX_SUBJECT },
    { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  );
}
