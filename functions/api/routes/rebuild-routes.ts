// Routes of rebuilds: start, list, read, accept despite drift, cancel.
// A rebuild covers all read models, so the path may name any of them.
import { z } from '@hono/zod-openapi';
import { Refusal } from '../../../domain/errors.ts';
import { readGenerations } from '../../../domain/projections/catalog.ts';
import type { ReadModel } from '../../../domain/projections/views/read-model.ts';
import {
  readRebuild,
  readRebuilds,
  type Rebuild,
} from '../../../domain/projections/rebuild/rebuild-record.ts';
import { acceptRebuild, cancelRebuild, startRebuild } from '../../../domain/projections/rebuild/requests.ts';
import type { ApiContext } from '../api-context.ts';
import { wholeNumber } from '../schemas/parameter.ts';
import { modelNamed, viewParams } from './projection-routes.ts';
import { rebuildSchema, shownRebuild } from '../schemas/rebuild-schema.ts';
import { route, type App, type Handled } from '../support/define-route.ts';

const idParams = viewParams.extend({ id: wholeNumber(1, 999_999_999) });
const tag = 'projections';
const accepted = {
  202: { description: 'The rebuild, which continues in the background', schema: rebuildSchema },
};

export function rebuildRoutes(app: App, archive: ApiContext): void {
  /** Wakes the runner, and answers with the address of the rebuild. */
  async function respond(c: Handled, model: ReadModel, rebuild: Rebuild): Promise<Response> {
    await archive.wake();
    c.header('Location', `/projections/${model.name}/rebuilds/${rebuild.id}`);
    return c.json(shownRebuild(model, rebuild, await readGenerations(archive.catalog)), 202);
  }

  async function rebuildNamed(id: number): Promise<Rebuild> {
    const rebuild = await readRebuild(archive.catalog, id);
    if (rebuild) return rebuild;
    throw new Refusal('not-found', `no such rebuild: ${id}; GET /projections/{view}/rebuilds lists all`);
  }

  route(
    app,
    {
      method: 'post',
      path: '/projections/{view}/rebuilds',
      tag,
      summary:
        'Starts a rebuild of all read models, under the name of any of them: folds a new generation, compares it with the live one, and promotes it',
      params: viewParams,
      answers: accepted,
    },
    async (c, { params }) => {
      const model = modelNamed(params.view);
      const act = { by: c.get('subject'), reason: 'requested' } as const;
      return respond(c, model, await startRebuild(archive, act));
    },
  );
  route(
    app,
    {
      method: 'get',
      path: '/projections/{view}/rebuilds',
      tag,
      summary: 'All rebuilds, the latest first',
      params: viewParams,
      query: z.object({
        limit: wholeNumber(1, 100).default(20),
        before: wholeNumber(1, 999_999_999).optional().describe('Only rebuilds with a smaller id'),
      }),
      answers: {
        200: { description: 'The rebuilds', schema: z.object({ rebuilds: z.array(rebuildSchema) }) },
      },
    },
    async (c, { params, query: { limit, before } }) => {
      const model = modelNamed(params.view);
      const rebuilds: Rebuild[] = [];
      for await (const rebuild of readRebuilds(archive.catalog, before)) {
        if (rebuilds.length === limit) {
          const last = rebuilds.at(-1)?.id;
          c.header('Link', `<${c.req.path}?limit=${limit}&before=${last}>; rel="next"`);
          break;
        }
        rebuilds.push(rebuild);
      }
      const generations = await readGenerations(archive.catalog);
      return c.json({ rebuilds: rebuilds.map((each) => shownRebuild(model, each, generations)) });
    },
  );
  route(
    app,
    {
      method: 'get',
      path: '/projections/{view}/rebuilds/{id}',
      tag,
      summary: 'One rebuild: progress, drift and result',
      params: idParams,
      answers: { 200: { description: 'The rebuild', schema: rebuildSchema } },
    },
    async (c, { params }) => {
      const model = modelNamed(params.view);
      const rebuild = await rebuildNamed(params.id);
      return c.json(shownRebuild(model, rebuild, await readGenerations(archive.catalog)));
    },
  );
  route(
    app,
    {
      method: 'post',
      path: '/projections/{view}/rebuilds/{id}/acceptances',
      tag,
      summary: 'Promotes the new generation despite its drift',
      params: idParams,
      answers: accepted,
    },
    async (c, { params }) => {
      const model = modelNamed(params.view);
      await rebuildNamed(params.id);
      return respond(c, model, await acceptRebuild(archive, params.id, c.get('subject')));
    },
  );
  route(
    app,
    {
      method: 'post',
      path: '/projections/{view}/rebuilds/{id}/cancellations',
      tag,
      summary: 'Cancels a rebuild and removes its generation',
      params: idParams,
      answers: accepted,
    },
    async (c, { params }) => {
      const model = modelNamed(params.view);
      await rebuildNamed(params.id);
      const act = { by: c.get('subject'), why: 'requested' } as const;
      return respond(c, model, await cancelRebuild(archive, params.id, act));
    },
  );
}
