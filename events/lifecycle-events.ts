// Events that meetings, statements and opinions share: corrected, retracted, evidence added or withdrawn.
import { z } from 'zod';
import {
  articleId,
  evidence,
  evidenceInput,
  evidenceList,
  MAX,
  part,
  stance,
  text,
  type EvidenceSchema,
} from './shared-pieces.ts';

export const cause = z.enum(['coding-error', 'new-evidence', 'source-corrected']);

type Fields = Record<string, z.ZodType>;
/** New values of fields. `null` removes an optional field. */
export type Changes<F extends Fields> = { [K in keyof F]?: z.output<F[K]> | null };

/** Returns the schema of `changes` to these fields: a JSON Merge Patch (RFC 7396) of one level. */
export function changes<F extends Fields>(fields: F) {
  return z.strictObject(shapeOf(fields)) as unknown as z.ZodType<Changes<F>>;
}

/** Changes to these fields, beside evidence of their own. */
export function changesWithEvidence<F extends Fields, E extends EvidenceSchema>(fields: F, piece: E) {
  const schema = z.strictObject({ ...shapeOf(fields), evidence: evidenceList(piece) });
  return schema as unknown as z.ZodType<Changes<F> & { evidence: z.output<E>[] }>;
}

function shapeOf(fields: Fields): Record<string, z.ZodType> {
  const shape: Record<string, z.ZodType> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (field instanceof z.ZodExactOptional)
      shape[name] = z.nullable(field.unwrap() as z.ZodType).exactOptional();
    else if (field instanceof z.ZodDefault) shape[name] = (field.unwrap() as z.ZodType).exactOptional();
    else shape[name] = field.exactOptional();
  }
  return shape;
}

/** Returns the schema of a correction, which contains only changed fields. `reinstates` reverts a retraction. */
export function correctionOf<F extends Fields, E extends EvidenceSchema>(fields: F, piece: E) {
  return z.strictObject({
    cause,
    reason: text(2_000),
    changes: changes(fields),
    reinstates: z.literal(true).exactOptional(),
    evidence: z.array(piece).max(MAX.evidence).default([]),
  });
}

export const retraction = z.strictObject({ reason: text(2_000) });
export const evidenceAdditionInput = z.strictObject({
  evidence: z.array(evidenceInput).min(1).max(MAX.evidence),
});

/** Identifies one recorded piece of evidence by its words, and by `start` if the same words are recorded twice. */
export const evidenceWithdrawal = z.strictObject({
  articleId,
  exact: text(20_000),
  in: part.exactOptional(),
  start: z.int().min(0).exactOptional(),
  reason: text(2_000),
});
/** A recorded withdrawal also contains the start and the stance of the piece. */
const evidenceWithdrawn = evidenceWithdrawal.extend({
  start: z.int().min(0),
  stance: stance.exactOptional(),
});

/** Returns the four shared events with the type names of one kind of record. */
export function lifeOf<N extends string, F extends Fields>(name: N, fields: F) {
  const events = {
    [`${name}Corrected`]: correctionOf(fields, evidence),
    [`${name}Retracted`]: retraction,
    [`${name}EvidenceAdded`]: z.strictObject({ evidence: z.array(evidence).min(1).max(MAX.evidence) }),
    [`${name}EvidenceWithdrawn`]: evidenceWithdrawn,
  };
  return events as Record<`${N}Corrected`, ReturnType<typeof correctionOf<F, typeof evidence>>> &
    Record<`${N}Retracted`, typeof retraction> &
    Record<`${N}EvidenceAdded`, z.ZodObject<{ evidence: z.ZodArray<typeof evidence> }, z.core.$strict>> &
    Record<`${N}EvidenceWithdrawn`, typeof evidenceWithdrawn>;
}

export type Correction<F extends Fields> = z.output<ReturnType<typeof correctionOf<F, typeof evidence>>>;
export type Retraction = z.output<typeof retraction>;
export type EvidenceWithdrawal = z.output<typeof evidenceWithdrawn>;
