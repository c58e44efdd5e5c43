// Routes of rebuilds, under the name of any read model: start, read, accept in spite of drift, cancel.
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
const acceptedAnswer = {
  202: { description: 'The rebuild, which continues in the background', schema: rebuildSchema },
};

export function rebuildRoutes(app: App, context: ApiContext): void {
  /** Wakes the runner of rebuilds, and answers 202 with the address of the rebuild in `Location`. */
  async function accepted(c: Handled, model: ReadModel, rebuild: Rebuild): Promise<Response> {
    await context.wake();
    c.header('Location', `/projections/${model.name}/rebuilds/${rebuild.id}`);
    return c.json(shownRebuild(model, rebuild, await readGenerations(context.catalog)), 202);
  }

  async function existing(id: number): Promise<Rebuild> {
    const rebuild = await readRebuild(context.catalog, id);
    if (rebuild) return rebuild;
    throw new Refusal('not-found', `there is no rebuild ${id}`);
  }

  route(
    app,
    {
      method: 'post',
      path: '/projections/{view}/rebuilds',
      tag,
      summary: 'Fold a new generation of all read models, compare it with the live one, and promote it',
      params: viewParams,
      answers: acceptedAnswer,
    },
    async (c, { params }) => {
      const model = modelNamed(params.view);
      const request = { by: c.get('subject'), reason: 'requested' } as const;
      return accepted(c, model, await startRebuild(context, request));
    },
  );
  route(
    app,
    {
      method: 'get',
      path: '/projections/{view}/rebuilds',
      tag,
      summary: 'The rebuilds, the newest first',
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
      for await (const rebuild of readRebuilds(context.catalog, before)) {
        if (rebuilds.length === limit) {
          const last = rebuilds.at(-1)?.id;
          c.header('Link', `<${c.req.path}?limit=${limit}&before=${last}>; rel="next"`);
          break;
        }
        rebuilds.push(rebuild);
      }
      const generations = await readGenerations(context.catalog);
      return c.json({ rebuilds: rebuilds.map((each) => shownRebuild(model, each, generations)) });
    },
  );
  route(
    app,
    {
      method: 'get',
      path: '/projections/{view}/rebuilds/{id}',
      tag,
      summary: 'One rebuild: its progress, its drift, its outcome',
      params: idParams,
      answers: { 200: { description: 'The rebuild', schema: rebuildSchema } },
    },
    async (c, { params }) => {
      const model = modelNamed(params.view);
      const rebuild = await existing(params.id);
      return c.json(shownRebuild(model, rebuild, await readGenerations(context.catalog)));
    },
  );
  route(
    app,
    {
      method: 'post',
      path: '/projections/{view}/rebuilds/{id}/acceptances',
      tag,
      summary: 'Promote the new generation in spite of drift',
      params: idParams,
      answers: acceptedAnswer,
    },
    async (c, { params }) => {
      const model = modelNamed(params.view);
      await existing(params.id);
      return accepted(c, model, await acceptRebuild(context, params.id, c.get('subject')));
    },
  );
  route(
    app,
    {
      method: 'post',
      path: '/projections/{view}/rebuilds/{id}/cancellations',
      tag,
      summary: 'Cancel a rebuild and remove its rows',
      params: idParams,
      answers: acceptedAnswer,
    },
    async (c, { params }) => {
      const model = modelNamed(params.view);
      await existing(params.id);
      const request = { by: c.get('subject'), why: 'requested' } as const;
      return accepted(c, model, await cancelRebuild(context, params.id, request));
    },
  );
}
