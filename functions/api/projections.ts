// How far each read model is, measured against the commits that the log has and that it does not have yet.
import { z } from '@hono/zod-openapi';
import { Refusal } from '../../domain/errors.ts';
import { liveCheckpoint, readProjection } from '../../domain/projections.ts';
import { readHead } from '../../domain/head.ts';
import { views } from '../../domain/views/all.ts';
import type { View } from '../../domain/views/view.ts';
import type { ApiArchive } from './archive.ts';
import { route, type App } from './route.ts';

const schema = z.object({
  view: z.string(),
  version: z.int().describe('Of the fold that made the rows that are read'),
  position: z.int().nullable().describe('Of the last event folded'),
  size: z.int().describe('Events in the log'),
  lag: z.int().describe('Events in the log that are not folded'),
  unsequenced: z.boolean().describe('There are commits that the log does not have yet'),
  status: z.enum(['caught-up', 'behind', 'stopped']),
  stopped: z.object({ position: z.int(), reason: z.string() }).optional(),
});

export function projectionRoutes(app: App, archive: ApiArchive): void {
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
    async (c) => c.json({ projections: await healthOf(archive, views) }),
  );
  route(
    app,
    {
      method: 'get',
      path: '/projections/{view}',
      tag: 'projections',
      summary: 'Lag and health of one read model',
      params: z.object({ view: z.string() }),
      answers: { 200: { description: 'The read model', schema } },
    },
    async (c, { params }) => {
      const view = views.find(({ name }) => name === params.view);
      if (!view)
        throw new Refusal(
          'not-found',
          `no such read model; there are ${views.map(({ name }) => name).join(', ')}`,
        );
      const [health] = await healthOf(archive, [view]);
      return c.json(health);
    },
  );
}

type Health = z.output<typeof schema>;

/** The commits are looked at once: on DynamoDB that is a scan. */
async function healthOf(archive: ApiArchive, of: readonly View[]): Promise<Health[]> {
  const [{ size }, { streams }] = await Promise.all([readHead(archive.state), archive.sweep()]);
  const unsequenced = streams.length > 0;
  return Promise.all(
    of.map(async (view) => {
      const { version, next, stopped } = liveCheckpoint(await readProjection(archive.views, view));
      return {
        view: view.name,
        version,
        position: next === 0 ? null : next - 1,
        size,
        lag: size - next,
        unsequenced,
        status: stopped ? 'stopped' : next < size || unsequenced ? 'behind' : 'caught-up',
        ...(stopped ? { stopped } : {}),
      };
    }),
  );
}
