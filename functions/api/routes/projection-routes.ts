// Routes of projections: lag and health of each read model, its live generation, the running rebuild, and the
// generations that are kept to roll back to.
import { z } from '@hono/zod-openapi';
import { Refusal } from '../../../domain/errors.ts';
import { readHead } from '../../../domain/log/head.ts';
import { readModels } from '../../../domain/projections/views/read-models.ts';
import { readGenerations, type Checkpoint, type Generations } from '../../../domain/projections/catalog.ts';
import type { ReadModel } from '../../../domain/projections/views/read-model.ts';
import { readRebuild, type Rebuild } from '../../../domain/projections/rebuild/rebuild-record.ts';
import { rollBack } from '../../../domain/projections/rebuild/requests.ts';
import type { Unsequenced } from '../../../domain/log/unsequenced-sweep.ts';
import type { ApiContext } from '../api-context.ts';
import { instantOf, rebuildSchema, shownRebuild, stoppedSchema } from '../schemas/rebuild-schema.ts';
import { route, type App } from '../support/define-route.ts';

export const viewParams = z.object({ view: z.string().describe('Name of a read model, such as timeline') });

const schema = z.object({
  view: z.string(),
  version: z.int().nullable().describe('Fold version of the live rows; null if no generation is live yet'),
  wanted: z
    .int()
    .describe('Fold version of this release. If it differs from `version`, a rebuild folds a new generation'),
  generation: z
    .int()
    .nullable()
    .describe('The live generation, the same for all read models; null if no generation is live yet'),
  position: z.int().nullable().describe('Position of the last folded event; null if no event is folded'),
  size: z.int().describe('Number of events in the log'),
  lag: z.int().describe('Number of events in the log that are not folded'),
  unsequenced: z
    .boolean()
    .nullable()
    .describe('True if acknowledged commits have no position in the log yet; null if this is not known'),
  sequencedBefore: z
    .string()
    .optional()
    .describe('RFC 3339. Each commit acknowledged before this time has a position in the log'),
  status: z
    .enum(['caught-up', 'behind', 'stopped', 'unknown'])
    .describe(
      '`caught-up`: each acknowledged commit is folded. `unknown`: each event of the log is folded, but commits without a position may exist',
    ),
  stopped: stoppedSchema.optional(),
  rebuild: rebuildSchema.optional().describe('The rebuild that has not ended'),
  kept: z
    .array(
      z.object({
        generation: z.int(),
        version: z.int(),
        position: z.int().nullable(),
        until: z.string().describe('RFC 3339'),
      }),
    )
    .describe(
      'Generations that were live before, the one with the latest `until` first. POST /projections/{view}/rollbacks makes one live again',
    ),
});

export type ShownProjection = z.output<typeof schema>;

export function projectionRoutes(app: App, context: ApiContext): void {
  route(
    app,
    {
      method: 'get',
      path: '/projections',
      tag: 'projections',
      summary: 'Lag and health of every read model',
      answers: {
        200: { description: 'Every read model', schema: z.object({ projections: z.array(schema) }) },
      },
    },
    async (c) => c.json({ projections: await health(context, readModels) }),
  );
  route(
    app,
    {
      method: 'get',
      path: '/projections/{view}',
      tag: 'projections',
      summary: 'Lag and health of one read model',
      params: viewParams,
      answers: { 200: { description: 'The read model', schema } },
    },
    async (c, { params }) => c.json((await health(context, [modelNamed(params.view)]))[0]),
  );
  route(
    app,
    {
      method: 'post',
      path: '/projections/{view}/rollbacks',
      tag: 'projections',
      summary: 'Roll back all read models to a kept generation',
      params: viewParams,
      body: z.strictObject({
        to: z.int().min(1).describe('The generation to make live: one of `kept`'),
      }),
      answers: { 200: { description: 'The read model after the rollback', schema } },
    },
    async (c, { params, body }) => {
      const model = modelNamed(params.view);
      await rollBackWithRetries(context, body.to, c.get('subject'));
      return c.json((await health(context, [model]))[0]);
    },
  );
}

export function modelNamed(name: string): ReadModel {
  const model = readModels.find((each) => each.name === name);
  if (model) return model;
  throw new Refusal(
    'not-found',
    `no such read model: ${name}; there are ${readModels.map((each) => each.name).join(', ')}`,
  );
}

const MAX_TRIES = 100;
const RETRY_MS = 50;

/** Rolls back. Retries while the kept generation is behind, because new events reach it a moment after the live one. */
async function rollBackWithRetries(context: ApiContext, to: number, by: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await rollBack(context, to, by);
      return;
    } catch (error) {
      if (!(error instanceof Refusal) || error.details['behind'] !== true || tries === MAX_TRIES) throw error;
      await context.sleep(RETRY_MS);
    }
  }
}

async function health(context: ApiContext, models: readonly ReadModel[]): Promise<ShownProjection[]> {
  // Read before the head, so that `size` counts each commit that is sequenced or folded.
  const [unsequenced, generations] = await Promise.all([
    context.unsequenced(),
    readGenerations(context.catalog),
  ]);
  const { size } = await readHead(context.state);
  const { building } = generations;
  const rebuild = building === undefined ? undefined : await readRebuild(context.catalog, building);
  const status = { size, unsequenced, rebuild, now: context.clock() };
  return models.map((model) => healthOf(model, generations, status));
}

interface ArchiveStatus {
  readonly size: number;
  readonly unsequenced: Unsequenced;
  readonly rebuild: Rebuild | undefined;
  readonly now: number;
}

function healthOf(
  model: ReadModel,
  generations: Generations,
  { size, unsequenced, rebuild, now }: ArchiveStatus,
): ShownProjection {
  const { live } = generations;
  const checkpoint = live === undefined ? undefined : checkpointIn(generations, live, model);
  const { next, stopped } = checkpoint ?? { next: 0 };
  const { commits, sequencedBefore } = unsequenced;
  // If the rows are ahead of the log, their generation will be retired.
  const isBehind = next !== size || commits === 'some' || checkpoint?.version !== model.version;
  const whenFolded = commits === 'none' ? 'caught-up' : 'unknown';
  return {
    view: model.name,
    version: checkpoint?.version ?? null,
    wanted: model.version,
    generation: live ?? null,
    position: lastOf(next),
    size,
    lag: Math.max(0, size - next),
    unsequenced: commits === 'unknown' ? null : commits === 'some',
    ...(sequencedBefore === undefined ? {} : { sequencedBefore: instantOf(sequencedBefore) }),
    status: stopped ? 'stopped' : isBehind ? 'behind' : whenFolded,
    ...(stopped ? { stopped } : {}),
    ...(rebuild ? { rebuild: shownRebuild(model, rebuild, generations) } : {}),
    kept: keptOf(model, generations, now),
  };
}

/** Returns the checkpoint of a read model in a generation. A new read model begins at position 0. */
const checkpointIn = (
  { generations }: Generations,
  number: number,
  { name, version }: ReadModel,
): Checkpoint => generations[number]?.[name] ?? { version, next: 0 };

function keptOf(model: ReadModel, generations: Generations, now: number): ShownProjection['kept'] {
  const kept = Object.entries(generations.kept ?? {}).filter(([, until]) => until > now);
  return kept
    .toSorted(([, a], [, b]) => b - a)
    .map(([number, until]) => {
      const { version, next } = checkpointIn(generations, Number(number), model);
      return { generation: Number(number), version, position: lastOf(next), until: instantOf(until) };
    });
}

const lastOf = (next: number): number | null => (next === 0 ? null : next - 1);
