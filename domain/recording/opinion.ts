// The aggregate of a published opinion: of an expert, an institution, a party or the publisher.
import { z } from 'zod';
import type { RecordedEvent } from '../../events/envelope.ts';
import { opinionEvents, opinionFields } from '../../events/opinion-events.ts';
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

const schema = z.strictObject(opinionFields);
export type OpinionFields = z.output<typeof schema>;
type Type = keyof typeof opinionEvents;

export type OpinionState =
  | { readonly status: 'none' }
  | (Life<OpinionFields> & { readonly status: 'published' });

export type OpinionCommand =
  | { readonly type: 'record'; readonly opinion: DataOf<'ExpertOpinionPublished'> }
  | LifeCommand;

function evolve(state: OpinionState, event: RecordedEvent<Type>): OpinionState {
  if (event.type === 'ExpertOpinionPublished') {
    const { evidence, ...fields } = event.data;
    return { ...beginLife(fields, evidence), status: 'published' };
  }
  if (state.status === 'none') throw new Error(`${event.id}: ${event.type} precedes ExpertOpinionPublished`);
  switch (event.type) {
    case 'ExpertOpinionCorrected':
      return evolveLife(state, { type: 'Corrected', data: event.data });
    case 'ExpertOpinionRetracted':
      return evolveLife(state, { type: 'Retracted', data: event.data });
    case 'ExpertOpinionEvidenceAdded':
      return evolveLife(state, { type: 'EvidenceAdded', data: event.data });
    case 'ExpertOpinionEvidenceWithdrawn':
      return evolveLife(state, { type: 'EvidenceWithdrawn', data: event.data });
    default:
      return event satisfies never;
  }
}

function decide(state: OpinionState, command: OpinionCommand): NewEvent<Type>[] {
  if (command.type === 'record') {
    const { evidence, ...fields } = command.opinion;
    if (state.status !== 'none') return acceptSameRecord(state, fields, evidence);
    checkFields(fields, schema);
    checkContentWords(fields, evidence);
    return [{ type: 'ExpertOpinionPublished', data: { ...fields, evidence: newEvidence([], evidence) } }];
  }
  if (state.status === 'none')
    throw new Refusal('not-found', 'no such opinion: check the id, or record the opinion first');
  return decideLife(state, command, schema).map(
    ({ type, data }) => ({ type: `ExpertOpinion${type}`, data }) as NewEvent<Type>,
  );
}

export const opinion: Aggregate<OpinionState, OpinionCommand, Type> = {
  initial: { status: 'none' },
  types: Object.keys(opinionEvents) as Type[],
  evolve,
  decide,
};
