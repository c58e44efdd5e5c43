// Routes of the read models' health: lag, status, the live generation, the running rebuild and rollback targets; and the
// route that rolls back.
import { z } from '@hono/zod-openapi';
import { Refusal } from '../../../domain/errors.ts';
import { readHead } from '../../../domain/log/head.ts';
import { readModels } from '../../../domain/projections/views/read-models.ts';
import {
  readGenerations,
  type ProjectionCheckpoint,
  type Generations,
} from '../../../domain/projections/catalog.ts';
import type { ReadModel } from '../../../domain/projections/views/read-model.ts';
import { readRebuild, type Rebuild } from '../../../domain/projections/rebuild/rebuild-record.ts';
import { rollBack } from '../../../domain/projections/rebuild/rollback.ts';
import type { Unsequenced } from '../../../domain/log/unsequenced-sweep.ts';
import type { ApiContext } from '../api-context.ts';
import { instantOf, rebuildSchema, shownRebuild, stoppedSchema } from '../schemas/rebuild-schema.ts';
import { route, type App } from '../support/define-route.ts';

export const viewParams = z.object({ view: z.string().describe('Name of a read model, such as timeline') });

const schema = z.object({
  view: z.string(),
  version: z
    .int()
    .nullable()
    .describe('The fold version of the live rows; null if the first generation is not complete'),
  wanted: z
    .int()
    .describe('The fold version of the running code; if it differs from `version`, a rebuild is due'),
  generation: z
    .int()
    .nullable()
    .describe('The live generation, the same for all read models; null if the first one is not complete'),
  position: z.int().nullable().describe('The position of the last folded event'),
  size: z.int().describe('Events in the log'),
  lag: z.int().describe('Events in the log that are not folded'),
  unsequenced: z
    .boolean()
    .nullable()
    .describe('True if acknowledged commits have no position in the log yet; null if that is unknown'),
  sequencedBefore: z
    .string()
    .optional()
    .describe('RFC 3339: every commit acknowledged before this time has a position in the log'),
  status: z
    .enum(['caught-up', 'behind', 'stopped', 'unknown'])
    .describe(
      '`caught-up`: all acknowledged commits are folded. `unknown`: all events of the log are folded, but commits without a position may exist',
    ),
  stopped: stoppedSchema.optional(),
  rebuild: rebuildSchema.optional().describe('The running rebuild'),
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
      'Kept generations, the latest first; POST /projections/{view}/rollbacks makes one of them live again',
    ),
});

export type ShownProjection = z.output<typeof schema>;

export function projectionRoutes(app: App, archive: ApiContext): void {
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
    async (c) => c.json({ projections: await health(archive, readModels) }),
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
    async (c, { params }) => c.json((await health(archive, [modelNamed(params.view)]))[0]),
  );
  route(
    app,
    {
      method: 'post',
      path: '/projections/{view}/rollbacks',
      tag: 'projections',
      summary: 'Rolls all read models back to a kept generation, or forward again',
      params: viewParams,
      body: z.strictObject({
        to: z.int().min(1).describe('The generation to make live, one of `kept`'),
      }),
      answers: { 200: { description: 'The read model after the rollback', schema } },
    },
    async (c, { params, body }) => {
      const model = modelNamed(params.view);
      await rollBackSoon(archive, body.to, c.get('subject'));
      return c.json((await health(archive, [model]))[0]);
    },
  );
}

export function modelNamed(name: string): ReadModel {
  const model = readModels.find((each) => each.name === name);
  if (model) return model;
  throw new Refusal(
    'not-found',
    `no such read model: ${name}; choose one of ${readModels.map((each) => each.name).join(', ')}`,
  );
}

const MAX_ATTEMPTS = 100;
const RETRY_MS = 50;

/** Rolls back. Retries while the target is behind, because new events reach it slightly later than the live generation. */
async function rollBackSoon(archive: ApiContext, to: number, by: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rollBack(archive, to, by);
      return;
    } catch (error) {
      if (!(error instanceof Refusal) || error.details['behind'] !== true || attempt === MAX_ATTEMPTS)
        throw error;
      await archive.sleep(RETRY_MS);
    }
  }
}

async function health(archive: ApiContext, shown: readonly ReadModel[]): Promise<ShownProjection[]> {
  // Read before the head, so that `size` includes every commit that is sequenced or folded here.
  const [unsequenced, generations] = await Promise.all([
    archive.unsequenced(),
    readGenerations(archive.catalog),
  ]);
  const { size } = await readHead(archive.state);
  const { building } = generations;
  const rebuild = building === undefined ? undefined : await readRebuild(archive.catalog, building);
  const context = { size, unsequenced, rebuild, now: archive.clock() };
  return shown.map((model) => healthOf(model, generations, context));
}

interface HealthContext {
  readonly size: number;
  readonly unsequenced: Unsequenced;
  readonly rebuild: Rebuild | undefined;
  readonly now: number;
}

function healthOf(
  model: ReadModel,
  generations: Generations,
  { size, unsequenced, rebuild, now }: HealthContext,
): ShownProjection {
  const { live } = generations;
  const checkpoint = live === undefined ? undefined : checkpointIn(generations, live, model);
  const { next, stopped } = checkpoint ?? { next: 0 };
  const { commits, sequencedBefore } = unsequenced;
  // Rows that are ahead of the log will be folded again, so they count as behind.
  const isBehind = next !== size || commits === 'some' || checkpoint?.version !== model.version;
  const status = commits === 'none' ? 'caught-up' : 'unknown';
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
    status: stopped ? 'stopped' : isBehind ? 'behind' : status,
    ...(stopped ? { stopped } : {}),
    ...(rebuild ? { rebuild: shownRebuild(model, rebuild, generations) } : {}),
    kept: keptOf(model, generations, now),
  };
}

/** Returns the projection checkpoint; a read model that is new in the code starts at position 0. */
const checkpointIn = (
  { generations }: Generations,
  number: number,
  { name, version }: ReadModel,
): ProjectionCheckpoint => generations[number]?.[name] ?? { version, next: 0 };

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
