// Rebuilds of read models: ask for one, watch it, accept it in spite of its drift, call it off.
import { z } from '@hono/zod-openapi';
import { Refusal } from '../../domain/errors.ts';
import { readProjection } from '../../domain/projections.ts';
import { readRebuild, readRebuilds, type Rebuild } from '../../domain/rebuild/records.ts';
import { acceptRebuild, cancelRebuild, startRebuild } from '../../domain/rebuild/requests.ts';
import type { View } from '../../domain/views/view.ts';
import type { ApiArchive } from './archive.ts';
import { wholeNumber } from './parameter.ts';
import { viewNamed, viewParams } from './projections.ts';
import { rebuildSchema, shownRebuild } from './rebuild-shape.ts';
import { route, type App, type Handled } from './route.ts';

const idParams = viewParams.extend({ id: wholeNumber(1, 999_999_999) });
const tag = 'projections';
const taken = { 202: { description: 'The rebuild, which goes on by itself', schema: rebuildSchema } };

export function rebuildRoutes(app: App, archive: ApiArchive): void {
  /** Whoever runs rebuilds is told; `Location` is where it can be watched. */
  async function accepted(c: Handled, view: View, rebuild: Rebuild): Promise<Response> {
    await archive.wake();
    c.header('Location', `/projections/${view.name}/rebuilds/${rebuild.id}`);
    return c.json(shownRebuild(view, rebuild, await readProjection(archive.views, view)), 202);
  }

  async function found(view: View, id: number): Promise<Rebuild> {
    const rebuild = await readRebuild(archive.views, view, id);
    if (rebuild) return rebuild;
    throw new Refusal('not-found', `${view.name} has no rebuild ${id}`);
  }

  route(
    app,
    {
      method: 'post',
      path: '/projections/{view}/rebuilds',
      tag,
      summary: 'Make a read model anew beside the one that is read, compare the two, and switch',
      params: viewParams,
      answers: taken,
    },
    async (c, { params }) => {
      const view = viewNamed(params.view);
      const asked = { by: c.get('subject'), reason: 'requested' } as const;
      return accepted(c, view, await startRebuild(archive, view, asked));
    },
  );
  route(
    app,
    {
      method: 'get',
      path: '/projections/{view}/rebuilds',
      tag,
      summary: 'The rebuilds of a read model, the last one first',
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
      const view = viewNamed(params.view);
      const rebuilds: Rebuild[] = [];
      for await (const rebuild of readRebuilds(archive.views, view, before)) {
        if (rebuilds.length === limit) {
          const last = rebuilds.at(-1)?.id;
          c.header('Link', `<${c.req.path}?limit=${limit}&before=${last}>; rel="next"`);
          break;
        }
        rebuilds.push(rebuild);
      }
      const projection = await readProjection(archive.views, view);
      return c.json({ rebuilds: rebuilds.map((each) => shownRebuild(view, each, projection)) });
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
      const view = viewNamed(params.view);
      const rebuild = await found(view, params.id);
      return c.json(shownRebuild(view, rebuild, await readProjection(archive.views, view)));
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
      const view = viewNamed(params.view);
      await found(view, params.id);
      return accepted(c, view, await acceptRebuild(archive, view, params.id, c.get('subject')));
    },
  );
  route(
    app,
    {
      method: 'post',
      path: '/projections/{view}/rebuilds/{id}/cancellations',
      tag,
      summary: 'Call a rebuild off; what it built is removed',
      params: idParams,
      answers: taken,
    },
    async (c, { params }) => {
      const view = viewNamed(params.view);
      await found(view, params.id);
      const asked = { by: c.get('subject'), why: 'requested' } as const;
      return accepted(c, view, await cancelRebuild(archive, view, params.id, asked));
    },
  );
}
