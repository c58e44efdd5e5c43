// `chancery rebuild`: requests a rebuild and watches it until it ends or needs a decision. A rebuild covers all read
// models, so the HTTP path may name any of them.
import { setTimeout } from 'node:timers/promises';
import type { ShownProjection } from '../../../functions/api/routes/projection-routes.ts';
import type { ShownRebuild } from '../../../functions/api/schemas/rebuild-schema.ts';
import { Refused, type Client } from '../api-client.ts';
import type { BarState, ProgressBars } from '../text/progress.ts';
import { isUnderWay } from '../text/projections-text.ts';

const LOOK_MS = 500;

const VIEW = '/projections/timeline';
const pathOf = (id?: number): string => `${VIEW}/rebuilds${id === undefined ? '' : `/${id}`}`;

export async function readProjections(client: Client): Promise<readonly ShownProjection[]> {
  const { projections } = await client.get<{ projections: ShownProjection[] }>('/projections');
  return projections;
}

/** Requests a rebuild. If one is running and `joins` is true, returns that one. */
export async function requestRebuild(client: Client, joins: boolean): Promise<ShownRebuild> {
  try {
    return await client.post<ShownRebuild>(pathOf(), {});
  } catch (error) {
    const running = error instanceof Refused && joins ? error.problem['rebuild'] : undefined;
    if (typeof running !== 'number') throw error;
    return client.get<ShownRebuild>(pathOf(running));
  }
}

/** Polls the rebuild until it is not under way. */
export async function watch(client: Client, { id }: ShownRebuild, bars: ProgressBars): Promise<ShownRebuild> {
  try {
    for (;;) {
      const seen = await client.get<ShownRebuild>(pathOf(id));
      bars.update(`rebuild ${id}`, barOf(seen));
      if (!isUnderWay(seen)) return seen;
      await setTimeout(LOOK_MS);
    }
  } finally {
    bars.stop();
  }
}

function barOf({ phase, progress }: ShownRebuild): BarState {
  // A phase that has just begun, or is complete, has no progress.
  if (!progress)
    return { phase, done: ['drifted', 'switched', 'unchanged'].includes(phase) ? 1 : 0, total: 1 };
  const { unit, done, total, rate, secondsLeft } = progress;
  return {
    phase,
    done,
    total,
    count: `${done}/${total}`,
    ...(rate === undefined || unit !== 'events'
      ? {}
      : { rate: `${Math.round(rate).toLocaleString('en')}/s` }),
    ...(secondsLeft === undefined ? {} : { left: `${secondsLeft} s left` }),
  };
}

/** Returns the rebuild that has not ended. @throws Refused (409) if no rebuild is running */
export async function runningIn(client: Client): Promise<number> {
  const { rebuild } = await client.get<ShownProjection>(VIEW);
  if (rebuild) return rebuild.id;
  throw new Refused(409, { detail: 'no rebuild is running' });
}

export const decide = async (
  client: Client,
  decision: 'cancellations' | 'acceptances',
): Promise<ShownRebuild> => client.post<ShownRebuild>(`${pathOf(await runningIn(client))}/${decision}`, {});

/** Rolls back to this generation, or to the one that was live before. */
export async function requestRollback(client: Client, to?: number): Promise<readonly ShownProjection[]> {
  const generation = to ?? (await client.get<ShownProjection>(VIEW)).kept[0]?.generation;
  if (generation === undefined)
    throw new Refused(409, { detail: 'no generation is kept, so a rollback is impossible' });
  await client.post<ShownProjection>(`${VIEW}/rollbacks`, { to: generation });
  return readProjections(client);
}
