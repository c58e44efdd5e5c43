// Rules that a recorded meeting, statement or opinion must keep as a whole, when recorded and after every correction.
import type { z } from 'zod';
import {
  attributionProblem,
  supports,
  type Certainty,
  type Evidence,
  type Party,
} from '../../events/shared-pieces.ts';
import { faultsOf, sentencesFor } from '../../events/problem-sentences.ts';
import { Refusal } from '../errors.ts';
import { differencesOf, locate, searchableTextOf } from '../evidence/locating.ts';
import { missingFrom, MAX_SEGMENTS, segmentCount } from '../evidence/content.ts';

/** The fields that the rules here look at. */
export interface CommonFields {
  readonly certainty: Certainty;
  readonly attributedBy: Party[];
  readonly content?: string;
  readonly original?: { readonly content: string; readonly evidence: Evidence };
}

/** Refuses fields that break a rule which one field alone can't show. */
export function checkFields(fields: CommonFields, schema: z.ZodType): void {
  const checked = schema.safeParse(fields, { error: sentencesFor('field') });
  if (!checked.success) {
    const issues = faultsOf(checked.error);
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

/** The most passages that one record may rest on, so that what a view keeps of it stays small. */
const MAX_EVIDENCE = 200;
/** And how much text they may be together, so that a thing can be answered, and its content searched for in them. */
const MAX_EVIDENCE_CHARACTERS = 200_000;

export function rejectTooMuch(evidence: readonly Evidence[]): void {
  const characters = evidence.reduce((sum, { exact }) => sum + exact.length, 0);
  if (evidence.length <= MAX_EVIDENCE && characters <= MAX_EVIDENCE_CHARACTERS) return;
  throw new Refusal(
    'invalid',
    `one record rests on at most ${MAX_EVIDENCE} passages and ${MAX_EVIDENCE_CHARACTERS} characters of them; this would make ${evidence.length} and ${characters}: quote less`,
  );
}

/** Refuses content that the passages of its evidence lack; in all three forms it is the source's own words. */
export function checkWords({ content, original }: CommonFields, evidence: readonly Evidence[]): void {
  rejectTooMuch(evidence);
  if (content !== undefined) {
    const bearing = evidence.filter((piece) => supports(piece) && (piece.for?.includes('content') ?? true));
    rejectMissing(content, bearing, 'content');
  }
  if (original) rejectMissing(original.content, [original.evidence], 'original.content');
}

function rejectMissing(content: string, evidence: readonly Evidence[], field: string): void {
  const segments = segmentCount(content);
  if (segments > MAX_SEGMENTS) {
    const detail = `must have at most ${MAX_SEGMENTS} segments between its … and [ ], and has ${segments}`;
    const pointer = `/${field.replace('.', '/')}`;
    throw new Refusal('invalid', `${field} ${detail}`, { errors: [{ pointer, detail }] });
  }
  const passages = evidence.map(({ exact }) => exact);
  const missing = missingFrom(content, passages);
  if (missing === undefined) return;
  throw new Refusal(
    'content-not-in-evidence',
    `${field} must be the source's own words, with … for omissions and [ ] for additions; ${lack(missing, passages, segments)}`,
    { field, missing },
  );
}

function lack(missing: string, passages: readonly string[], segments: number): string {
  if (segments === 0) return `this has no words of the source: ${missing}`;
  if (passages.length === 0) return 'no evidence is for it: name "content" in "for", or leave "for" out';
  return `no passage of the evidence has: ${missing}${difference(missing, passages)}`;
}

/** What the passages have in place of the words that are missing. */
function difference(missing: string, passages: readonly string[]): string {
  const located = passages.map((passage) => locate(searchableTextOf(passage), { exact: missing }));
  if (located.some(({ found }) => found !== 'none')) return ' after the words before it';
  const nearest = located.flatMap((place) => (place.found === 'none' ? (place.nearest ?? []) : []));
  const [least] = nearest.sort((left, right) => left.differences.length - right.differences.length);
  return least === undefined ? '' : `; the nearest differs: ${differencesOf(least)}`;
}
