// Rebuilds of all read models, under the name of any: ask for one, watch it, accept it in spite of its drift, cancel it.
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
const taken = { 202: { description: 'The rebuild, which goes on by itself', schema: rebuildSchema } };

export function rebuildRoutes(app: App, archive: ApiContext): void {
  /** Whoever runs rebuilds is told; `Location` is where it can be watched. */
  async function accepted(c: Handled, model: ReadModel, rebuild: Rebuild): Promise<Response> {
    await archive.wake();
    c.header('Location', `/projections/${model.name}/rebuilds/${rebuild.id}`);
    return c.json(shownRebuild(model, rebuild, await readGenerations(archive.catalog)), 202);
  }

  async function found(id: number): Promise<Rebuild> {
    const rebuild = await readRebuild(archive.catalog, id);
    if (rebuild) return rebuild;
    throw new Refusal('not-found', `there is no rebuild ${id}`);
  }

  route(
    app,
    {
      method: 'post',
      path: '/projections/{view}/rebuilds',
      tag,
      summary: 'Fold all read models anew beside those that are read, compare the two, and switch',
      params: viewParams,
      answers: taken,
    },
    async (c, { params }) => {
      const model = modelNamed(params.view);
      const asked = { by: c.get('subject'), reason: 'requested' } as const;
      return accepted(c, model, await startRebuild(archive, asked));
    },
  );
  route(
    app,
    {
      method: 'get',
      path: '/projections/{view}/rebuilds',
      tag,
      summary: 'The rebuilds, the last one first',
      params: viewParams,
      query: z.object({
        limit: wholeNumber(1, 100).default(20),
        before: wholeNumber(1, 999_999_999).optional().describe('Only those with a smaller id'),
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
      summary: 'One rebuild: how far it is, what it found, how it ended',
      params: idParams,
      answers: { 200: { description: 'The rebuild', schema: rebuildSchema } },
    },
    async (c, { params }) => {
      const model = modelNamed(params.view);
      const rebuild = await found(params.id);
      return c.json(shownRebuild(model, rebuild, await readGenerations(archive.catalog)));
    },
  );
  route(
    app,
    {
      method: 'post',
      path: '/projections/{view}/rebuilds/{id}/acceptances',
      tag,
      summary: 'Switch to what was built in spite of its drift',
      params: idParams,
      answers: taken,
    },
    async (c, { params }) => {
      const model = modelNamed(params.view);
      await found(params.id);
      return accepted(c, model, await acceptRebuild(archive, params.id, c.get('subject')));
    },
  );
  route(
    app,
    {
      method: 'post',
      path: '/projections/{view}/rebuilds/{id}/cancellations',
      tag,
      summary: 'Cancel a rebuild; what it built is removed',
      params: idParams,
      answers: taken,
    },
    async (c, { params }) => {
      const model = modelNamed(params.view);
      await found(params.id);
      const asked = { by: c.get('subject'), why: 'requested' } as const;
      return accepted(c, model, await cancelRebuild(archive, params.id, asked));
    },
  );
}
