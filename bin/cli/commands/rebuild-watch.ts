// `chancery rebuild`: asks for a rebuild, and watches it to its end or to where it waits for a decision. A rebuild is one
// of all read models: it is asked for and watched under the name of any.
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

/** Asks for one; if one has not ended and `joins`, it is that one. */
export async function requestRebuild(client: Client, joins: boolean): Promise<ShownRebuild> {
  try {
    return await client.post<ShownRebuild>(pathOf(), {});
  } catch (error) {
    const running = error instanceof Refused && joins ? error.problem['rebuild'] : undefined;
    if (typeof running !== 'number') throw error;
    return client.get<ShownRebuild>(pathOf(running));
  }
}

/** Looks at it again and again until it is not under way. */
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
  // Nothing is noted yet of a phase that has just begun, and nothing any more where all is done.
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

/** The one that has not ended. @throws Refused as the archive would if there is none. */
export async function runningIn(client: Client): Promise<number> {
  const { rebuild } = await client.get<ShownProjection>(VIEW);
  if (rebuild) return rebuild.id;
  throw new Refused(409, { detail: 'no rebuild is under way' });
}

export const decide = async (
  client: Client,
  decision: 'cancellations' | 'acceptances',
): Promise<ShownRebuild> => client.post<ShownRebuild>(`${pathOf(await runningIn(client))}/${decision}`, {});

/** Goes back to this generation, or to what was read a moment ago. */
export async function requestRollback(client: Client, to?: number): Promise<readonly ShownProjection[]> {
  const generation = to ?? (await client.get<ShownProjection>(VIEW)).kept[0]?.generation;
  if (generation === undefined) throw new Refused(409, { detail: 'nothing is kept to go back to' });
  await client.post<ShownProjection>(`${VIEW}/rollbacks`, { to: generation });
  return readProjections(client);
}
