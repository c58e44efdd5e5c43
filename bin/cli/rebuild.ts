// `chancery rebuild`: asks for rebuilds, and watches them to their end or to where they wait for somebody.
import { setTimeout } from 'node:timers/promises';
import type { ShownProjection } from '../../functions/api/projections.ts';
import type { ShownRebuild } from '../../functions/api/rebuild-shape.ts';
import { Refused, type Client } from './client.ts';
import type { BarState, ProgressBars } from './progress.ts';
import { isUnderWay } from './projections.ts';

const LOOK_MS = 500;

const pathOf = (view: string, id?: number): string =>
  `/projections/${encodeURIComponent(view)}/rebuilds${id === undefined ? '' : `/${id}`}`;

export async function readProjections(client: Client): Promise<readonly ShownProjection[]> {
  const { projections } = await client.get<{ projections: ShownProjection[] }>('/projections');
  return projections;
}

/** Asks for one; where one is not over yet and `joins`, it is that one. */
export async function startRebuild(client: Client, view: string, joins: boolean): Promise<ShownRebuild> {
  try {
    return await client.post<ShownRebuild>(pathOf(view), {});
  } catch (error) {
    const running = error instanceof Refused && joins ? error.problem['rebuild'] : undefined;
    if (typeof running !== 'number') throw error;
    return client.get<ShownRebuild>(pathOf(view, running));
  }
}

/** Looks at them again and again until none is under way. */
export async function watch(
  client: Client,
  rebuilds: readonly ShownRebuild[],
  bars: ProgressBars,
): Promise<ShownRebuild[]> {
  try {
    for (;;) {
      const seen = await Promise.all(
        rebuilds.map(({ view, id }) => client.get<ShownRebuild>(pathOf(view, id))),
      );
      for (const rebuild of seen) bars.update(rebuild.view, barOf(rebuild));
      if (!seen.some(isUnderWay)) return seen;
      await setTimeout(LOOK_MS);
    }
  } finally {
    bars.stop();
  }
}

function barOf({ phase, progress }: ShownRebuild): BarState {
  // Nothing is noted yet of a phase that has just begun, and nothing any more where all is done.
  if (!progress) return { phase, done: phase === 'drifted' || phase === 'switched' ? 1 : 0, total: 1 };
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

/** The one that is not over. Throws Refused as the archive would where there is none. */
export async function runningOf(client: Client, view: string): Promise<number> {
  const { rebuild } = await client.get<ShownProjection>(`/projections/${encodeURIComponent(view)}`);
  if (rebuild) return rebuild.id;
  throw new Refused(409, { detail: `no rebuild of ${view} is under way` });
}

export const decide = async (
  client: Client,
  view: string,
  decision: 'cancellations' | 'acceptances',
): Promise<ShownRebuild> =>
  client.post<ShownRebuild>(`${pathOf(view, await runningOf(client, view))}/${decision}`, {});

/** Goes back to this generation, or to what was read a moment ago. */
export async function rollBack(client: Client, view: string, to?: number): Promise<ShownProjection> {
  const path = `/projections/${encodeURIComponent(view)}`;
  const generation = to ?? (await client.get<ShownProjection>(path)).kept[0]?.generation;
  if (generation === undefined)
    throw new Refused(409, { detail: `nothing is kept of ${view} to go back to` });
  return client.post<ShownProjection>(`${path}/rollbacks`, { to: generation });
}
