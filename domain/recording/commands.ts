// The table of all commands: path, body schema and decision of each.
// The HTTP routes, the batch endpoint and the OpenAPI document are derived from it.
import { z } from 'zod';
import {
  actorCorrection,
  actorInput,
  aliasesInput,
  mergeInput,
  unmergeInput,
} from '../../events/actor-events.ts';
import { appearance, articleCorrection, articleWithdrawal } from '../../events/article-events.ts';
import { calledOffInput, heldInput, meetingFields, meetingInput } from '../../events/meeting-events.ts';
import { opinionFieldsInput, opinionInput } from '../../events/opinion-events.ts';
import { ACTOR_MERGES, evidenceInput, type Evidence, type Kind } from '../../events/shared-pieces.ts';
import {
  correctionOf,
  evidenceAdditionInput,
  evidenceWithdrawal,
  retraction,
} from '../../events/lifecycle-events.ts';
import { statementFieldsInput, statementInput } from '../../events/statement-events.ts';
import type { RecordedEvent } from '../../events/envelope.ts';
import type { DataOf, EventType, NewEvent } from '../../events/vocabulary.ts';
import { actor, actorMerges, type ActorCommand, type MergesCommand } from './actor.ts';
import { foldEvents, type Aggregate } from './aggregate.ts';
import { article, type ArticleCommand } from './article.ts';
import { meeting, type MeetingCommand } from './meeting.ts';
import { opinion, type OpinionCommand } from './opinion.ts';
import type { LifeCommand } from './lifecycle.ts';
import { statement, type StatementCommand } from './statement.ts';

export interface Command {
  readonly kind: Kind;
  /** The path below the resource, such as `evidence/withdrawals`. Absent for the command that creates the resource. */
  readonly path?: string;
  /** The name of the command in a line of a batch. */
  readonly name: string;
  readonly summary: string;
  readonly body: z.ZodType;
  /** The stream that the command writes, if it is not the stream of the resource. */
  readonly stream?: string;
  readonly decide: (history: readonly RecordedEvent[], body: unknown, id: string) => NewEvent[];
}

/** Binds a command to its aggregate. The body must match the schema, with references checked and evidence located. */
function deciding<S, C, T extends EventType, B>(
  aggregate: Aggregate<S, C, T>,
  toCommand: (body: B, id: string) => NoInfer<C>,
) {
  return (history: readonly RecordedEvent[], body: unknown, id: string): NewEvent[] =>
    aggregate.decide(foldEvents(aggregate, history), toCommand(body as B, id)) as NewEvent[];
}

type CorrectionBody = Extract<LifeCommand, { type: 'correct' }>['correction'];
type WithdrawalBody = Extract<LifeCommand, { type: 'withdraw-evidence' }>['withdrawal'];

/** Returns the commands that meetings, statements and opinions share. */
function life<S, C, T extends EventType>(
  kind: Kind,
  aggregate: Aggregate<S, C | LifeCommand, T>,
  correction: z.ZodType,
): Command[] {
  return [
    {
      kind,
      path: 'corrections',
      name: 'correction',
      summary: `Corrects a ${kind}; the body contains only the changed fields`,
      body: correction,
      decide: deciding(aggregate, (body: CorrectionBody): LifeCommand => ({
        type: 'correct',
        correction: body,
      })),
    },
    {
      kind,
      path: 'retractions',
      name: 'retraction',
      summary: `Retracts a ${kind}; it stays visible as retracted`,
      body: retraction,
      decide: deciding(aggregate, (body: { reason: string }): LifeCommand => ({
        type: 'retract',
        reason: body.reason,
      })),
    },
    {
      kind,
      path: 'evidence',
      name: 'evidence',
      summary: `Adds passages that support or dispute a ${kind}`,
      body: evidenceAdditionInput,
      decide: deciding(aggregate, (body: { evidence: Evidence[] }): LifeCommand => ({
        type: 'add-evidence',
        evidence: body.evidence,
      })),
    },
    {
      kind,
      path: 'evidence/withdrawals',
      name: 'evidence-withdrawal',
      summary: `Withdraws a piece of evidence of a ${kind}; the last supporting piece cannot be withdrawn`,
      body: evidenceWithdrawal,
      decide: deciding(aggregate, (body: WithdrawalBody): LifeCommand => ({
        type: 'withdraw-evidence',
        withdrawal: body,
      })),
    },
  ];
}

export const commands: readonly Command[] = [
  {
    kind: 'meeting',
    name: 'meeting',
    summary: 'Records a meeting that was held, or with "announced": true a meeting that was announced',
    body: meetingInput.extend({ announced: z.literal(true).exactOptional() }),
    decide: deciding(
      meeting,
      ({ announced, ...body }: DataOf<'MeetingHeld'> & { announced?: true }): MeetingCommand => ({
        type: announced ? 'announce' : 'record',
        meeting: body,
      }),
    ),
  },
  {
    kind: 'meeting',
    path: 'held',
    name: 'held',
    summary: 'Records that an announced meeting was held; absent fields stay as announced',
    body: heldInput,
    decide: deciding(meeting, ({ evidence, ...changes }: { evidence: Evidence[] }): MeetingCommand => ({
      type: 'hold',
      changes,
      evidence,
    })),
  },
  {
    kind: 'meeting',
    path: 'called-off',
    name: 'called-off',
    summary: 'Records that an announced meeting was cancelled or postponed',
    body: calledOffInput,
    decide: deciding(meeting, (data: DataOf<'MeetingCalledOff'>): MeetingCommand => ({
      type: 'call-off',
      data,
    })),
  },
  ...life('meeting', meeting, correctionOf(meetingFields, evidenceInput)),
  {
    kind: 'statement',
    name: 'statement',
    summary: 'Records a statement: the words of one or more speakers, as a source reports them',
    body: statementInput,
    decide: deciding(statement, (body: DataOf<'StatementMade'>): StatementCommand => ({
      type: 'record',
      statement: body,
    })),
  },
  ...life('statement', statement, correctionOf(statementFieldsInput, evidenceInput)),
  {
    kind: 'opinion',
    name: 'opinion',
    summary: 'Records a published opinion',
    body: opinionInput,
    decide: deciding(opinion, (body: DataOf<'ExpertOpinionPublished'>): OpinionCommand => ({
      type: 'record',
      opinion: body,
    })),
  },
  ...life('opinion', opinion, correctionOf(opinionFieldsInput, evidenceInput)),
  {
    kind: 'actor',
    name: 'actor',
    summary: 'Introduces a person, a state, an organization or a group',
    body: actorInput,
    decide: deciding(actor, (body: Omit<DataOf<'ActorIntroduced'>, 'id'>, id): ActorCommand => ({
      type: 'introduce',
      actor: { ...body, id },
    })),
  },
  {
    kind: 'actor',
    path: 'aliases',
    name: 'alias',
    summary: 'Adds aliases to an actor',
    body: aliasesInput,
    decide: deciding(actor, ({ aliases }: DataOf<'ActorAliased'>): ActorCommand => ({
      type: 'add-aliases',
      aliases,
    })),
  },
  {
    kind: 'actor',
    path: 'corrections',
    name: 'correction',
    summary: 'Corrects an actor; the body contains only the changed fields',
    body: actorCorrection,
    decide: deciding(actor, (correction: DataOf<'ActorCorrected'>): ActorCommand => ({
      type: 'correct',
      correction,
    })),
  },
  {
    kind: 'actor',
    path: 'merges',
    name: 'merge',
    summary: 'Merges an actor into another; read models then show the other actor in its place',
    body: mergeInput,
    stream: ACTOR_MERGES,
    decide: deciding(actorMerges, (body: { into: string; reason: string }, id): MergesCommand => ({
      type: 'merge',
      actor: id,
      ...body,
    })),
  },
  {
    kind: 'actor',
    path: 'unmerges',
    name: 'unmerge',
    summary: 'Undoes the merge of an actor',
    body: unmergeInput,
    stream: ACTOR_MERGES,
    decide: deciding(actorMerges, ({ reason }: { reason: string }, id): MergesCommand => ({
      type: 'unmerge',
      actor: id,
      reason,
    })),
  },
  {
    kind: 'article',
    path: 'appearances',
    name: 'appearance',
    summary: 'Records that another publisher printed the same text',
    body: appearance,
    decide: deciding(article, (body: DataOf<'AppearanceAdded'>): ArticleCommand => ({
      type: 'add-appearance',
      appearance: body,
    })),
  },
  {
    kind: 'article',
    path: 'corrections',
    name: 'correction',
    summary: 'Corrects the metadata of an article; its text never changes',
    body: articleCorrection,
    decide: deciding(article, (correction: DataOf<'ArticleCorrected'>): ArticleCommand => ({
      type: 'correct',
      correction,
    })),
  },
  {
    kind: 'article',
    path: 'withdrawals',
    name: 'withdrawal',
    summary: 'Withdraws an article: the API stops serving its text; its events stay',
    body: articleWithdrawal,
    decide: deciding(article, (withdrawal: DataOf<'ArticleWithdrawn'>): ArticleCommand => ({
      type: 'withdraw',
      withdrawal,
    })),
  },
];
