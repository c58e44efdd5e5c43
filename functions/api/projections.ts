// How far each read model is, measured against the commits that the log has and that it does not have yet; which rows
// are read, what is being rebuilt, and what can be gone back to.
import { z } from '@hono/zod-openapi';
import { Refusal } from '../../domain/errors.ts';
import { readHead } from '../../domain/head.ts';
import { checkpointOf, liveCheckpoint, readProjections, type Projection } from '../../domain/projections.ts';
import { readRebuild, type Rebuild } from '../../domain/rebuild/records.ts';
import { goBack } from '../../domain/rebuild/requests.ts';
import type { Unsequenced } from '../../domain/sweeping.ts';
import { views } from '../../domain/views/all.ts';
import type { View } from '../../domain/views/view.ts';
import type { ApiArchive } from './archive.ts';
import { instantOf, rebuildSchema, shownRebuild, stoppedSchema } from './rebuild-shape.ts';
import { route, type App } from './route.ts';

export const viewParams = z.object({ view: z.string().describe('Name of a read model, such as timeline') });

const schema = z.object({
  view: z.string(),
  version: z.int().describe('Of the fold that made the rows that are read'),
  wanted: z
    .int()
    .describe('Version of the fold of today; where it is another one, a rebuild makes the rows anew'),
  generation: z.int().describe('Of the rows that are read'),
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
    async (c) => c.json({ projections: await health(archive, views) }),
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
    async (c, { params }) => c.json((await health(archive, [viewNamed(params.view)]))[0]),
  );
  route(
    app,
    {
      method: 'post',
      path: '/projections/{view}/rollbacks',
      tag: 'projections',
      summary: 'Go back to the rows that were read before a rebuild, or forth again',
      params: viewParams,
      body: z.strictObject({
        to: z.int().min(1).describe('The generation to read, one of `kept` of the read model'),
      }),
      answers: { 200: { description: 'The read model, as it is read now', schema } },
    },
    async (c, { params, body }) => {
      const view = viewNamed(params.view);
      await goBackSoon(archive, view, body.to, c.get('subject'));
      return c.json((await health(archive, [view]))[0]);
    },
  );
}

export function viewNamed(name: string): View {
  const view = views.find((each) => each.name === name);
  if (view) return view;
  throw new Refusal(
    'not-found',
    `no such read model: ${name}; there are ${views.map((each) => each.name).join(', ')}`,
  );
}

const TRIES = 100;
const RETRY_MS = 50;

/** While events come in, the rows to go back to may be behind for the moment that it takes to fold them, too. */
async function goBackSoon(archive: ApiArchive, view: View, to: number, by: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await goBack(archive, view, to, by);
      return;
    } catch (error) {
      if (!(error instanceof Refusal) || error.details['behind'] !== true || tries === TRIES) throw error;
      await archive.sleep(RETRY_MS);
    }
  }
}

async function health(archive: ApiArchive, shown: readonly View[]): Promise<ShownProjection[]> {
  // Asked before the head is read: a commit that is sequenced by then counts in `size`.
  const unsequenced = await archive.unsequenced();
  const [{ size }, projections] = await Promise.all([
    readHead(archive.state),
    readProjections(archive.views, shown),
  ]);
  return Promise.all(
    shown.map(async (view) => {
      const projection = projections.get(view.name);
      if (!projection) throw new Error(`view ${view.name} was asked for, but is not there`);
      const { building } = projection;
      const rebuild = building === undefined ? undefined : await readRebuild(archive.views, view, building);
      return healthOf(view, projection, {
        size,
        unsequenced,
        rebuild,
        now: archive.clock(),
      });
    }),
  );
}

interface Around {
  readonly size: number;
  readonly unsequenced: Unsequenced;
  readonly rebuild: Rebuild | undefined;
  readonly now: number;
}

function healthOf(
  view: View,
  projection: Projection,
  { size, unsequenced, rebuild, now }: Around,
): ShownProjection {
  const { version, next, stopped } = liveCheckpoint(projection);
  const { commits, sequencedBefore } = unsequenced;
  const isBehind = next < size || commits === 'some' || version !== view.version;
  const known = commits === 'none' ? 'caught-up' : 'unknown';
  return {
    view: view.name,
    version,
    wanted: view.version,
    generation: projection.live,
    position: lastOf(next),
    size,
    lag: size - next,
    unsequenced: commits === 'unknown' ? null : commits === 'some',
    ...(sequencedBefore === undefined ? {} : { sequencedBefore: instantOf(sequencedBefore) }),
    status: stopped ? 'stopped' : isBehind ? 'behind' : known,
    ...(stopped ? { stopped } : {}),
    ...(rebuild ? { rebuild: shownRebuild(view, rebuild, projection) } : {}),
    kept: keptOf(projection, now),
  };
}

function keptOf(projection: Projection, now: number): ShownProjection['kept'] {
  const kept = Object.entries(projection.kept ?? {}).filter(([, until]) => until > now);
  return kept
    .toSorted(([, a], [, b]) => b - a)
    .map(([number, until]) => {
      const { version, next } = checkpointOf(projection, Number(number));
      return { generation: Number(number), version, position: lastOf(next), until: instantOf(until) };
    });
}

const lastOf = (next: number): number | null => (next === 0 ? null : next - 1);
