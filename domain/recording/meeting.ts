// The aggregate of a meeting. It is announced, held or cancelled; these are changes of its status, not corrections.
import { z } from 'zod';
import { meetingEvents, meetingFields } from '../../events/meeting-events.ts';
import type { Evidence } from '../../events/shared-pieces.ts';
import type { RecordedEvent } from '../../events/envelope.ts';
import type { DataOf, NewEvent } from '../../events/vocabulary.ts';
import { withChanges, isSameJson, type Aggregate } from './aggregate.ts';
import { Refusal } from '../errors.ts';
import {
  acceptSameRecord,
  beginLife,
  decideLife,
  evolveLife,
  newEvidence,
  withNewEvidence,
  rejectRetracted,
  type Life,
  type LifeCommand,
} from './lifecycle.ts';
import { checkFields, rejectTooMuch } from './invariants.ts';

const schema = z.strictObject(meetingFields);
export type MeetingFields = z.output<typeof schema>;
type Type = keyof typeof meetingEvents;
type MeetingBody = DataOf<'MeetingHeld'>;

export type MeetingState =
  | { readonly status: 'none' }
  | (Life<MeetingFields> & { readonly status: 'announced' | 'held' })
  | (Life<MeetingFields> & {
      readonly status: 'called-off';
      readonly postponedTo?: string;
      readonly calledOff?: string;
    });

export type MeetingCommand =
  | { readonly type: 'announce'; readonly meeting: MeetingBody }
  | { readonly type: 'record'; readonly meeting: MeetingBody }
  | { readonly type: 'hold'; readonly changes: object; readonly evidence: Evidence[] }
  | { readonly type: 'call-off'; readonly data: DataOf<'MeetingCalledOff'> }
  | LifeCommand;

function evolve(state: MeetingState, event: RecordedEvent<Type>): MeetingState {
  if (event.type === 'MeetingAnnounced' || event.type === 'MeetingHeld') {
    const { evidence, ...fields } = event.data;
    const status = event.type === 'MeetingHeld' ? 'held' : 'announced';
    if (state.status === 'none') return { ...beginLife(fields, evidence), status };
    const { fields: _, evidence: earlier, withdrawnEvidence, corrections } = state;
    return { fields, evidence: withNewEvidence(earlier, evidence), withdrawnEvidence, corrections, status };
  }
  if (state.status === 'none')
    throw new Error(`${event.id}: ${event.type} precedes MeetingAnnounced and MeetingHeld`);
  switch (event.type) {
    case 'MeetingCalledOff': {
      const { evidence, postponedTo, reason } = event.data;
      const { fields, withdrawnEvidence, corrections } = state;
      return {
        fields,
        withdrawnEvidence,
        corrections,
        status: 'called-off',
        evidence: withNewEvidence(state.evidence, evidence),
        ...(postponedTo === undefined ? {} : { postponedTo }),
        ...(reason === undefined ? {} : { calledOff: reason }),
      };
    }
    case 'MeetingCorrected':
      return evolveLife(state, { type: 'Corrected', data: event.data });
    case 'MeetingRetracted':
      return evolveLife(state, { type: 'Retracted', data: event.data });
    case 'MeetingEvidenceAdded':
      return evolveLife(state, { type: 'EvidenceAdded', data: event.data });
    case 'MeetingEvidenceWithdrawn':
      return evolveLife(state, { type: 'EvidenceWithdrawn', data: event.data });
    default:
      return event satisfies never;
  }
}

function decide(state: MeetingState, command: MeetingCommand): NewEvent<Type>[] {
  if (command.type === 'announce' || command.type === 'record') return record(state, command);
  if (state.status === 'none')
    throw new Refusal('not-found', 'no such meeting: check the id, or record the meeting first');
  switch (command.type) {
    case 'hold':
      return hold(state, command);
    case 'call-off':
      return callOff(state, command.data);
    case 'correct':
    case 'retract':
    case 'add-evidence':
    case 'withdraw-evidence':
      return decideLife(state, command, schema).map(
        ({ type, data }) => ({ type: `Meeting${type}`, data }) as NewEvent<Type>,
      );
    default:
      return command satisfies never;
  }
}

function record(
  state: MeetingState,
  command: Extract<MeetingCommand, { meeting: MeetingBody }>,
): NewEvent<Type>[] {
  const { evidence, ...fields } = command.meeting;
  if (state.status !== 'none') return acceptSameRecord(state, fields, evidence);
  checkFields(fields, schema);
  const data = { ...fields, evidence: newEvidence([], evidence) };
  return [{ type: command.type === 'announce' ? 'MeetingAnnounced' : 'MeetingHeld', data }];
}

function hold(
  state: Exclude<MeetingState, { status: 'none' }>,
  command: Extract<MeetingCommand, { type: 'hold' }>,
): NewEvent<Type>[] {
  const fields = withChanges(state.fields, command.changes);
  if (state.status === 'held') {
    if (isSameJson(fields, state.fields) && newEvidence(state.evidence, command.evidence).length === 0)
      return [];
    throw new Refusal(
      'not-possible-now',
      'this meeting is already recorded as held: correct it, or add evidence to it',
    );
  }
  rejectRetracted(state);
  checkFields(fields, schema);
  return [{ type: 'MeetingHeld', data: { ...fields, evidence: reported(state, command.evidence) } }];
}

function callOff(
  state: Exclude<MeetingState, { status: 'none' }>,
  data: DataOf<'MeetingCalledOff'>,
): NewEvent<Type>[] {
  if (state.status === 'called-off') {
    const isSame = state.postponedTo === data.postponedTo && state.calledOff === data.reason;
    if (isSame && newEvidence(state.evidence, data.evidence).length === 0) return [];
    throw new Refusal(
      'not-possible-now',
      'this meeting is already recorded as cancelled, with another reason or date: correct it, or add evidence to it',
    );
  }
  if (state.status === 'held') {
    throw new Refusal('not-possible-now', 'this meeting is recorded as held: retract it if that is wrong');
  }
  rejectRetracted(state);
  return [{ type: 'MeetingCalledOff', data: { ...data, evidence: reported(state, data.evidence) } }];
}

/** Returns the evidence of a status change, each passage once. A passage of the announcement can be used again. */
function reported(state: Life<MeetingFields>, evidence: readonly Evidence[]): Evidence[] {
  rejectTooMuch([...state.evidence, ...newEvidence(state.evidence, evidence)]);
  return withNewEvidence([], evidence);
}

export const meeting: Aggregate<MeetingState, MeetingCommand, Type> = {
  initial: { status: 'none' },
  types: Object.keys(meetingEvents) as Type[],
  evolve,
  decide,
};
