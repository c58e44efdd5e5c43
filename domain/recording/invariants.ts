// Rules on all fields of a record together. They apply to a new record and after every correction.
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

/** The fields that these rules check. */
export interface CommonFields {
  readonly certainty: Certainty;
  readonly attributedBy: Party[];
  readonly content?: string;
  readonly original?: { readonly content: string; readonly evidence: Evidence };
}

/** Checks the rules that need more than one field. @throws Refusal */
export function checkFields(fields: CommonFields, schema: z.ZodType): void {
  const checked = schema.safeParse(fields, { error: sentencesFor('field') });
  if (!checked.success) {
    const issues = faultsOf(checked.error);
    throw new Refusal(
      'invalid',
      `the resulting record would be invalid: ${issues[0]?.pointer} ${issues[0]?.detail}`,
      { errors: issues },
    );
  }
  const problem = attributionProblem(fields);
  if (problem)
    throw new Refusal('invalid', problem, { errors: [{ pointer: '/attributedBy', detail: problem }] });
}

/** The maximum number of passages in a record. It bounds the size of the rows in the read models. */
const MAX_EVIDENCE = 200;
/** The maximum total length of the passages. It bounds the size of an answer and the time to search the passages. */
const MAX_EVIDENCE_CHARACTERS = 200_000;

export function rejectTooMuch(evidence: readonly Evidence[]): void {
  const characters = evidence.reduce((sum, { exact }) => sum + exact.length, 0);
  if (evidence.length <= MAX_EVIDENCE && characters <= MAX_EVIDENCE_CHARACTERS) return;
  throw new Refusal(
    'invalid',
    `a record has at most ${MAX_EVIDENCE} passages with ${MAX_EVIDENCE_CHARACTERS} characters in total; this one would have ${evidence.length} passages with ${characters} characters: quote less`,
  );
}

/** Checks that the passages contain the content. Content of every form is quoted from the source. @throws Refusal */
export function checkContentWords({ content, original }: CommonFields, evidence: readonly Evidence[]): void {
  rejectTooMuch(evidence);
  if (content !== undefined) {
    const supporting = evidence.filter(
      (piece) => supports(piece) && (piece.for?.includes('content') ?? true),
    );
    rejectMissing(content, supporting, 'content');
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
    `${field} must quote the source, with … for omissions and [ ] for additions; ${lack(missing, passages, segments)}`,
    { field, missing },
  );
}

function lack(missing: string, passages: readonly string[], segments: number): string {
  if (segments === 0) return `it contains no words of the source: ${missing}`;
  if (passages.length === 0) return 'no evidence supports it: add "content" to "for", or omit "for"';
  return `no passage of the evidence contains: ${missing}${difference(missing, passages)}`;
}

/** Returns the differences between the missing words and the nearest words in the passages. */
function difference(missing: string, passages: readonly string[]): string {
  const located = passages.map((passage) => locate(searchableTextOf(passage), { exact: missing }));
  if (located.some(({ found }) => found !== 'none')) return ' after the words before it';
  const nearest = located.flatMap((result) => (result.found === 'none' ? (result.nearest ?? []) : []));
  const [least] = nearest.sort((left, right) => left.differences.length - right.differences.length);
  return least === undefined ? '' : `; the nearest words differ: ${differencesOf(least)}`;
}
