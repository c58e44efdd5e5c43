// The three kinds of records, with the data for tests that run for all three.
import type { Aggregate } from '../../../domain/recording/aggregate.ts';
import { meeting, type MeetingCommand, type MeetingState } from '../../../domain/recording/meeting.ts';
import { opinion, type OpinionCommand, type OpinionState } from '../../../domain/recording/opinion.ts';
import type { LifeCommand } from '../../../domain/recording/lifecycle.ts';
import {
  statement,
  type StatementCommand,
  type StatementState,
} from '../../../domain/recording/statement.ts';
import type { Evidence } from '../../../events/shared-pieces.ts';
import type { DataOf, EventType, NewEvent } from '../../../events/vocabulary.ts';
import { ARTICLE, OTHER_ARTICLE } from './examples.ts';
import { decided, event, given } from './written-history.ts';

/** The words in the evidence of the records below. */
export const WORDS = 'we agreed to meet again in May';
export const piece = (exact: string, start: number, more: Partial<Evidence> = {}): Evidence => ({
  articleId: ARTICLE,
  exact,
  start,
  end: start + Array.from(exact).length,
  ...more,
});
export const first = piece(`The ministers said: ${WORDS}.`, 100);
export const second = piece(WORDS, 7, { articleId: OTHER_ARTICLE });
export const third = piece('They were friendly', 300);
export const disputing = piece('No minister was there', 50, { stance: 'disputes' });

export const meetingData: DataOf<'MeetingHeld'> = {
  title: 'The ministers',
  participants: [{ actor: 'actor-a' }, { description: 'a minister' }],
  heldOn: '2023-03-03',
  datePrinted: 'on Friday',
  format: 'in-person',
  certainty: 'asserted',
  attributedBy: [],
  topics: ['g20'],
  evidence: [first],
};
export const statementData: DataOf<'StatementMade'> = {
  speakers: [{ actor: 'actor-a' }, { actor: 'actor-b' }],
  act: 'promised',
  addressees: [],
  channel: 'press',
  madeOn: '2023-03-03',
  datePrinted: 'on Friday',
  content: WORDS,
  form: 'direct',
  language: 'en',
  certainty: 'asserted',
  attributedBy: [],
  about: [],
  regarding: [],
  topics: ['g20'],
  evidence: [first],
};
export const opinionData: DataOf<'ExpertOpinionPublished'> = {
  by: { actor: 'actor-c' },
  standing: 'expert',
  publishedOn: '2023-03-03',
  datePrinted: 'on Friday',
  content: WORDS,
  form: 'direct',
  language: 'en',
  certainty: 'asserted',
  attributedBy: [],
  about: [],
  regarding: [],
  topics: ['g20'],
  evidence: [first],
};

export interface Record {
  readonly certainty: 'asserted' | 'attributed' | 'speculated';
  readonly attributedBy: { description: string }[];
  readonly topics: string[];
  readonly evidence: Evidence[];
}

/** A kind of record. */
export interface Kind {
  readonly name: 'Meeting' | 'Statement' | 'ExpertOpinion';
  /** A required field. */
  readonly required: string;
  /** Returns the event that records it, with these fields changed. */
  readonly recorded: (fields?: Partial<Record>) => NewEvent;
  readonly record: (history: readonly NewEvent[], fields?: Partial<Record>) => NewEvent[];
  readonly decided: (history: readonly NewEvent[], command: LifeCommand) => NewEvent[];
  readonly state: (history: readonly NewEvent[]) => MeetingState | StatementState | OpinionState;
}

function kindOf<S extends MeetingState | StatementState | OpinionState, C, T extends EventType>(
  name: Kind['name'],
  aggregate: Aggregate<S, C | LifeCommand, T>,
  create: { readonly type: T; readonly data: object },
  toCommand: (data: object) => C,
): Kind {
  const stream = `${name === 'ExpertOpinion' ? 'opinion' : name.toLowerCase()}-of-friday`;
  return {
    name,
    required: name === 'Meeting' ? 'heldOn' : name === 'Statement' ? 'speakers' : 'by',
    recorded: (fields = {}) => event(create.type, { ...create.data, ...fields }) as NewEvent,
    record: (history, fields = {}) =>
      decided(aggregate, stream, history, toCommand({ ...create.data, ...fields })),
    decided: (history, command) => decided(aggregate, stream, history, command),
    state: (history) => given(aggregate, stream, history),
  };
}

export const kinds: readonly Kind[] = [
  kindOf('Meeting', meeting, { type: 'MeetingHeld', data: meetingData }, (data): MeetingCommand => ({
    type: 'record',
    meeting: data as DataOf<'MeetingHeld'>,
  })),
  kindOf(
    'Statement',
    statement,
    { type: 'StatementMade', data: statementData },
    (data): StatementCommand => ({
      type: 'record',
      statement: data as DataOf<'StatementMade'>,
    }),
  ),
  kindOf(
    'ExpertOpinion',
    opinion,
    { type: 'ExpertOpinionPublished', data: opinionData },
    (data): OpinionCommand => ({ type: 'record', opinion: data as DataOf<'ExpertOpinionPublished'> }),
  ),
];

export const withWords = kinds.filter(({ name }) => name !== 'Meeting');

/** Returns the history of a record after these commands. */
export const grown = ({ recorded, decided }: Kind, ...commands: LifeCommand[]): NewEvent[] =>
  commands.reduce<NewEvent[]>((history, command) => [...history, ...decided(history, command)], [recorded()]);

export const correct = (changes: object, more: object = {}): LifeCommand => ({
  type: 'correct',
  correction: { cause: 'coding-error', reason: 'misread', changes, evidence: [], ...more },
});
export const retract: LifeCommand = { type: 'retract', reason: 'a hoax' };
export const add = (...evidence: ReturnType<typeof piece>[]): LifeCommand => ({
  type: 'add-evidence',
  evidence,
});
export const withdraw = (
  { articleId, exact }: { articleId: string; exact: string },
  start?: number,
  where?: 'text' | 'title',
): LifeCommand => ({
  type: 'withdraw-evidence',
  withdrawal: {
    articleId,
    exact,
    reason: 'misquoted',
    ...(start === undefined ? {} : { start }),
    ...(where === undefined ? {} : { in: where }),
  },
});
