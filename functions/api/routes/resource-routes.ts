// Routes of one meeting, statement, opinion or actor, folded from its stream, so always current; and of its events.
import { z } from '@hono/zod-openapi';
import type { RecordedEvent } from '../../../events/envelope.ts';
import { ACTOR_MERGES, type Kind } from '../../../events/shared-pieces.ts';
import { actor, actorMerges, mergesOf } from '../../../domain/recording/actor.ts';
import { foldEvents } from '../../../domain/recording/aggregate.ts';
import { historyAsOf } from '../../../domain/recording/stream-history.ts';
import { meeting } from '../../../domain/recording/meeting.ts';
import { opinion } from '../../../domain/recording/opinion.ts';
import { historyOf } from '../../../domain/recording/handle-command.ts';
import { statement } from '../../../domain/recording/statement.ts';
import { absent } from '../support/absent.ts';
import { streamSchema, resourceSchemas } from '../schemas/resource-schemas.ts';
import type { ApiContext } from '../api-context.ts';
import { asOfQuery, positionAsOf } from '../support/as-of.ts';
import { idOf, rejectUnknown } from './command-routes.ts';
import { wholeNumber } from '../schemas/parameter.ts';
import { route, type App } from '../support/define-route.ts';

const folds = {
  meeting: (history: readonly RecordedEvent[]) => foldEvents(meeting, history),
  statement: (history: readonly RecordedEvent[]) => foldEvents(statement, history),
  opinion: (history: readonly RecordedEvent[]) => foldEvents(opinion, history),
  actor: (history: readonly RecordedEvent[]) => foldEvents(actor, history),
} as const;

export function resourceRoutes(app: App, archive: ApiContext): void {
  for (const kind of ['meeting', 'statement', 'opinion', 'actor'] as const) {
    route(
      app,
      {
        method: 'get',
        path: `/${kind}s/{id}`,
        tag: `${kind}s`,
        summary: `One ${kind}, folded from its events: now, or as of a position or an instant`,
        params: z.object({ id: idOf[kind] }),
        query: z.object({ asOf: asOfQuery }),
        answers: { 200: { description: `The ${kind}`, schema: resourceSchemas[kind] } },
      },
      async (c, { params: { id }, query: { asOf } }) => {
        const at = await positionAsOf(archive, 'asOf', asOf);
        const historyIn =
          at === undefined
            ? historyOf(archive.store)
            : async (stream: string) => (await historyAsOf(archive, stream, at)).events;
        const history = await historyIn(id);
        const state = folds[kind](history);
        if (state.status === 'none') throw await absent(archive, `${kind} ${id}`, { asOf, at });
        const { fields, ...others } = 'withdrawnEvidence' in state ? withoutQuotes(state) : state;
        const [first, last] = [history[0], history.at(-1)];
        const { merges, ...merged } =
          kind === 'actor' ? mergedInto(await historyIn(ACTOR_MERGES), id) : { merges: undefined };
        c.header('ETag', merges === undefined ? `"${last?.revision}"` : `"${last?.revision}-${merges}"`);
        return c.json({
          id,
          ...others,
          ...fields,
          ...merged,
          revision: last?.revision,
          recordedBy: first?.recordedby,
          recordedAt: first?.time,
        });
      },
    );
  }
  for (const kind of ['meeting', 'statement', 'opinion', 'actor', 'article'] as const)
    eventRoute(app, archive, kind);
}

const MAX_WITHDRAWN = 50;

/** Returns the state with only the latest withdrawn evidence, without its words. The events have everything. */
function withoutQuotes<S extends { withdrawnEvidence: readonly { exact: string }[] }>(state: S) {
  const withdrawn = state.withdrawnEvidence.slice(-MAX_WITHDRAWN);
  return { ...state, withdrawnEvidence: withdrawn.map(({ exact: _, ...piece }) => piece) };
}

function mergedInto(merges: readonly RecordedEvent[], id: string): { merges: number; mergedInto?: string } {
  const into = mergesOf(foldEvents(actorMerges, merges)).into.get(id);
  return { merges: merges.length, ...(into === undefined ? {} : { mergedInto: into }) };
}

function eventRoute(app: App, archive: ApiContext, kind: Kind): void {
  route(
    app,
    {
      method: 'get',
      path: `/${kind}s/{id}/events`,
      tag: `${kind}s`,
      summary: `The events of one ${kind}, as recorded`,
      params: z.object({ id: idOf[kind] }),
      query: z.object({
        after: wholeNumber(0, 1e9).default(0).describe('Events after this revision'),
        limit: wholeNumber(1, MAX_EVENTS).default(MAX_EVENTS),
      }),
      answers: { 200: { description: 'Its events, oldest first', schema: streamSchema } },
    },
    async (c, { params: { id }, query: { after, limit } }) => {
      const events: unknown[] = [];
      let revision = after;
      let [exists, more, bytes] = [false, false, 0];
      for await (const commit of archive.store.read(id, after)) {
        exists = true;
        more = events.length >= limit || bytes >= MAX_BYTES;
        if (more) break;
        bytes += commit.events.reduce((sum, event) => sum + event.length, 0);
        events.push(...commit.events.map((bytes) => JSON.parse(new TextDecoder().decode(bytes)) as unknown));
        revision = commit.revision;
      }
      if (!exists) await rejectUnknown(archive, id);
      if (more) c.header('Link', `<${c.req.path}?after=${revision}&limit=${limit}>; rel="next"`);
      return c.json({ id, events, revision });
    },
  );
}

const MAX_EVENTS = 500;
/** The approximate largest size of a page in bytes, well below the limit of a Lambda function. */
const MAX_BYTES = 3_000_000;
