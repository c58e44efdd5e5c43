// The aggregate of a statement: speakers, addressees and content, in the words of the source.
import { z } from 'zod';
import type { RecordedEvent } from '../../events/envelope.ts';
import { statementEvents, statementFields } from '../../events/statement-events.ts';
import type { DataOf, NewEvent } from '../../events/vocabulary.ts';
import type { Aggregate } from './aggregate.ts';
import { Refusal } from '../errors.ts';
import {
  acceptSameRecord,
  beginLife,
  decideLife,
  evolveLife,
  newEvidence,
  type Life,
  type LifeCommand,
} from './lifecycle.ts';
import { checkFields, checkContentWords } from './invariants.ts';

const schema = z.strictObject(statementFields).superRefine((fields, context) => {
  if (fields.content === undefined) {
    if (fields.act === 'declined') return;
    context.addIssue({
      code: 'custom',
      path: ['content'],
      message: 'is missing: a statement needs content, unless its act is "declined"',
    });
    return;
  }
  for (const needed of ['form', 'language'] as const) {
    if (fields[needed] !== undefined) continue;
    context.addIssue({ code: 'custom', path: [needed], message: 'is missing: content needs it' });
  }
});
export type StatementFields = z.output<typeof schema>;
type Type = keyof typeof statementEvents;

export type StatementState =
  | { readonly status: 'none' }
  | (Life<StatementFields> & { readonly status: 'made' });

export type StatementCommand =
  | { readonly type: 'record'; readonly statement: DataOf<'StatementMade'> }
  | LifeCommand;

function evolve(state: StatementState, event: RecordedEvent<Type>): StatementState {
  if (event.type === 'StatementMade') {
    const { evidence, ...fields } = event.data;
    return { ...beginLife(fields, evidence), status: 'made' };
  }
  if (state.status === 'none') throw new Error(`${event.id}: ${event.type} precedes StatementMade`);
  switch (event.type) {
    case 'StatementCorrected':
      return evolveLife(state, { type: 'Corrected', data: event.data });
    case 'StatementRetracted':
      return evolveLife(state, { type: 'Retracted', data: event.data });
    case 'StatementEvidenceAdded':
      return evolveLife(state, { type: 'EvidenceAdded', data: event.data });
    case 'StatementEvidenceWithdrawn':
      return evolveLife(state, { type: 'EvidenceWithdrawn', data: event.data });
    default:
      return event satisfies never;
  }
}

function decide(state: StatementState, command: StatementCommand): NewEvent<Type>[] {
  if (command.type === 'record') {
    const { evidence, ...fields } = command.statement;
    if (state.status !== 'none') return acceptSameRecord(state, fields, evidence);
    checkFields(fields, schema);
    checkContentWords(fields, evidence);
    return [{ type: 'StatementMade', data: { ...fields, evidence: newEvidence([], evidence) } }];
  }
  if (state.status === 'none')
    throw new Refusal('not-found', 'no such statement: check the id, or record the statement first');
  return decideLife(state, command, schema).map(
    ({ type, data }) => ({ type: `Statement${type}`, data }) as NewEvent<Type>,
  );
}

export const statement: Aggregate<StatementState, StatementCommand, Type> = {
  initial: { status: 'none' },
  types: Object.keys(statementEvents) as Type[],
  evolve,
  decide,
};
