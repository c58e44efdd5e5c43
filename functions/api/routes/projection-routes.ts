// How far each read model is, measured against the commits that the log has and that it does not have yet; which rows
// are read, what is being rebuilt, and what can be gone back to.
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
  version: z
    .int()
    .nullable()
    .describe('Of the fold that made the rows that are read; null: no generation is folded yet'),
  wanted: z
    .int()
    .describe('Version of the fold of today; where it is another one, a rebuild makes the rows anew'),
  generation: z
    .int()
    .nullable()
    .describe('Of the rows that are read, the same for all read models; null: none is folded yet'),
  position: z.int().nullable().describe('Of the last event folded'),
  size: z.int().describe('Events in the log'),
  lag: z.int().describe('Events in the log that are not folded'),
  unsequenced: z
    .boolean()
    .nullable()
    .describe('Acknowledged commits exist that have no position in the log yet; null: not known'),
  sequencedBefore: z
    .string()
    .optional()
    .describe('RFC 3339: each commit acknowledged before this moment has a position in the log'),
  status: z
    .enum(['caught-up', 'behind', 'stopped', 'unknown'])
    .describe(
      '`caught-up`: each acknowledged commit is folded. `unknown`: each event of the log is folded, but commits may exist that have no position in it yet',
    ),
  stopped: stoppedSchema.optional(),
  rebuild: rebuildSchema.optional().describe('The one that is not over'),
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
      'Rows that were read before, those of a moment ago first; POST /projections/{view}/rollbacks goes back to them',
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
      summary: 'Go back to the rows of all read models that were read before a rebuild, or forth again',
      params: viewParams,
      body: z.strictObject({
        to: z.int().min(1).describe('The generation to read, one of `kept` of the read model'),
      }),
      answers: { 200: { description: 'The read model, as it is read now', schema } },
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
    `no such read model: ${name}; there are ${readModels.map((each) => each.name).join(', ')}`,
  );
}

const TRIES = 100;
const RETRY_MS = 50;

/** While events come in, the rows to go back to may be behind for the moment that it takes to fold them, too. */
async function rollBackSoon(archive: ApiContext, to: number, by: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await rollBack(archive, to, by);
      return;
    } catch (error) {
      if (!(error instanceof Refusal) || error.details['behind'] !== true || tries === TRIES) throw error;
      await archive.sleep(RETRY_MS);
    }
  }
}

async function health(archive: ApiContext, shown: readonly ReadModel[]): Promise<ShownProjection[]> {
  // Both before the head is read: a commit that is sequenced by then, or folded, counts in `size`.
  const [unsequenced, generations] = await Promise.all([
    archive.unsequenced(),
    readGenerations(archive.catalog),
  ]);
  const { size } = await readHead(archive.state);
  const { building } = generations;
  const rebuild = building === undefined ? undefined : await readRebuild(archive.catalog, building);
  const around = { size, unsequenced, rebuild, now: archive.clock() };
  return shown.map((model) => healthOf(model, generations, around));
}

interface Around {
  readonly size: number;
  readonly unsequenced: Unsequenced;
  readonly rebuild: Rebuild | undefined;
  readonly now: number;
}

function healthOf(
  model: ReadModel,
  generations: Generations,
  { size, unsequenced, rebuild, now }: Around,
): ShownProjection {
  const { live } = generations;
  const checkpoint = live === undefined ? undefined : checkpointIn(generations, live, model);
  const { next, stopped } = checkpoint ?? { next: 0 };
  const { commits, sequencedBefore } = unsequenced;
  // Rows that are ahead of the log are about to be folded anew.
  const isBehind = next !== size || commits === 'some' || checkpoint?.version !== model.version;
  const known = commits === 'none' ? 'caught-up' : 'unknown';
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
    status: stopped ? 'stopped' : isBehind ? 'behind' : known,
    ...(stopped ? { stopped } : {}),
    ...(rebuild ? { rebuild: shownRebuild(model, rebuild, generations) } : {}),
    kept: keptOf(model, generations, now),
  };
}

/** A read model that is new in the code begins at position 0. */
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
