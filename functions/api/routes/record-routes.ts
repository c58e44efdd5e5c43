// Route of bulk requests: many records of one article, each accepted or refused independently. The local key of a record
// is also its idempotency key. `dryRun` writes nothing and returns every refusal.
import { z } from '@hono/zod-openapi';
import { isThrottling } from '../../../adapters/throttling.ts';
import { articleId, streamId } from '../../../events/shared-pieces.ts';
import { handleCommand, type CommandResult, type Request } from '../../../domain/recording/handle-command.ts';
import { dryRunContext } from '../../../domain/recording/dry-run.ts';
import type { ApiContext } from '../api-context.ts';
import { continuation, creation, recordedSchema, rejectUnknown } from './command-routes.ts';
import { problemSchema } from '../support/openapi.ts';
import { problemOf, type ProblemDocument } from '../support/problem.ts';
import { parseRecord, type BulkRequest, type Line } from '../support/record-line.ts';
import { localKey, MAX_RECORDS, recordSchema, rejectDoubleKeys } from '../schemas/record-schema.ts';
import { reported } from '../support/reported.ts';
import { route, type App, type Handled } from '../support/define-route.ts';
import { digestOf, scopedKey, waitFor } from '../support/write-response.ts';

const bulkSchema = z.preprocess(
  (sent) => (Array.isArray(sent) ? { records: sent } : sent),
  z.strictObject({
    records: z.array(recordSchema).min(1).max(MAX_RECORDS),
    earlier: z
      .record(localKey, streamId.nullable())
      .optional()
      .describe(
        'Ids of records of earlier calls, by key, so that "@key" can refer to them; null if the record was refused',
      ),
  }),
);

const result = z.object({
  key: z.string(),
  status: z.int().describe('The HTTP status that this command alone would have got'),
  ...recordedSchema.partial().shape,
  replayed: z.literal(true).optional().describe('An earlier request recorded it'),
  problem: problemSchema.optional(),
});
type Result = z.output<typeof result>;

export function recordRoutes(app: App, archive: ApiContext): void {
  route(
    app,
    {
      method: 'post',
      path: '/articles/{id}/records',
      tag: 'articles',
      summary: 'Executes up to 500 commands about one article, each accepted or refused independently',
      params: z.object({ id: articleId }),
      query: z.object({ dryRun: z.enum(['true', 'false']).optional() }),
      body: bulkSchema,
      answers: {
        200: {
          description: 'The result of each record, in order',
          schema: z.object({ records: z.array(result) }),
        },
      },
    },
    async (c, { params: { id }, query, body: { records, earlier = {} } }) => {
      await rejectUnknown(archive, id);
      rejectDoubleKeys(records, Object.keys(earlier));
      const context = query.dryRun === 'true' ? dryRunContext(archive) : archive;
      const ids = new Map<string, string | null>(Object.entries(earlier));
      const bulk = {
        article: id,
        earlier: ids,
        kinds: new Map(records.map(({ key, kind }) => [key, kind])),
      };
      const results: Result[] = [];
      const progress: Progress = { recorded: [] };
      for (const each of records) {
        const done = await executeLine(c, context, each, bulk, progress);
        ids.set(each.key, done.id ?? null);
        results.push(done);
      }
      if (context === archive) await waitFor(c, archive, progress.recorded);
      return c.json({ records: results });
    },
  );
}

interface Progress {
  readonly recorded: CommandResult[];
  /**
   * The error of a record that the store throttled despite retries. Later records are not tried, because the function
   * would time out before it answers.
   */
  throttling?: unknown;
}

async function executeLine(
  c: Handled,
  archive: ApiContext,
  sent: Line,
  bulk: BulkRequest,
  progress: Progress,
): Promise<Result> {
  if (progress.throttling !== undefined) return refused(sent, problemOf(progress.throttling));
  try {
    const { command, id, body } = await parseRecord(archive, sent, bulk);
    const request: Request = {
      by: c.get('subject'),
      digest: digestOf(archive, { kind: sent.kind, of: sent.of ?? null, body: sent.body }),
      key: scopedKey(c.get('subject'), 'POST', `/articles/${bulk.article}/records`, sent.key),
    };
    const planned =
      id === undefined
        ? creation(archive, command, body, request)
        : { change: continuation(command, id, body), request };
    if (id !== undefined && planned.change.stream !== id) await rejectUnknown(archive, id);
    const recorded = await handleCommand(archive, planned.change, planned.request);
    progress.recorded.push(recorded);
    const { stream, revision, events, ...others } = recorded;
    return {
      key: sent.key,
      status: events.length > 0 ? 201 : 200,
      id: id ?? stream,
      revision,
      events: [...events],
      ...copy(others),
    };
  } catch (error) {
    if (isThrottling(error)) progress.throttling = error;
    return refused(sent, reported(error, c.req, archive.report));
  }
}

const refused = ({ key }: Line, { status, body }: ProblemDocument): Result => ({
  key,
  status,
  problem: problemSchema.parse(body),
});

const copy = ({ similar, notes, replayed }: Pick<CommandResult, 'similar' | 'notes' | 'replayed'>) => ({
  ...(similar ? { similar: [...similar] } : {}),
  ...(notes ? { notes: [...notes] } : {}),
  ...(replayed ? { replayed } : {}),
});
