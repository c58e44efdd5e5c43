// The lifecycle that meetings, statements and opinions share: corrections, retractions, and changes of the evidence.
import type { z } from 'zod';
import { supports, type Evidence } from '../../events/shared-pieces.ts';
import type { EvidenceWithdrawal } from '../../events/lifecycle-events.ts';
import { withChanges, isSameJson } from './aggregate.ts';
import { Refusal } from '../errors.ts';
import { checkFields, checkContentWords, rejectTooMuch, type CommonFields } from './invariants.ts';

export interface Life<F extends CommonFields> {
  readonly fields: F;
  readonly evidence: readonly Evidence[];
  readonly withdrawnEvidence: readonly EvidenceWithdrawal[];
  readonly corrections: number;
  readonly retracted?: { readonly reason: string };
}

interface Correction {
  readonly cause: 'coding-error' | 'new-evidence' | 'source-corrected';
  readonly reason: string;
  readonly changes: object;
  readonly reinstates?: true;
  readonly evidence: readonly Evidence[];
}

type WithdrawalGiven = Omit<EvidenceWithdrawal, 'start' | 'stance'> & { start?: number };

export type LifeCommand =
  | { readonly type: 'correct'; readonly correction: Correction }
  | { readonly type: 'retract'; readonly reason: string }
  | { readonly type: 'add-evidence'; readonly evidence: readonly Evidence[] }
  | { readonly type: 'withdraw-evidence'; readonly withdrawal: WithdrawalGiven };

/** The events of the lifecycle. Their types lack the prefix of the record: `MeetingCorrected` is `Corrected`. */
export type LifeEvent =
  | {
      readonly type: 'Corrected';
      readonly data: { changes: object; evidence: Evidence[]; reinstates?: true };
    }
  | { readonly type: 'Retracted'; readonly data: { reason: string } }
  | { readonly type: 'EvidenceAdded'; readonly data: { evidence: Evidence[] } }
  | { readonly type: 'EvidenceWithdrawn'; readonly data: EvidenceWithdrawal };

export const beginLife = <F extends CommonFields>(fields: F, evidence: readonly Evidence[]): Life<F> => ({
  fields,
  evidence,
  withdrawnEvidence: [],
  corrections: 0,
});

export function evolveLife<L extends Life<CommonFields>>(life: L, event: LifeEvent): L {
  switch (event.type) {
    case 'Corrected': {
      const { retracted, ...others } = life;
      const kept = retracted === undefined || event.data.reinstates ? others : { ...others, retracted };
      return {
        ...kept,
        fields: withChanges(life.fields, event.data.changes),
        evidence: withNewEvidence(life.evidence, event.data.evidence),
        corrections: life.corrections + 1,
      } as unknown as L;
    }
    case 'Retracted':
      return { ...life, retracted: { reason: event.data.reason } };
    case 'EvidenceAdded':
      return { ...life, evidence: withNewEvidence(life.evidence, event.data.evidence) };
    case 'EvidenceWithdrawn':
      return {
        ...life,
        evidence: life.evidence.filter((piece) => !isPiece(piece, { in: 'text', ...event.data })),
        withdrawnEvidence: [...life.withdrawnEvidence, event.data],
      };
    default:
      return event satisfies never;
  }
}

/**
 * Decides a command of the lifecycle. Corrected fields must match `schema`. Returns an empty list if nothing changes.
 * @throws Refusal
 */
export function decideLife(
  life: Life<CommonFields>,
  command: LifeCommand,
  schema: z.ZodType,
): { type: LifeEvent['type']; data: object }[] {
  switch (command.type) {
    case 'correct':
      return correct(life, command.correction, schema);
    case 'retract':
      return life.retracted ? [] : [{ type: 'Retracted', data: { reason: command.reason } }];
    case 'add-evidence': {
      const added = newEvidence(life.evidence, command.evidence);
      if (added.length === 0) return [];
      rejectRetracted(life);
      rejectTooMuch([...life.evidence, ...added]);
      return [{ type: 'EvidenceAdded', data: { evidence: added } }];
    }
    case 'withdraw-evidence':
      return withdrawEvidence(life, command.withdrawal);
    default:
      return command satisfies never;
  }
}

function correct(life: Life<CommonFields>, correction: Correction, schema: z.ZodType) {
  const evidence = newEvidence(life.evidence, correction.evidence);
  const fields = withChanges(life.fields, correction.changes);
  const reinstates = life.retracted !== undefined && correction.reinstates === true;
  if (isSameJson(fields, life.fields) && evidence.length === 0 && !reinstates) return [];
  if (!reinstates) rejectRetracted(life);
  rejectTooMuch([...life.evidence, ...evidence]);
  checkFields(fields, schema);
  if (['content', 'original', 'act'].some((field) => field in correction.changes)) {
    checkContentWords(fields, [...life.evidence, ...evidence]);
  }
  const { reinstates: _, ...others } = correction;
  return [
    {
      type: 'Corrected' as const,
      data: { ...others, evidence, ...(reinstates ? { reinstates: true } : {}) },
    },
  ];
}

function withdrawEvidence(life: Life<CommonFields>, withdrawal: WithdrawalGiven) {
  const named = life.evidence.filter((piece) => isPiece(piece, withdrawal));
  const [piece, another] = named;
  if (piece === undefined) {
    if (life.withdrawnEvidence.some((withdrawn) => isPiece(withdrawn, withdrawal))) return [];
    throw new Refusal(
      'unknown-reference',
      'no evidence of this record has these words: send "exact" and "articleId" as recorded',
      { evidence: life.evidence.map(({ articleId, exact, start }) => ({ articleId, exact, start })) },
    );
  }
  if (another !== undefined) {
    throw new Refusal(
      'passage-ambiguous',
      `${named.length} pieces of evidence have these words: name one by its "start", and by "in" if one is in the title`,
      { places: named.map(({ start, in: part = 'text' }) => ({ start, in: part })) },
    );
  }
  rejectRetracted(life);
  const rest = life.evidence.filter((other) => other !== piece);
  if (!rest.some(supports)) {
    throw new Refusal(
      'last-evidence',
      'this is the last evidence that supports the record: add other evidence first, or retract the record',
    );
  }
  checkContentWords(life.fields, rest);
  const { start, in: part, stance } = piece;
  const located = { start, ...(part ? { in: part } : {}), ...(stance ? { stance } : {}) };
  return [{ type: 'EvidenceWithdrawn' as const, data: { ...withdrawal, ...located } }];
}

/** Returns no events if a record with the same fields and evidence exists. @throws Refusal if they differ */
export function acceptSameRecord(
  life: Life<CommonFields>,
  fields: object,
  evidence: readonly Evidence[],
): [] {
  if (isSameJson(life.fields, fields) && newEvidence(life.evidence, evidence).length === 0) return [];
  throw new Refusal(
    'already-exists',
    'this record already exists with other fields or evidence: correct it, or add evidence to it',
  );
}

export function rejectRetracted(life: Life<CommonFields>): void {
  if (!life.retracted) return;
  throw new Refusal(
    'not-possible-now',
    'this record is retracted: send a correction with "reinstates": true first',
    {
      retracted: life.retracted,
    },
  );
}

/** Returns the pieces that are new. @throws Refusal if a passage already has the opposite stance or another setOff */
export function newEvidence(existing: readonly Evidence[], sent: readonly Evidence[]): Evidence[] {
  for (const [index, piece] of sent.entries()) {
    const other = [...existing, ...sent.slice(0, index)].find((each) => isSame(each, piece));
    if (other === undefined) continue;
    if (piece.setOff !== undefined && other.setOff !== piece.setOff) {
      throw new Refusal(
        'not-possible-now',
        `this passage is already evidence, set off as ${other.setOff ?? 'nothing'}: withdraw it first, or quote a longer or shorter passage`,
        { passage: other },
      );
    }
    if (supports(other) === supports(piece)) continue;
    const side = supports(other) ? 'supporting' : 'disputing';
    throw new Refusal(
      'not-possible-now',
      `this passage is already ${side} evidence of the record: withdraw it first`,
      {
        passage: other,
      },
    );
  }
  return withNewEvidence(existing, sent).slice(existing.length);
}

/** Appends new evidence to the existing evidence. A passage that occurs twice is kept once. */
export const withNewEvidence = (existing: readonly Evidence[], sent: readonly Evidence[]): Evidence[] =>
  sent.reduce<Evidence[]>(
    (all, piece) => (all.some((other) => isSame(other, piece)) ? all : [...all, piece]),
    [...existing],
  );

const isSame = (a: Evidence, b: Evidence): boolean => isPiece(a, { ...b, in: b.in ?? 'text' });

const isPiece = (
  piece: { articleId: string; exact: string; in?: Part; start: number },
  named: { articleId: string; exact: string; in?: Part; start?: number },
): boolean =>
  piece.articleId === named.articleId &&
  piece.exact === named.exact &&
  (named.in === undefined || named.in === (piece.in ?? 'text')) &&
  (named.start === undefined || named.start === piece.start);

type Part = NonNullable<Evidence['in']>;
