// Routes of the commands: one for each command of the domain.
import { z } from '@hono/zod-openapi';
import {
  actorId,
  articleId,
  meetingId,
  opinionId,
  statementId,
  type Kind,
} from '../../../events/shared-pieces.ts';
import { Refusal } from '../../../domain/errors.ts';
import { commands, type Command } from '../../../domain/recording/commands.ts';
import { handleCommand, type Change, type Request } from '../../../domain/recording/handle-command.ts';
import { similarActors, similarRecords } from '../../../domain/queries/timeline/near-duplicates.ts';
import type { SummaryFields } from '../../../domain/projections/state/summary-shape.ts';
import type { ApiContext } from '../api-context.ts';
import { route, type App } from '../support/define-route.ts';
import { respondToWrite, requestOf } from '../support/write-response.ts';

export const idOf = {
  article: articleId,
  meeting: meetingId,
  statement: statementId,
  opinion: opinionId,
  actor: actorId,
} as const;

export const recordedSchema = z.object({
  id: z.string(),
  revision: z.int().describe('The current revision'),
  events: z.array(z.string()).describe('Ids of the recorded events; empty if there was no change to record'),
  similar: z.array(z.string()).optional().describe('Ids of similar records that exist already'),
  notes: z
    .array(z.string())
    .optional()
    .describe('What an editor should check in the record, which was written'),
});

const recordedAnswers = {
  201: { description: 'Recorded', schema: recordedSchema },
  200: { description: 'Unchanged, because it was recorded before', schema: recordedSchema },
};

export function commandRoutes(app: App, archive: ApiContext): void {
  for (const command of commands) {
    const { kind, path, summary, body } = command;
    const tag = `${kind}s`;
    if (path === undefined) {
      route(
        app,
        { method: 'post', path: `/${kind}s`, tag, summary, body, answers: recordedAnswers },
        async (c, input) => {
          const { change, request } = creation(
            archive,
            command,
            input.body,
            requestOf(c, archive, input.sent),
          );
          return respondToWrite(
            c,
            archive,
            kind,
            change.stream,
            await handleCommand(archive, change, request),
          );
        },
      );
    } else {
      const params = z.object({ id: idOf[kind] });
      route(
        app,
        {
          method: 'post',
          path: `/${kind}s/{id}/${path}`,
          tag,
          summary,
          params,
          body,
          answers: recordedAnswers,
        },
        async (c, input) => {
          const change = continuation(command, input.params.id, input.body);
          if (change.stream !== input.params.id) await rejectUnknown(archive, input.params.id);
          return respondToWrite(
            c,
            archive,
            kind,
            input.params.id,
            await handleCommand(archive, change, requestOf(c, archive, input.sent)),
          );
        },
      );
    }
  }
}

/** Returns the change that creates a stream. Its id is the sent one (actors only), derived from the key, or fresh. */
export function creation(
  archive: ApiContext,
  command: Command,
  body: unknown,
  request: Request,
): { change: Change; request: Request } {
  const { id: chosen, ...fields } = body as { id?: string };
  const { kind } = command;
  const fresh = chosen === undefined && request.key === undefined;
  const stream =
    chosen ?? `${kind}-${request.key === undefined ? archive.ids.fresh() : archive.ids.derived(request.key)}`;
  return {
    change: {
      stream,
      fresh,
      body: fields,
      decide: (history, resolved) => command.decide(history, resolved, stream),
      similar: () => similarOrNone(archive, kind, fields),
    },
    request: { ...request, claims: kind === 'actor' },
  };
}

/** Returns the change that appends to an existing stream. */
export function continuation(command: Command, id: string, body: unknown): Change {
  return {
    stream: command.stream ?? id,
    body,
    decide: (history, resolved) => command.decide(history, resolved, id),
  };
}

/**
 * Refuses an unknown id, if the command writes to another stream than that of the id, such as a merge.
 *
 * @throws Refusal
 */
export async function rejectUnknown({ store }: ApiContext, id: string): Promise<void> {
  for await (const _ of store.read(id)) return;
  throw new Refusal(
    'not-found',
    `the archive has nothing with the id ${id}: check its spelling, or record it first`,
  );
}

/** Returns near-duplicates, or an empty list if the read models cannot be read, because they are only advice. */
async function similarOrNone(archive: ApiContext, kind: Kind, fields: object): Promise<readonly string[]> {
  try {
    return await similarTo(archive, kind, fields);
  } catch (error) {
    archive.report('near-duplicates could not be read; the answer does not have them', error);
    return [];
  }
}

async function similarTo(
  { open, remember }: ApiContext,
  kind: Kind,
  fields: object,
): Promise<readonly string[]> {
  switch (kind) {
    case 'actor':
      return similarActors(open, (fields as { name: string }).name);
    case 'meeting':
    case 'statement':
    case 'opinion':
      return similarRecords(open, kind, fields as SummaryFields, remember);
    case 'article':
      return [];
    default:
      return kind satisfies never;
  }
}
