// Many records of one article at once. Each stands alone and is named by its local key, which is its idempotency key
// too; "@key" stands for the id of an earlier record. With dryRun nothing is written and every refusal is given.
import { z } from '@hono/zod-openapi';
import { isThrottling } from '../../adapters/throttling.ts';
import { articleId, streamId, type Kind } from '../../events/pieces.ts';
import { commands, type Command } from '../../domain/commands.ts';
import { Refusal } from '../../domain/errors.ts';
import { record, type Recorded, type Request } from '../../domain/record.ts';
import { mapEvidence, mapReferences } from '../../domain/references.ts';
import { rehearsal } from '../../domain/rehearse.ts';
import type { ApiArchive } from './archive.ts';
import { continuation, creation, recordedSchema, refuseUnknown } from './commands.ts';
import { problemSchema } from './description.ts';
import { Problem, problemOf, validated, type ProblemDocument } from './problem.ts';
import { reported } from './reported.ts';
import { route, type App, type Handled } from './route.ts';
import { digestOf, scopedKey, waitFor } from './write.ts';

const MOST_RECORDS = 500;

const localKey = z.string().regex(/^[\w.:-]{1,100}$/, 'must be 1 to 100 of A-Z, a-z, 0-9, _ . : -');
const names = [...new Set(commands.map(({ name }) => name))];

const line = z.strictObject({
  kind: z.enum(names).describe('What to record: a thing, or what happens to one'),
  key: localKey.describe(
    'Names this record: "@key" in later ones stands for its id; a retry never writes it twice',
  ),
  of: z.string().max(102).optional().describe('The thing that it happens to: an id, or "@key"'),
  body: z
    .looseObject({})
    .describe('As the call of this kind takes it; evidence without articleId is in this article'),
});
type Line = z.output<typeof line>;

const given = z.preprocess(
  (sent) => (Array.isArray(sent) ? { records: sent } : sent),
  z.strictObject({ records: z.array(line).min(1).max(MOST_RECORDS) }),
);

const result = z.object({
  key: z.string(),
  status: z.int().describe('As the single call would have answered'),
  ...recordedSchema.partial().shape,
  replayed: z.literal(true).optional().describe('It was recorded by an earlier request'),
  problem: problemSchema.optional(),
});
type Result = z.output<typeof result>;

export function recordRoutes(app: App, archive: ApiArchive): void {
  route(
    app,
    {
      method: 'post',
      path: '/articles/{id}/records',
      tag: 'articles',
      summary: 'Records many things that one article reports; each stands alone',
      params: z.object({ id: articleId }),
      query: z.object({ dryRun: z.enum(['true', 'false']).optional() }),
      body: given,
      answers: {
        200: { description: 'What became of each, in order', schema: z.object({ records: z.array(result) }) },
      },
    },
    async (c, { params: { id }, query, body: { records } }) => {
      await refuseUnknown(archive, id);
      refuseDoubleKeys(records);
      const world = query.dryRun === 'true' ? rehearsal(archive) : archive;
      const results = new Map<string, Result>();
      const progress: Progress = { recorded: [] };
      for (const each of records)
        results.set(each.key, await recordLine(c, world, id, each, results, progress));
      if (world === archive) await waitFor(c, archive, progress.recorded);
      return c.json({ records: [...results.values()] });
    },
  );
}

function refuseDoubleKeys(records: readonly Line[]): void {
  const seen = new Set<string>();
  for (const [index, { key }] of records.entries()) {
    if (seen.has(key)) {
      const errors = [{ pointer: `/records/${index}/key`, detail: 'an earlier record has the same key' }];
      throw new Problem('invalid', `/records/${index}/key: an earlier record has the key ${key} too`, {
        errors,
      });
    }
    seen.add(key);
  }
}

interface Progress {
  readonly recorded: Recorded[];
  /**
   * The store throttled a record although its client retried for long: records after it are not tried, because the
   * function would be ended before it has answered.
   */
  throttling?: unknown;
}

async function recordLine(
  c: Handled,
  archive: ApiArchive,
  article: string,
  sent: Line,
  earlier: ReadonlyMap<string, Result>,
  progress: Progress,
): Promise<Result> {
  if (progress.throttling !== undefined) return refused(sent, problemOf(progress.throttling));
  try {
    const { command, id, body } = await understood(sent, article, earlier);
    const request: Request = {
      by: c.get('subject'),
      digest: digestOf(archive, { kind: sent.kind, of: sent.of ?? null, body: sent.body }),
      key: scopedKey(c.get('subject'), 'POST', `/articles/${article}/records`, sent.key),
    };
    const planned =
      id === undefined
        ? creation(archive, command, body, request)
        : { change: continuation(command, id, body), request };
    if (id !== undefined && planned.change.stream !== id) await refuseUnknown(archive, id);
    const recorded = await record(archive, planned.change, planned.request);
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

const copy = ({ similar, notes, replayed }: Pick<Recorded, 'similar' | 'notes' | 'replayed'>) => ({
  ...(similar ? { similar: [...similar] } : {}),
  ...(notes ? { notes: [...notes] } : {}),
  ...(replayed ? { replayed } : {}),
});

/** The command of a line, with the ids that its "@key"s stand for. */
async function understood(
  { kind, of, body }: Line,
  article: string,
  earlier: ReadonlyMap<string, Result>,
): Promise<{ command: Command; id?: string; body: unknown }> {
  const named = (reference: string, pointer: string) => {
    if (!reference.startsWith('@')) return reference;
    const target = earlier.get(reference.slice(1));
    if (target?.id !== undefined) return target.id;
    const why = target ? 'was refused' : 'is no key of an earlier record';
    throw new Refusal('unknown-reference', `${pointer}: ${reference} ${why}`, { pointer, id: reference });
  };
  const id = of === undefined ? undefined : validated(streamId, named(of, '/of'), 'invalid');
  const command = commandFor(kind, id);
  const placed = mapEvidence(body, (piece) => ({ articleId: article, ...piece }));
  const filled =
    command.path === 'evidence/withdrawals' ? { articleId: article, ...(placed as object) } : placed;
  const referred = mapReferences(filled, named);
  return { command, ...(id === undefined ? {} : { id }), body: validated(command.body, referred, 'invalid') };
}

function commandFor(name: string, id: string | undefined): Command {
  const kind = id?.slice(0, id.indexOf('-')) as Kind | undefined;
  const command = commands.find(
    (each) => each.name === name && (each.path === undefined ? id === undefined : each.kind === kind),
  );
  if (command) return command;
  const creates = commands.some((each) => each.name === name && each.path === undefined);
  throw new Refusal(
    'invalid',
    creates
      ? `a ${name} is new: leave "of" out`
      : id === undefined
        ? `say what the ${name} is "of": an id, or "@key"`
        : `${id} takes no ${name}`,
    { pointer: '/of' },
  );
}
