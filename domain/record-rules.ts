// Rules that a recorded meeting, statement or opinion must keep as a whole, when recorded and after every correction.
import type { z } from 'zod';
import { attributionProblem, supports, type Certainty, type Evidence, type Party } from '../events/pieces.ts';
import { Refusal } from './errors.ts';
import { missingFrom } from './evidence.ts';

/** The fields that the rules here look at. */
export interface CommonFields {
  readonly certainty: Certainty;
  readonly attributedBy: Party[];
  readonly content?: string;
  readonly original?: { readonly content: string; readonly evidence: Evidence };
}

/** Refuses fields that break a rule which one field alone can't show. */
export function checkFields(fields: CommonFields, schema: z.ZodType): void {
  const checked = schema.safeParse(fields);
  if (!checked.success) {
    const issues = checked.error.issues.map(({ path, message }) => ({
      pointer: `/${path.join('/')}`,
      detail: message,
    }));
    throw new Refusal(
      'invalid',
      `after this it would not be valid: ${issues[0]?.pointer} ${issues[0]?.detail}`,
      { errors: issues },
    );
  }
  const problem = attributionProblem(fields);
  if (problem)
    throw new Refusal('invalid', problem, { errors: [{ pointer: '/attributedBy', detail: problem }] });
}

/** Refuses content that the passages of its evidence lack; in all three forms it is the source's own words. */
export function checkWords({ content, original }: CommonFields, evidence: readonly Evidence[]): void {
  if (content !== undefined) {
    const bearing = evidence.filter((piece) => supports(piece) && (piece.for?.includes('content') ?? true));
    refuseMissing(content, bearing, 'content');
  }
  if (original) refuseMissing(original.content, [original.evidence], 'original.content');
}

function refuseMissing(content: string, evidence: readonly Evidence[], field: string): void {
  const missing = missingFrom(
    content,
    evidence.map(({ exact }) => exact),
  );
  if (missing === undefined) return;
  throw new Refusal(
    'content-not-in-evidence',
    `${field} must be the source's own words, with … for omissions and [ ] for additions; no passage of the evidence has: ${missing}`,
    { field, missing },
  );
}
