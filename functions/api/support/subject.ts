// Who makes a request, if every event can keep that subject.
import type { Context } from 'hono';
import { isSubject, MAX_SUBJECT } from '../../../events/envelope.ts';
import type { ApiContext } from '../api-context.ts';
import { Problem } from './problem.ts';

/** Throws Problem for a subject that no event can hold, so that the request fails before it does anything. */
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
